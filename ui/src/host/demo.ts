/** An application made of nothing but words, so that the window runs in any browser. */

import type { Draft, DraftView, FieldTrouble, Reply, Request } from "../bindings/request";
import type { HistoryView, PermissionsView, ProfileView, ProgramsView, SecretView, Snapshot } from "../bindings/view";
import { clock } from "../clock";
import type { Host } from "../host";
import { usualWeek } from "./demo/history";
import { apis, families, presets } from "./demo/presets";
import { usualPermissions, usualPrograms } from "./demo/programs";
import { fileChange, recipes } from "./demo/recipes";
import {
  HOUR,
  live,
  profile,
  secret,
  signIn,
  signInByCode,
  snapshot as makeSnapshot,
  trouble,
  without,
} from "./demo/profiles";
import { asked, say, speakLike, spoken, tell } from "./demo/sentences";
import { understand, understood } from "./demo/understanding";

export interface Demo {
  snapshot?: Snapshot;
  /** Answers that the script wants otherwise; absent ones are played. */
  replies?: Partial<Record<Request["kind"], Reply | "never" | "refused">>;
  history?: (since: number) => HistoryView;
  programs?: ProgramsView;
  permissions?: PermissionsView;
  /** How long an answer takes, in milliseconds. */
  pace?: number;
}

