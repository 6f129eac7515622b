import { failed } from "../host/demo";
import { profile, snapshot } from "../host/demo/profiles";
import { choose, pick } from "./play";
import type { GalleryState } from "./states";

export function formStates(): Record<string, GalleryState> {
  const kept = { snapshot: snapshot([profile({ grant: "refresh_token" })]) };
  const open: GalleryState["play"] = async (find) => {
    (await find("welcome-add")).click();
    await find("field-client-secret");
  };
  const pickApi = async (find: (testId: string) => Promise<HTMLElement>, api: string) => {
    const choice = await find("field-api");
    pick(choice, api);
    choice.scrollIntoView({ block: "center" });
  };
  return {
    "form-new": { snapshot: snapshot([]), play: open },
    "form-errors": {
      snapshot: snapshot([]),
      pace: 0,
      play: async (find) => {
        await open(find);
        (await find("save-profile")).click();
        await find("error-client-id");
      },
    },
    "form-edit": {
      ...kept,
      play: async (find) => {
        await choose("edit-profile")(find);
        (await find("form-more")).click();
      },
    },
    "form-custom": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        pick(await find("field-preset"), "custom");
        await find("field-encoding");
      },
    },
    "form-for-express": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        await pickApi(find, "express");
      },
    },
    "form-for-ended": {
      snapshot: snapshot([]),
      play: async (find) => {
        await open(find);
        await pickApi(find, "ended-photoshop");
      },
    },
    "form-names": {
      ...kept,
      play: async (find) => {
        await choose("edit-profile")(find);
        (await find("form-more")).click();
        const choice = await find("field-family");
        pick(choice, "firefly");
        choice.scrollIntoView({ block: "center" });
      },
    },
    "form-not-saved": {
      ...kept,
      replies: {
        saveProfile: failed("keychain_closed"),
      },
      play: async (find) => {
        await choose("edit-profile")(find);
        await find("field-client-secret");
        (await find("save-profile")).click();
        await find("form-failure");
      },
    },
  };
}
