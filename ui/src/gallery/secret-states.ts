import type { Reply } from "../bindings/request";
import type { ProfileView, SecretApiView, SecretStep, SecretView } from "../bindings/view";
import { clock } from "../clock";
import { failed } from "../host/demo";
import { HOUR, profile, secret, snapshot, trouble } from "../host/demo/profiles";
import { say } from "../host/demo/sentences";
import { choose, pick } from "./play";
import type { GalleryState } from "./states";

type Find = (testId: string) => Promise<HTMLElement>;

export function secretStates(): Record<string, GalleryState> {
  const DAY = 24 * HOUR;
  const of = (part: Partial<SecretView> = {}) => ({ snapshot: snapshot([profile({ secret: secret(part) })]) });
  const open = async (find: Find) => {
    await choose("replace-secret")(find);
    await find("secret-close");
  };
  const byApi = (step: SecretStep, part: Partial<SecretApiView> = {}) =>
    of({
      hasStandby: step === "tryMade" || step === "deleteOld",
      api: { isSetUp: true, step, ...part },
    });
  const lost = (code: string, part: Partial<ProfileView> = {}) => ({
    snapshot: snapshot([
      profile({ level: "attention", phase: "halted", trouble: trouble(code, { action: "replaceSecret" }), ...part }),
    ]),
  });
  const openLost = async (find: Find) => {
    (await find("trouble-action")).click();
    await find("secret-lost");
  };
  const type = async (find: Find, value: string) => {
    const field = (await find("field-client-secret")) as HTMLInputElement;
    field.value = value;
    field.dispatchEvent(new Event("input"));
  };
  const replaced = (reply: Reply): Partial<GalleryState> => ({ replies: { replaceSecret: reply } });
  const tries = async (find: Find) => {
    await open(find);
    await type(find, "p8e-1234567890");
    (await find("secret-replace")).click();
  };
  const in10 = { replaceBy: { kind: "after", days: 90 }, dueAt: clock.now() + 10 * DAY } as const;
  const rejected = trouble("secret_rejected", {
    advice: say("trial-secret_rejected"),
    technical: {
      at: clock.now(),
      status: 400,
      error: "invalid_client",
      description: "invalid client_secret parameter",
      requestId: "7f3c1c1e-0f0a-4c55-9e6b-1f5b2a8d77aa",
    },
  });
  return {
    secret: { ...of(), play: open },
    "secret-unknown-age": { ...of({ since: null }), play: open },
    "secret-planned": { ...of(in10), play: open },
    "secret-day": {
      ...of(),
      play: async (find) => {
        await open(find);
        pick(await find("field-replace-by"), "day");
        await find("secret-day");
      },
    },
    "secret-wrong-day": {
      ...of(),
      replies: { planSecret: { kind: "invalid", fields: [{ field: "replaceBy", message: say("field-replace_by") }] } },
      play: async (find) => {
        await open(find);
        pick(await find("field-replace-by"), "30");
        await find("error-replace-by");
      },
    },
    "secret-trying": {
      ...of(),
      replies: { replaceSecret: "never" },
      play: async (find) => {
        await tries(find);
      },
    },
    "secret-same": {
      ...of(),
      ...replaced({ kind: "invalid", fields: [{ field: "clientSecret", message: say("field-secret_in_use") }] }),
      play: async (find) => {
        await tries(find);
        await find("error-client-secret");
      },
    },
    "secret-refused": {
      ...of(),
      ...replaced({ kind: "refused", trouble: rejected, anyway: null }),
      play: async (find) => {
        await tries(find);
        await find("refused");
      },
    },
    "secret-two": { ...of({ since: clock.now(), hasStandby: true }), play: open },
    "secret-still-works": {
      ...of({ since: clock.now(), hasStandby: true }),
      replies: { confirmSecretGone: failed("old_secret_works") },
      play: async (find) => {
        await open(find);
        (await find("secret-confirm")).click();
        await find("secret-failure");
      },
    },
    "secret-gone": {
      ...of({ since: clock.now(), hasStandby: true }),
      pace: 0,
      play: async (find) => {
        await open(find);
        (await find("secret-confirm")).click();
        await find("secret-done");
      },
    },
    "secret-first-refused": { ...of({ hasStandby: true, standbyInUse: true }), play: open },
    "secret-api": {
      ...byApi("make", { isSetUp: false }),
      play: async (find) => {
        await open(find);
        (await find("secret-by-api")).click();
        await find("secret-set-page");
      },
    },
    "secret-api-wrong-page": {
      ...byApi("make", { isSetUp: false }),
      replies: {
        setConsole: { kind: "invalid", fields: [{ field: "consolePage", message: say("field-console_page") }] },
      },
      play: async (find) => {
        await open(find);
        (await find("secret-by-api")).click();
        (await find("secret-set-page")).click();
        await find("error-console-page");
      },
    },
    "secret-api-make": {
      ...byApi("make"),
      pace: 0,
      play: async (find) => {
        await open(find);
        (await find("secret-ask-list")).click();
        await find("secret-list");
      },
    },
    "secret-api-not-allowed": {
      ...byApi("make"),
      replies: { makeSecret: { kind: "refused", trouble: trouble("console_not_allowed"), anyway: null } },
      play: async (find) => {
        await open(find);
        (await find("secret-make")).click();
        await find("refused");
      },
    },
    "secret-api-full": {
      ...byApi("make"),
      replies: { makeSecret: failed("console_full") },
      play: async (find) => {
        await open(find);
        (await find("secret-make")).click();
        await find("secret-failure");
      },
    },
    "secret-api-perhaps-made": {
      ...byApi("lookAfterLost"),
      play: async (find) => {
        await open(find);
        await find("secret-look-after");
      },
    },
    "secret-api-try": {
      ...byApi("tryMade"),
      replies: { tryMadeSecret: { kind: "refused", trouble: trouble("secret_not_yet_taken"), anyway: null } },
      play: async (find) => {
        await open(find);
        (await find("secret-try")).click();
        await find("refused");
      },
    },
    "secret-api-delete": {
      ...byApi("deleteOld"),
      pace: 0,
      play: async (find) => {
        await open(find);
        (await find("secret-ask-list")).click();
        await find("secret-list");
      },
    },
    "secret-lost": { ...lost("secret_rejected"), play: openLost },
    "secret-lost-gone": { ...lost("secret_missing"), play: openLost },
    "secret-lost-line": {
      ...lost("keeper_refuses", { provider: { preset: "keeper", label: "keeper.studio.example", tokenEndpoint: "" } }),
      play: openLost,
    },
    "secret-due": of(in10),
    "secret-overdue": of({ replaceBy: in10.replaceBy, dueAt: clock.now() - 3 * DAY }),
    "secret-standby-in-use": of({ hasStandby: true, standbyInUse: true }),
  };
}
