import { clock } from "../clock";
import type { SignInEndView } from "../bindings/view";
import { failed } from "../host/demo";
import {
  HOUR,
  live,
  profile,
  signIn,
  signInByCode,
  signInEnd,
  snapshot,
  trouble,
  without,
} from "../host/demo/profiles";
import { choose, pick } from "./play";
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
  const signedIn = { account: "mia@studio.example", renews: true, signedOut: false };
  const out = trouble("signed_out", { action: "signIn" });
  const ending = (part: Partial<SignInEndView>, left: number) => ({
    snapshot: snapshot([profile({ signedIn, grant: "refresh_token", signInEnd: signInEnd(left, part) })]),
  });
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
    "sign-in-form-for-a-code": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        pick(await find("field-preset"), "custom");
        pick(await find("field-sign-in-way"), "device");
        (await find("sign-in-begin")).scrollIntoView({ block: "end" });
      },
    },
    "sign-in-code": { snapshot: snapshot([profile()], { signIn: signInByCode() }), play: seen },
    "sign-in-code-last-minute": {
      snapshot: snapshot([profile()], {
        signIn: signInByCode({ until: clock.now() + 47_000, stalled: true, asksAt: clock.now() + 14_000 }),
      }),
      play: seen,
    },
    "sign-in-code-long": {
      snapshot: snapshot([profile()], {
        signIn: signInByCode({
          code: "ABCDE-FGHIJ-KLMNO-PQRST-UVWXY",
          address: "https://login.identity.a-rather-long-name.studio.example/realms/creative/device",
        }),
      }),
      play: seen,
    },
    "sign-in-code-over": { snapshot: snapshot([]), replies: { signIn: failed("sign_in_code_over") }, play: begun },
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
    "signed-in-slides": ending({ slides: true }, 13 * 24 * HOUR),
    "signed-in-assumed": ending({ isAssumed: true }, 9 * 24 * HOUR),
    "signed-in-ends": ending({ isNear: true }, 71 * HOUR),
    "signed-in-ends-probably": ending({ isNear: true, isAssumed: true }, 2 * HOUR - 60_000),
    "refresh-token-ends": {
      snapshot: snapshot([profile({ grant: "refresh_token", signInEnd: signInEnd(23 * HOUR, { isNear: true }) })]),
    },
    "sign-out": {
      snapshot: snapshot([profile({ signedIn, grant: "refresh_token" })]),
      play: choose("sign-out"),
    },
    "signed-out": {
      snapshot: snapshot([
        without({
          signedIn: { account: null, renews: false, signedOut: true },
          grant: "refresh_token",
          level: "off",
          phase: "halted",
          headline: out.headline,
          trouble: out,
        }),
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
