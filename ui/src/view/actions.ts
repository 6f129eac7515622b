/** What a person can set in motion from any view. The app carries it out. */

import type { Action, ProfileView } from "../bindings/view";
import type { Field } from "../bindings/request";

export interface Actions {
  add(): void;
  trySandbox(): void;
  select(profile: ProfileView): void;
  copy(profile: ProfileView): void;
  refresh(profile: ProfileView): void;
  checkAccess(profile: ProfileView): void;
  edit(profile: ProfileView, at?: Field): void;
  pause(profile: ProfileView): void;
  resume(profile: ProfileView): void;
  remove(profile: ProfileView): void;
  clearClipboard(): void;
  dismiss(code: string): void;
  /** The one button of a trouble. Banners belong to no profile. */
  mend(action: Action, profile: ProfileView | undefined): void;
}

/** An answer that went wrong, shown where it was asked for. */
export interface Failure {
  headline: string;
  advice: string;
}
