/** An application made of nothing but words, so that the window runs in any browser. */

import type { Draft, DraftView, FieldTrouble, Reply, Request } from "../bindings/request";
import type { ProfileView, Snapshot } from "../bindings/view";
import { clock } from "../clock";
import type { Host } from "../host";
import { presets } from "./demo/presets";
import { HOUR, live, snapshot as makeSnapshot, without } from "./demo/profiles";

export interface Demo {
  snapshot?: Snapshot;
  /** Answers that the script wants otherwise; absent ones are played. */
  replies?: Partial<Record<Request["kind"], Reply | "never" | "refused">>;
  /** How long an answer takes, in milliseconds. */
  pace?: number;
}

export function demoHost({ snapshot = makeSnapshot([]), replies = {}, pace = 700 }: Demo = {}): Host {
  let current = snapshot;
  const listeners = new Set<(snapshot: Snapshot) => void>();
  const wait = (time: number) => new Promise((done) => setTimeout(done, time));

  const publish = (part: Partial<Snapshot>) => {
    current = { ...current, ...part, revision: current.revision + 1 };
    for (const listener of listeners) listener(current);
  };
  const change = (id: string, part: Partial<ProfileView>) =>
    publish({ profiles: current.profiles.map((profile) => (profile.id === id ? { ...profile, ...part } : profile)) });

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
        return { kind: "presets", presets };
      case "refreshNow":
        void renew(request.profile);
        return { kind: "done" };
      case "copyToken": {
        const clearsAt = clock.now() + 60_000;
        publish({ clipboard: { profile: request.profile, clearsAt } });
        setTimeout(() => publish({ clipboard: null }), 60_000);
        return { kind: "copied", clearsAt };
      }
      case "clearClipboard":
        publish({ clipboard: null });
        return { kind: "done" };
      case "checkAccess": {
        await wait(pace);
        const access = {
          at: clock.now(),
          works: true,
          headline: "Firefly accepts this token.",
          advice: "",
          technical: { at: clock.now(), status: 200, error: null, description: null, requestId: null },
        };
        change(request.profile, { access });
        return { kind: "access", access };
      }
      case "draftOf": {
        const found = current.profiles.find(({ id }) => id === request.profile);
        return found ? { kind: "draft", draft: draftOf(found) } : missing;
      }
      case "checkDraft":
        return complain(request.draft) ?? { kind: "done" };
      case "saveProfile": {
        await wait(pace / 2);
        const trouble = complain(request.draft);
        if (trouble) return trouble;
        const id = request.profile ?? crypto.randomUUID();
        const { name, clientId, grant, preset } = request.draft;
        const label = presets.find((offered) => offered.preset === preset)?.label ?? preset;
        const saved = { id, name, clientId, grant, provider: { preset, label, tokenEndpoint: "" } };
        if (request.profile) change(id, saved);
        else
          publish({
            profiles: [
              ...current.profiles,
              without({ ...saved, level: "busy", phase: "acquiring", headline: "Getting a token…" }),
            ],
          });
        void renew(id);
        return { kind: "saved", profile: id };
      }
      case "removeProfile":
        publish({ profiles: current.profiles.filter(({ id }) => id !== request.profile) });
        return { kind: "done" };
      case "pause":
        change(request.profile, { phase: "paused", level: "off", headline: "Paused", canRefresh: false });
        return { kind: "done" };
      case "resume":
        change(request.profile, { phase: "holding", level: "fresh", headline: "Live", canRefresh: true });
        return { kind: "done" };
      case "trySandbox": {
        const provider = { preset: "sandbox" as const, label: "Sandbox", tokenEndpoint: "" };
        publish({
          profiles: [
            ...current.profiles,
            without({
              id: "sandbox",
              name: "Sandbox",
              provider,
              level: "busy",
              phase: "acquiring",
              headline: "Getting a token…",
            }),
          ],
        });
        void renew("sandbox");
        return { kind: "saved", profile: "sandbox" };
      }
      case "dismissBanner":
        publish({ banners: current.banners.filter(({ code }) => code !== request.code) });
        return { kind: "done" };
      case "unlockKeychain":
      case "openAccountPage":
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

const missing: Reply = {
  kind: "failed",
  code: "no_profile",
  message: "That profile is gone.",
  advice: "Choose another.",
};

function draftOf(profile: ProfileView): DraftView {
  const preset = presets.find(({ preset }) => preset === profile.provider.preset);
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
    name.trim() === "" && { field: "name", message: "Give it a name." },
    (preset === "custom" || preset === "tutorial") &&
      !tokenEndpoint.startsWith("https://") && {
        field: "tokenEndpoint",
        message: "An address that starts with https://, please.",
      },
    clientId.trim() === "" && { field: "clientId", message: "The client ID is in your admin’s mail." },
    clientSecret?.trim() === "" && { field: "clientSecret", message: "The secret is empty." },
    grant === "refresh_token" &&
      refreshToken?.trim() === "" && { field: "refreshToken", message: "The refresh token is empty." },
  ];
  const fields = checks.filter((check) => check !== false);
  return fields.length > 0 ? { kind: "invalid", fields } : undefined;
}
