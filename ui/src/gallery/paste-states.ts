import type { Reply } from "../bindings/request";
import type { UnderstoodView } from "../bindings/view";
import { profile, snapshot, trouble } from "../host/demo/profiles";
import { CURL, noFirefly, refusedPaste, shortSecret, understood } from "../host/demo/understanding";
import type { GalleryState } from "./states";

export function pasteStates(): Record<string, GalleryState> {
  const paste: GalleryState["play"] = async (find) => {
    const area = (await find("paste-text")) as HTMLTextAreaElement;
    area.value = CURL;
    area.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste" }));
  };
  const pasted = (view: UnderstoodView, more: GalleryState["replies"] = {}): GalleryState => ({
    snapshot: snapshot([]),
    replies: { understand: { kind: "understood", understood: view }, ...more },
    pace: 0,
    play: async (find) => {
      await paste(find);
      await find(view.handle === null ? "paste-refusal" : "save-understood");
    },
  });
  const saved = (view: UnderstoodView, answer: Reply | "never", then: string): GalleryState => ({
    ...pasted(view, { addUnderstood: answer }),
    play: async (find) => {
      await paste(find);
      (await find("save-understood")).click();
      await find(then);
    },
  });
  const wrongSecret: Reply = {
    kind: "refused",
    anyway: null,
    trouble: trouble({
      code: "secret_rejected",
      headline: "Adobe doesn’t take this secret",
      advice: "Nothing was saved. Perhaps a character is missing: copy it once more, or ask your admin for a new one.",
      action: "replaceSecret",
      technical: {
        at: null,
        status: 400,
        error: "invalid_client",
        description: "invalid client_secret parameter",
        requestId: "7f3c1c1e-0f0a-4c55-9e6b-1f5b2a8d77aa",
      },
    }),
  };
  const offline: Reply = {
    kind: "refused",
    anyway: "untried",
    trouble: trouble({
      code: "offline",
      headline: "Adobe can’t be reached",
      advice: "Is this computer online? Saved anyway, Glowjar gets the token as soon as the network is back.",
    }),
  };
  const noKeychain: Reply = {
    kind: "refused",
    anyway: "inMemory",
    trouble: trouble({
      code: "keychain_absent",
      headline: "There is no keychain",
      advice:
        "This desktop has no Secret Service, and Glowjar stores no secret anywhere else. Install gnome-keyring, KWallet or KeePassXC and log in again.",
      action: "retryNow",
    }),
  };
  return {
    "add-page": {
      snapshot: snapshot([profile()]),
      play: async (find) => {
        (await find("add-profile")).click();
        await find("add-page");
      },
    },
    "paste-understood": pasted(understood()),
    "paste-refresh-token": pasted(
      understood({
        source: "mail",
        grant: "refresh_token",
        credentialType: "oauthWebApp",
        hasRefreshToken: true,
        scopes: ["openid", "offline_access", "firefly_api"],
        suggestedName: "Summer campaign 2026",
      }),
    ),
    "paste-warnings": pasted(
      understood({
        source: "projectJson",
        environment: "stage",
        preset: "adobeImsStage",
        scopes: ["openid", "AdobeID"],
        secretLength: 11,
        warnings: [noFirefly, shortSecret],
      }),
    ),
    "paste-refused": pasted(
      refusedPaste({
        code: "no_secret",
        message: "The client secret is missing.",
        advice: "Ask your admin for the text behind “View cURL command”: the secret is in it.",
      }),
    ),
    "paste-two-commands": pasted(
      refusedPaste({
        code: "several",
        message: "There are two credentials in this.",
        advice: "Paste one of them now and add the other afterwards.",
      }),
    ),
    "paste-trying": saved(understood(), "never", "understood"),
    "paste-wrong-secret": saved(understood(), wrongSecret, "refused"),
    "paste-no-keychain": saved(understood(), noKeychain, "save-anyway"),
    "paste-offline": saved(understood(), offline, "save-anyway"),
    "form-wrong-secret": {
      snapshot: snapshot([]),
      replies: { understand: { kind: "understood", understood: understood() }, saveProfile: wrongSecret },
      pace: 0,
      play: async (find) => {
        await paste(find);
        (await find("change-understood")).click();
        await find("field-client-secret");
        (await find("save-profile")).click();
        await find("refused");
      },
    },
  };
}