export function demoHost({
  snapshot = makeSnapshot([]),
  replies = {},
  history = usualWeek,
  programs = usualPrograms(),
  permissions = usualPermissions(),
  pace = 700,
}: Demo = {}): Host {
  speakLike(snapshot.language);
  let current = snapshot;
  let signedIn: ((reply: Reply) => void) | undefined;
  let removed: ProfileView[] | undefined;
  let endOfUndo: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<(snapshot: Snapshot) => void>();
  const wait = (time: number) => new Promise((done) => setTimeout(done, time));

  const publish = (part: Partial<Snapshot>) => {
    current = { ...current, ...part, revision: current.revision + 1 };
    for (const listener of listeners) listener(current);
  };
  const change = (id: string, part: Partial<ProfileView>) =>
    publish({ profiles: current.profiles.map((profile) => (profile.id === id ? { ...profile, ...part } : profile)) });

  function add(id: string, part: Partial<ProfileView>): Reply {
    const profile = without({ id, level: "busy", phase: "acquiring", headline: say("headline-acquiring"), ...part });
    publish({ profiles: [...current.profiles, profile] });
    void renew(id);
    return { kind: "saved", profile: id };
  }

  function secretOf(id: string): SecretView {
    return current.profiles.find((profile) => profile.id === id)?.secret ?? secret();
  }

  function changeSecret(id: string, part: Partial<SecretView>): void {
    change(id, { secret: { ...secretOf(id), ...part } });
  }

  async function renew(id: string): Promise<void> {
    change(id, { phase: "refreshing", canRefresh: false });
    await wait(2 * pace);
    const { validity, phase, level, headline, verifiedAt, nextAttemptAt } = live(24 * HOUR, 24 * HOUR);
    change(id, {
      validity,
      phase,
      level,
      headline,
      verifiedAt,
      nextAttemptAt,
      trouble: null,
      access: null,
      canCopy: true,
      canRefresh: true,
    });
  }

  async function play(request: Request): Promise<Reply> {
    switch (request.kind) {
      case "snapshot":
        return { kind: "snapshot", snapshot: current };
      case "presets":
        return { kind: "presets", presets: presets(), apis: apis(), families: families() };
      case "replaceSecret": {
        const hasStandby = current.profiles.find(({ id }) => id === request.profile)?.trouble === null;
        change(request.profile, { secret: secret({ since: clock.now(), hasStandby }) });
        if (!hasStandby) void renew(request.profile);
        return { kind: "saved", profile: request.profile };
      }
      case "confirmSecretGone": {
        const { api } = secretOf(request.profile);
        changeSecret(request.profile, {
          since: clock.now(),
          hasStandby: false,
          standbyInUse: false,
          api: api && { ...api, step: "make" },
        });
        return { kind: "saved", profile: request.profile };
      }
      case "setConsole": {
        const isSetUp = request.page !== "";
        changeSecret(request.profile, { api: { isSetUp, step: "make" } });
        return isSetUp ? clientSecrets(false) : { kind: "done" };
      }
      case "listSecrets":
        return clientSecrets(secretOf(request.profile).hasStandby);
      case "makeSecret":
        await wait(pace);
        changeSecret(request.profile, { hasStandby: true, api: { isSetUp: true, step: "tryMade" } });
        return { kind: "saved", profile: request.profile };
      case "tryMadeSecret":
        await wait(pace);
        changeSecret(request.profile, { since: clock.now(), api: { isSetUp: true, step: "deleteOld" } });
        return { kind: "saved", profile: request.profile };
      case "dropLostSecret":
        changeSecret(request.profile, { api: { isSetUp: true, step: "make" } });
        return { kind: "done" };
      case "deleteOldSecret":
        await wait(pace);
        return { kind: "done" };
      case "planSecret": {
        const { replaceBy } = request;
        const after = replaceBy?.kind === "after" ? clock.now() + replaceBy.days * 24 * HOUR : null;
        change(request.profile, {
          secret: secret({ since: clock.now(), replaceBy, dueAt: replaceBy?.kind === "on" ? replaceBy.at : after }),
        });
        return { kind: "done" };
      }
      case "refreshNow":
        void renew(request.profile);
        return { kind: "done" };
      case "copyToken":
      case "copyAs": {
        if (request.kind === "copyAs" && request.format === "clientId") return { kind: "done" };
        const clearsAt = clock.now() + 60_000;
        publish({ clipboard: { profile: request.profile, clearsAt } });
        setTimeout(() => publish({ clipboard: null }), 60_000);
        return { kind: "copied", clearsAt };
      }
      case "savePostman":
        return { kind: "fileSaved", path: "/home/mia/Downloads/Campaign Studio.postman_environment.json" };
      case "clearClipboard":
        publish({ clipboard: null });
        return { kind: "done" };
      case "checkAccess": {
        await wait(pace);
        const access = {
          at: clock.now(),
          works: true,
          ...tell("access-works"),
          technical: { at: clock.now(), status: 200, error: null, description: null, requestId: null },
        };
        change(request.profile, { access });
        return { kind: "access", access };
      }
      case "draftOf": {
        const found = current.profiles.find(({ id }) => id === request.profile);
        return found ? { kind: "draft", draft: draftOf(found) } : missing();
      }
      case "checkDraft":
        return complain(request.draft) ?? { kind: "done" };
      case "saveProfile": {
        await wait(pace / 2);
        const trouble = complain(request.draft);
        if (trouble) return trouble;
        const id = request.profile ?? crypto.randomUUID();
        const { name, clientId, grant, preset } = request.draft;
        const label = presets().find((offered) => offered.preset === preset)?.label ?? preset;
        const saved = { id, name, clientId, grant, provider: { preset, label, tokenEndpoint: "" } };
        if (!request.profile) return add(id, saved);
        change(id, saved);
        void renew(id);
        return { kind: "saved", profile: id };
      }
      case "understand":
        await wait(pace / 4);
        return { kind: "understood", understood: understand(request.text) };
      case "draftOfUnderstood":
        return { kind: "draft", draft: { ...draftOf(profile({ clientId: understood().clientId })), name: "Firefly" } };
      case "addUnderstood":
        await wait(pace);
        if (request.name.trim() === "")
          return { kind: "invalid", fields: [{ field: "name", message: say("field-name_blank") }] };
        return add(crypto.randomUUID(), { name: request.name });
      case "signIn": {
        const { name, preset } = request.draft;
        const trouble = complain({ ...request.draft, refreshToken: null, clientSecret: null });
        if (trouble) return trouble;
        if (preset !== "custom" && request.redirect === "")
          return { kind: "invalid", fields: [{ field: "redirect", message: say("field-redirect_wanted") }] };
        const begun =
          request.way === "device" ? signInByCode({ name }) : signIn({ name, comesBack: preset === "custom" });
        publish({ signIn: begun });
        return new Promise((done) => (signedIn = done));
      }
      case "setWebhook": {
        const webhook = request.address === "" ? null : new URL(request.address).origin;
        publish({ settings: { ...current.settings, webhook } });
        return { kind: "done" };
      }
      case "signInAgain":
        publish({ signIn: request.way === "device" ? signInByCode() : signIn() });
        return new Promise((done) => (signedIn = done));
      case "pasteSignIn":
        if (!request.text.includes("code=")) return failed("sign_in_no_code");
        publish({ signIn: signIn({ step: "finishing", address: null }) });
        await wait(pace);
        publish({ signIn: null });
        signedIn?.(
          add(crypto.randomUUID(), {
            name: "Express",
            signedIn: { account: "mia@studio.example", renews: true, signedOut: false },
          }),
        );
        return { kind: "done" };
      case "cancelSignIn":
        publish({ signIn: null });
        signedIn?.(failed("sign_in_cancelled"));
        return { kind: "done" };
      case "rename":
        change(request.profile, { name: request.name });
        return { kind: "done" };
      case "reorder": {
        const places = new Map(request.profiles.map((id, index) => [id, index]));
        const place = ({ id }: ProfileView) => places.get(id) ?? Infinity;
        publish({ profiles: [...current.profiles].sort((one, other) => place(one) - place(other)) });
        return { kind: "done" };
      }
      case "duplicate": {
        const found = current.profiles.find(({ id }) => id === request.profile);
        return found ? add(crypto.randomUUID(), { ...found, name: `${found.name} (2)`, isDefault: false }) : missing();
      }
      case "setDefault":
        publish({
          defaultProfile: request.profile,
          profiles: current.profiles.map((profile) => ({ ...profile, isDefault: profile.id === request.profile })),
        });
        return { kind: "done" };
      case "removeProfile": {
        const name = current.profiles.find(({ id }) => id === request.profile)?.name ?? "";
        removed = current.profiles;
        publish({
          profiles: current.profiles.filter(({ id }) => id !== request.profile),
          undo: { name, until: clock.now() + 10_000 },
        });
        clearTimeout(endOfUndo);
        endOfUndo = setTimeout(() => publish({ undo: null }), 10_000);
        return { kind: "done" };
      }
      case "signOut": {
        const out = trouble("signed_out", { action: "signIn" });
        const left = {
          signedIn: { account: null, renews: false, signedOut: true },
          trouble: out,
          headline: out.headline,
        };
        change(request.profile, { ...left, level: "off", phase: "halted", validity: null, canCopy: false });
        return { kind: "done" };
      }
      case "undoRemove":
        publish({ profiles: removed ?? current.profiles, undo: null });
        return { kind: "done" };
      case "pause":
        change(request.profile, { phase: "paused", level: "off", headline: say("headline-paused"), canRefresh: false });
        return { kind: "done" };
      case "resume":
        change(request.profile, { phase: "holding", level: "fresh", headline: say("headline-live"), canRefresh: true });
        return { kind: "done" };
      case "trySandbox":
        return add("sandbox", {
          name: say("sandbox-name"),
          provider: { preset: "sandbox", label: say("preset-sandbox"), tokenEndpoint: "" },
        });
      case "changeSettings": {
        const settings = { ...current.settings, choices: request.to };
        const { proxy, theme, language } = settings.choices;
        if (proxy.kind === "at" && !/^https?:\/\/[^\s@]+$/.test(proxy.address)) {
          return { kind: "invalid", fields: [{ field: "proxy", message: say("field-proxy_malformed") }] };
        }
        speakLike(language === "system" ? asked : language);
        publish({ settings, theme, language: spoken() });
        return { kind: "done" };
      }
      case "exportDiagnostics":
        return { kind: "fileSaved", path: "/home/mia/Downloads/glowjar-diagnostics.zip" };
      case "history":
        return { kind: "history", history: history(request.since) };
      case "programs":
        return { kind: "programs", programs };
      case "recipes":
        return { kind: "recipes", recipes: recipes() };
      case "letIn":
        return {
          kind: "letIn",
          name: request.name,
          tokenUrl: "http://127.0.0.1:43117/ims/token/v3",
          clearsAt: clock.now() + 60_000,
        };
      case "connectFile":
        return {
          kind: "fileChanged",
          change: request.step === "undo" ? { ...fileChange(), servers: [] } : fileChange(),
        };
      case "understandFile":
        return { kind: "understood", understood: understood() };
      case "permissions":
        return { kind: "permissions", permissions };
      case "askFirst":
        programs = { ...programs, asksFirst: request.wanted };
        return { kind: "done" };
      case "answerQuestion":
        publish({ questions: current.questions.filter(({ number }) => number !== request.question) });
        return { kind: "done" };
      case "forgetPermission":
        programs = {
          ...programs,
          permissions: programs.permissions.filter(({ number }) => number !== request.number),
        };
        permissions = {
          ...permissions,
          permissions: permissions.permissions.filter(({ number }) => number !== request.number),
        };
        return { kind: "done" };
      case "removePassing":
        permissions = { ...permissions, consumers: permissions.consumers.filter(({ name }) => name !== request.name) };
        return { kind: "done" };
      case "removeSink":
        programs = { ...programs, sinks: programs.sinks.filter(({ number }) => number !== request.number) };
        return { kind: "done" };
      case "removeConsumer":
        programs = { ...programs, consumers: programs.consumers.filter((name) => name !== request.name) };
        permissions = { ...permissions, consumers: permissions.consumers.filter(({ name }) => name !== request.name) };
        return { kind: "done" };
      case "dismissBanner":
        publish({ banners: current.banners.filter(({ code }) => code !== request.code) });
        return { kind: "done" };
      case "lock":
      case "unlock":
      case "unlockKeychain":
      case "openAccountPage":
      case "openClockSettings":
      case "openNetworkSignIn":
      case "installUpdate":
      case "reopenSignIn":
      case "tryWebhook":
      case "openLogFolder":
      case "copyDetails":
        return { kind: "done" };
    }
  }

  return {
    ask(request) {
      const scripted = replies[request.kind];
      if (scripted === "never") return new Promise(() => undefined);
      if (scripted === "refused") return Promise.reject(new Error("The demo host is told to be gone."));
      return scripted ? Promise.resolve(scripted) : play(request);
    },
    onSnapshot(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const missing = () => failed("unknown_profile");

/** As the application says that it did not do what it was asked for. */
/** One that has been there for long and, with `two`, one that was just made. */
export function clientSecrets(two: boolean): Reply {
  const DAY = 86_400_000;
  const old = { createdAt: clock.now() - 400 * DAY, lastUsedAt: clock.now() - 3 * 3_600_000, isMadeHere: false };
  const fresh = { createdAt: clock.now() - 60_000, lastUsedAt: null, isMadeHere: true };
  return { kind: "clientSecrets", secrets: two ? [old, fresh] : [old] };
}

export function failed(code: string): Reply {
  const { headline, advice } = tell(`failed-${code}`);
  return { kind: "failed", code, message: headline, advice };
}

function draftOf(profile: ProfileView): DraftView {
  const preset = presets().find(({ preset }) => preset === profile.provider.preset);
  return {
    name: profile.name,
    preset: profile.provider.preset,
    tokenEndpoint: profile.provider.tokenEndpoint,
    encoding: preset?.encoding ?? "form",
    clientAuthentication: preset?.clientAuthentication ?? "body",
    clientId: profile.clientId,
    grant: profile.grant,
    scopes: preset?.defaultScopes ?? "",
    renewEarlyMinutes: null,
    family: profile.family,
    hasClientSecret: true,
    hasStandbySecret: true,
    hasRefreshToken: profile.grant === "refresh_token",
  };
}

/** Roughly as strict as the application, for the look of it. */
function complain({
  name,
  preset,
  tokenEndpoint,
  clientId,
  clientSecret,
  grant,
  refreshToken,
}: Draft): Reply | undefined {
  const checks: (FieldTrouble | false)[] = [
    name.trim() === "" && { field: "name", message: say("field-name_blank") },
    (preset === "custom" || preset === "tutorial" || preset === "keeper") &&
      !tokenEndpoint.startsWith("https://") && {
        field: "tokenEndpoint",
        message: say("field-endpoint_scheme"),
      },
    clientId.trim() === "" && { field: "clientId", message: say("field-client_id_blank") },
    clientSecret?.trim() === "" && { field: "clientSecret", message: say("field-secret_wanted") },
    grant === "refresh_token" &&
      refreshToken?.trim() === "" && { field: "refreshToken", message: say("field-refresh_token_wanted") },
  ];
  const fields = checks.filter((check) => check !== false);
  return fields.length > 0 ? { kind: "invalid", fields } : undefined;
}
