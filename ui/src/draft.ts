/** What stands in the form, and how it becomes a draft. Text is handed over exactly as typed. */

import type { ApiView, ClientAuthentication, Draft, DraftView, Encoding, Field, PresetView } from "./bindings/request";
import type { GrantView, Preset } from "./bindings/view";
import { t } from "./words";

export type SecretField = Extract<Field, "clientSecret" | "standbySecret" | "refreshToken">;

export interface Secret {
  /** What was typed; a stored secret never comes back. */
  value: string;
  stored: boolean;
  /** The stored one goes on saving. */
  removed: boolean;
  revealed: boolean;
}

export interface FormState {
  text: Partial<Record<Field, string>>;
  secrets: Record<SecretField, Secret>;
  preset: Preset;
  grant: GrantView;
  encoding: Encoding;
  clientAuthentication: ClientAuthentication;
  /** Null for the usual one. */
  family: string | null;
}

export function emptyForm(): FormState {
  return {
    text: {},
    secrets: { clientSecret: secret(false), standbySecret: secret(false), refreshToken: secret(false) },
    preset: "adobeIms",
    grant: "client_credentials",
    encoding: "form",
    clientAuthentication: "body",
    family: null,
  };
}

export function formOf(draft: DraftView): FormState {
  const { name, tokenEndpoint, clientId, scopes, renewEarlyMinutes, preset, grant, encoding, clientAuthentication } =
    draft;
  return {
    text: { name, tokenEndpoint, clientId, scopes, renewEarlyMinutes: renewEarlyMinutes?.toString() ?? "" },
    secrets: {
      clientSecret: secret(draft.hasClientSecret),
      standbySecret: secret(draft.hasStandbySecret),
      refreshToken: secret(draft.hasRefreshToken),
    },
    preset,
    grant,
    encoding,
    clientAuthentication,
    family: draft.family,
  };
}

/** The one whose scopes these are, in whatever order. */
export function apiOf(scopes: string, apis: readonly ApiView[]): ApiView | undefined {
  const wanted = setOf(scopes);
  return apis.find((api) => !api.hasEnded && setOf(api.scopes) === wanted);
}

/** An API's scopes come in, and the way its tokens are got; for one that has ended, nothing changes. */
export function withApi(form: FormState, api: ApiView, preset: PresetView | undefined): FormState {
  if (api.hasEnded) return form;
  const takes = preset?.grants.includes(api.grant) ?? false;
  return { ...form, text: { ...form.text, scopes: api.scopes }, grant: takes ? api.grant : form.grant };
}

function setOf(scopes: string): string {
  return [...new Set(scopes.split(/[\s,]+/).filter(Boolean))].sort().join(",");
}

/** Another provider: its defaults come in, but nothing a person typed goes. */
export function withPreset(form: FormState, preset: PresetView, before: PresetView | undefined): FormState {
  const kept = (field: "scopes" | "tokenEndpoint", was: string | undefined, becomes: string) => {
    const typed = form.text[field] ?? "";
    return typed === "" || typed === was ? becomes : typed;
  };
  return {
    ...form,
    preset: preset.preset,
    encoding: preset.encoding,
    clientAuthentication: preset.clientAuthentication,
    grant: preset.grants.includes(form.grant) ? form.grant : (preset.grants[0] ?? form.grant),
    text: {
      ...form.text,
      scopes: kept("scopes", before?.defaultScopes, preset.defaultScopes),
      tokenEndpoint: kept("tokenEndpoint", before?.tokenEndpoint, preset.tokenEndpoint),
    },
  };
}

export function toDraft(form: FormState, isNew: boolean): Draft {
  const { text, secrets, preset, grant, encoding, clientAuthentication } = form;
  const early = (text.renewEarlyMinutes ?? "").trim();
  const sent = ({ value, stored, removed }: Secret) => {
    if (removed) return "";
    if (value !== "") return value;
    return isNew || !stored ? "" : null;
  };
  const standby = secrets.standbySecret;
  return {
    name: text.name ?? "",
    preset,
    tokenEndpoint: text.tokenEndpoint ?? "",
    encoding,
    clientAuthentication,
    clientId: text.clientId ?? "",
    grant,
    scopes: text.scopes ?? "",
    clientSecret: sent(secrets.clientSecret),
    standbySecret: standby.value === "" && !standby.removed ? null : sent(standby),
    refreshToken: grant === "refresh_token" ? sent(secrets.refreshToken) : null,
    renewEarlyMinutes: early === "" ? null : Number(early),
    family: form.family,
  };
}

/** What the draft's types can't carry. Everything else is for the application to judge. */
export function errorsOf(form: FormState): Map<Field, string> {
  const early = (form.text.renewEarlyMinutes ?? "").trim();
  const fits = early === "" || (/^\d{1,5}$/.test(early) && Number(early) >= 1 && Number(early) <= 10_000);
  return new Map(fits ? [] : [["renewEarlyMinutes", t("form-whole-minutes")]]);
}

function secret(stored: boolean): Secret {
  return { value: "", stored, removed: false, revealed: false };
}
