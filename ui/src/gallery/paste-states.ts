import type { Reply } from "../bindings/request";
import type { UnderstoodView } from "../bindings/view";
import { profile, snapshot, trouble } from "../host/demo/profiles";
import { remark, say } from "../host/demo/sentences";
import { CURL, refusedPaste, understood } from "../host/demo/understanding";
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
    trouble: trouble("secret_rejected", {
      advice: say("trial-secret_rejected"),
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
    trouble: trouble("connect", { advice: say("trial-not_now"), action: "retryNow" }),
  };
  const noKeychain: Reply = {
    kind: "refused",
    anyway: "inMemory",
    trouble: trouble("keychain_absent", { action: "retryNow" }),
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
        warnings: [remark("secret_cut_off"), remark("scope_missing"), remark("stage")],
      }),
    ),
    "paste-ended": pasted(
      understood({
        source: "env",
        scopes: ["openid", "AdobeID", "read_organizations"],
        api: "photoshop",
        apiLabel: say("api-photoshop"),
        warnings: [
          remark("scopes_assumed", { api: say("api-photoshop") }),
          remark("ended_photoshop"),
          remark("ended_firefly_waiting"),
        ],
      }),
    ),
    "paste-refused": pasted(refusedPaste(remark("service_account"))),
    "paste-two-commands": pasted(refusedPaste(remark("several"))),
    "paste-trying": saved(understood(), "never", "understood"),
    "paste-saved": saved(understood(), { kind: "saved", profile: "not in a snapshot yet" }, "understood"),
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
