/** One state for each cause that isn't shown elsewhere. */

import type { Action, ProfileView, TroubleView } from "../bindings/view";
import { HOUR, live, trouble } from "../host/demo/profiles";
import type { GalleryState } from "./states";

export function troubleStates(one: (shown: ProfileView) => GalleryState): Record<string, GalleryState> {
  const halted = (
    code: string,
    headline: string,
    advice: string,
    action: Action,
    technical?: TroubleView["technical"],
  ) =>
    one(
      live(3 * HOUR, 24 * HOUR, {
        level: "attention",
        phase: "halted",
        headline,
        nextAttemptAt: null,
        trouble: trouble({ code, headline, advice, action, ...(technical && { technical }) }),
      }),
    );
  return {
    "trouble-scopes": halted(
      "scope_refused",
      "A scope is not allowed",
      "Adobe doesn’t grant this project one of the scopes. Remove it, or ask your admin to add its API.",
      "editScopes",
    ),
    "trouble-account": halted(
      "account_terms",
      "Adobe wants you to accept its terms",
      "Sign in to your Adobe account once and accept them. Glowjar goes on after that.",
      "openAccountPage",
    ),
    "trouble-clock": halted(
      "clock",
      "Your clock is wrong",
      "It is three days behind, so no certificate can be checked. Turn on automatic time.",
      "setClock",
    ),
    "trouble-certificate": halted(
      "tls",
      "This network looks into secure connections",
      "Ask your IT department for its certificate file and choose it in the settings, or use another network.",
      "openSettings",
    ),
    "trouble-network-sign-in": halted(
      "captive_portal",
      "This network wants a sign-in",
      "Sign in to the network in your browser. Glowjar goes on by itself.",
      "openNetworkSignIn",
    ),
  };
}
