import type { Reply } from "../bindings/request";
import type { SecretView } from "../bindings/view";
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
    "secret-due": of(in10),
    "secret-overdue": of({ replaceBy: in10.replaceBy, dueAt: clock.now() - 3 * DAY }),
    "secret-standby-in-use": of({ hasStandby: true, standbyInUse: true }),
  };
}
