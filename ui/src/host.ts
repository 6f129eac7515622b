/** What the UI can ask of the application, and the only way it learns anything. */

import type { Reply, Request } from "./bindings/request";
import type { Snapshot } from "./bindings/view";

export interface Host {
  /** Rejects only if the application itself can't be reached; anything it has to say is a {@link Reply}. */
  ask(request: Request): Promise<Reply>;
  /** Calls back with each new snapshot until the returned function is called. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void;
}
