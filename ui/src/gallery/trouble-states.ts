/** One state for each cause that isn't shown elsewhere. */

import type { Action, ProfileView } from "../bindings/view";
import { HOUR, live, trouble } from "../host/demo/profiles";
import type { GalleryState } from "./states";

export function troubleStates(one: (shown: ProfileView) => GalleryState): Record<string, GalleryState> {
  const halted = (code: string, action: Action) =>
    one(
      live(3 * HOUR, 24 * HOUR, {
        level: "attention",
        phase: "halted",
        nextAttemptAt: null,
        trouble: trouble(code, { action }),
      }),
    );
  return {
    "trouble-scopes": halted("scope_rejected", "editScopes"),
    "trouble-account": halted("account_action", "openAccountPage"),
    "trouble-certificate": halted("tls", "openSettings"),
    "trouble-network-sign-in": halted("captive_portal", "openNetworkSignIn"),
    "trouble-grant": halted("grant_not_allowed", "editProfile"),
    "trouble-secret-missing": halted("secret_missing", "replaceSecret"),
  };
}
