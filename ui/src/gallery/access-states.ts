import type { AccessView } from "../bindings/view";
import { clock } from "../clock";
import { failed } from "../host/demo";
import { profile, snapshot } from "../host/demo/profiles";
import { tell } from "../host/demo/sentences";
import { choose } from "./play";
import type { GalleryState } from "./states";

export function accessStates(): Record<string, GalleryState> {
  const at = clock.now() - 5_000;
  const shown = (access: AccessView) => ({ snapshot: snapshot([profile({ access })]) });
  const technical = { at, status: 200, error: null, description: null, requestId: "c0ffee12" };
  return {
    "access-works": shown({ at, works: true, ...tell("access-works"), technical }),
    "access-refused": shown({
      at,
      works: false,
      ...tell("access-not_entitled"),
      technical: { ...technical, status: 403, error: "user_non_entitled" },
    }),
    "access-failed": {
      snapshot: snapshot([profile()]),
      replies: {
        checkAccess: failed("no_gateway"),
      },
      play: choose("check-access"),
    },
  };
}
