import { busyDay, emptyDay, outageDay, shortLife } from "../host/demo/history";
import { live, MINUTE, profile, snapshot } from "../host/demo/profiles";
import type { GalleryState } from "./states";

export function stripStates(): Record<string, GalleryState> {
  const drawn: GalleryState["play"] = async (find) => {
    await find("strip");
  };
  const one = { snapshot: snapshot([profile()]) };
  return {
    "strip-told": {
      ...one,
      play: async (find) => {
        const track = await find("strip-track");
        track.focus();
        track.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
      },
    },
    "strip-week": { ...one, play: async (find) => (await find("strip-show-week")).click() },
    "strip-outage": { ...one, history: outageDay, play: drawn },
    "strip-empty": { ...one, history: emptyDay, play: drawn },
    "strip-busy": { ...one, history: busyDay, play: drawn },
    "strip-short-life": {
      snapshot: snapshot([live(3.4 * MINUTE, 5 * MINUTE, { name: "Sandbox" })]),
      history: shortLife,
      play: drawn,
    },
  };
}
