/** The pages that replace the profile for a while, and the bar above the one that stays. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { Field } from "../bindings/request";
import type { Snapshot } from "../bindings/view";
import type { Host } from "../host";
import { t } from "../words";
import type { Actions } from "./actions";
import { icon } from "./icon";
import "./connect-page";
import "./profile-form";
import "./secret-page";
import "./settings-page";
import "./sign-in-page";

export type Page =
  | { at: "home" }
  | { at: "add" }
  /** Without `again`, for a new profile. */
  | { at: "signIn"; again: string | undefined }
  | { at: "settings"; startAt: Field | undefined }
  | { at: "connect"; profile: string }
  | { at: "secret"; profile: string }
  | { at: "form"; profile: string | null; name: string; startAt: Field; understood: string | null };

/** Called with a profile's id once it is saved, with nothing if the person turned back. */
type Leave = (saved?: string) => void;

export function bar(actions: Actions, canAdd: boolean): TemplateResult {
  return html`<header class="bar">
    <span class="wordmark">${t("app")}</span>
    ${
      canAdd
        ? html`<sp-action-button
            quiet
            label=${t("add-profile")}
            title=${t("add-profile")}
            data-testid="add-profile"
            @click=${() => actions.add()}
            >${icon("add")}</sp-action-button
          >`
        : nothing
    }
    <sp-action-button
      quiet
      label=${t("settings")}
      title=${t("settings")}
      data-testid="open-settings"
      @click=${() => actions.openSettings()}
      >${icon("settings")}</sp-action-button
    >
  </header>`;
}

export function settingsPage(
  host: Host,
  { settings, version, language, historyRevision, programsRevision }: Snapshot,
  startAt: Field | undefined,
  leave: Leave,
): TemplateResult {
  return html`<main>
    <glowjar-settings
      .host=${host}
      .settings=${settings}
      .version=${version}
      .revision=${historyRevision + programsRevision}
      .language=${language}
      .startAt=${startAt}
      @cancelled=${() => leave()}
    ></glowjar-settings>
  </main>`;
}

export function connectPage(
  host: Host,
  { language, profiles }: Snapshot,
  profile: string,
  leave: Leave,
  takeOver: (understood: string) => void,
): TemplateResult {
  return html`<main>
    <glowjar-connect
      .host=${host}
      .language=${language}
      .profile=${profile}
      .clientId=${profiles.find(({ id }) => id === profile)?.clientId ?? ""}
      @understood=${(event: CustomEvent<string>) => takeOver(event.detail)}
      @cancelled=${() => leave()}
    ></glowjar-connect>
  </main>`;
}

export function signInPage(
  host: Host,
  { language, signIn }: Snapshot,
  again: string | undefined,
  leave: Leave,
): TemplateResult {
  return html`<main>
    <glowjar-sign-in
      .host=${host}
      .language=${language}
      .running=${signIn}
      .again=${again}
      @saved=${(event: CustomEvent<string>) => leave(event.detail)}
      @cancelled=${() => leave()}
    ></glowjar-sign-in>
  </main>`;
}

export function secretPage(
  host: Host,
  { language, profiles }: Snapshot,
  id: string,
  leave: Leave,
): TemplateResult | undefined {
  const profile = profiles.find((profile) => profile.id === id);
  if (!profile?.secret) return undefined;
  return html`<main>
    <glowjar-secret
      .host=${host}
      .language=${language}
      .profile=${profile}
      @cancelled=${() => leave()}
    ></glowjar-secret>
  </main>`;
}

export function formPage(
  host: Host,
  { language }: Snapshot,
  { profile, name, startAt, understood }: Page & { at: "form" },
  leave: Leave,
): TemplateResult {
  return html`<main>
    <glowjar-form
      .host=${host}
      .language=${language}
      .profile=${profile}
      .profileName=${name}
      .startAt=${startAt}
      .understood=${understood}
      @saved=${(event: CustomEvent<string>) => leave(event.detail)}
      @cancelled=${() => leave()}
    ></glowjar-form>
  </main>`;
}
