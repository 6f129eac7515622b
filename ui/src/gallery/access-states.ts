import type { AccessView } from "../bindings/view";
import { clock } from "../clock";
import { profile, snapshot } from "../host/demo/profiles";
import { choose } from "./play";
import type { GalleryState } from "./states";

export function accessStates(): Record<string, GalleryState> {
  const at = clock.now() - 5_000;
  const shown = (access: AccessView) => ({ snapshot: snapshot([profile({ access })]) });
  const technical = { at, status: 200, error: null, description: null, requestId: "c0ffee12" };
  return {
    "access-works": shown({ at, works: true, headline: "Firefly accepts this token.", advice: "", technical }),
    "access-refused": shown({
      at,
      works: false,
      headline: "No Firefly for this organisation.",
      advice:
        "The token is fine, but the organisation has no right to the Firefly API. Ask your admin; a new token won’t help.",
      technical: { ...technical, status: 403, error: "user_non_entitled" },
    }),
    "access-failed": {
      snapshot: snapshot([profile()]),
      replies: {
        checkAccess: {
          kind: "failed",
          code: "dns",
          message: "Firefly can’t be reached.",
          advice: "Is this computer online?",
        },
      },
      play: choose("check-access"),
    },
  };
}
