/** What a person can set in motion from any view. The app carries it out. */

import type { CopyFormat, Field } from "../bindings/request";
import type { Action, Consent, ProfileView } from "../bindings/view";

/** What "Copy as" offers: forms for the clipboard, and one that is a file. */
export type CopyForm = CopyFormat | "postman";

export interface Actions {
  add(): void;
  signIn(): void;
  typeIn(): void;
  trySandbox(): void;
  openSettings(): void;
  select(profile: ProfileView): void;
  copy(profile: ProfileView, form: CopyForm): void;
  refresh(profile: ProfileView): void;
  checkAccess(profile: ProfileView): void;
  edit(profile: ProfileView, at?: Field): void;
  startRename(profile: ProfileView): void;
  /** Without a name: it stays as it is. */
  rename(profile: ProfileView, name?: string): void;
  duplicate(profile: ProfileView): void;
  makeDefault(profile: ProfileView): void;
  /** `moved` is the one to speak of. */
  reorder(ids: string[], moved: ProfileView): void;
  search(wanted: string): void;
  pause(profile: ProfileView): void;
  resume(profile: ProfileView): void;
  remove(profile: ProfileView): void;
  undoRemove(): void;
  signOut(profile: ProfileView): void;
  /** `opener` is what gets the focus back. */
  replaceSecret(profile: ProfileView, opener: string): void;
  clearClipboard(): void;
  forgetFile(): void;
  dismiss(code: string): void;
  answer(question: number, consent: Consent): void;
  copyDetails(profile: ProfileView): Promise<void>;
  /** The one button of a trouble. Banners belong to no profile. */
  mend(action: Action, profile: ProfileView | undefined): void;
}

/** An answer that went wrong, shown where it was asked for. */
export interface Failure {
  headline: string;
  advice: string;
  /** In the words of the system, for who asks for details. */
  cause?: string;
}
