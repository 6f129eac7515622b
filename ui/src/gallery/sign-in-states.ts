import { failed } from "../host/demo";
import { HOUR, live, profile, signIn, snapshot, trouble } from "../host/demo/profiles";
import { pick } from "./play";
import type { GalleryState } from "./states";

type Find = (testId: string) => Promise<HTMLElement>;

export function signInStates(): Record<string, GalleryState> {
  const open = async (find: Find) => {
    (await find("sign-in")).click();
    await find("sign-in-begin");
  };
  const type = async (find: Find, field: string, value: string) => {
    const box = (await find(field)) as HTMLInputElement;
    box.value = value;
    box.dispatchEvent(new Event("input"));
  };
  const waiting = (part = {}) => ({ snapshot: snapshot([profile()], { signIn: signIn(part) }) });
  const seen = async (find: Find) => {
    await find("sign-in-wait");
  };
  const signedIn = { account: "mia@studio.example", renews: true };
  const again = trouble("sign_in_ended", { action: "signIn" });
  const begun = async (find: Find) => {
    await open(find);
    (await find("sign-in-begin")).click();
    (await find("sign-in-failure")).scrollIntoView({ block: "end" });
  };
  return {
    "sign-in": { snapshot: snapshot([]), play: open },
    "sign-in-custom": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        pick(await find("field-preset"), "custom");
        await find("field-token-endpoint");
      },
    },
    "sign-in-errors": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        (await find("sign-in-begin")).click();
        await find("error-name");
      },
    },
    "sign-in-preparing": { ...waiting({ step: "preparing", address: null }), play: seen },
    "sign-in-waiting": { ...waiting(), play: seen },
    "sign-in-pasting": { ...waiting({ comesBack: false }), play: seen },
    "sign-in-finishing": { ...waiting({ step: "finishing", address: null }), play: seen },
    "sign-in-wrong-paste": {
      ...waiting({ comesBack: false }),
      replies: { pasteSignIn: failed("sign_in_other_address") },
      play: async (find) => {
        await type(find, "sign-in-paste", "https://elsewhere.example/");
        (await find("sign-in-paste-use")).click();
        (await find("sign-in-failure")).scrollIntoView({ block: "end" });
      },
    },
    "sign-in-denied": { snapshot: snapshot([]), replies: { signIn: failed("sign_in_denied") }, play: begun },
    "sign-in-time-over": { snapshot: snapshot([]), replies: { signIn: failed("sign_in_time_over") }, play: begun },
    "signed-in": { snapshot: snapshot([profile({ signedIn, grant: "refresh_token" })]) },
    "signed-in-once": {
      snapshot: snapshot([
        profile({ signedIn: { ...signedIn, renews: false }, grant: "refresh_token", nextAttemptAt: null }),
      ]),
    },
    "signed-in-ended": {
      snapshot: snapshot([
        live(3 * HOUR, 24 * HOUR, {
          signedIn,
          grant: "refresh_token",
          level: "attention",
          phase: "halted",
          nextAttemptAt: null,
          headline: again.headline,
          trouble: again,
        }),
      ]),
    },
  };
}
