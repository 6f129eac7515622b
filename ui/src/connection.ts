/** The window's line to the application: the newest snapshot, and questions with their answers. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Reply, Request } from "./bindings/request";
import type { Snapshot } from "./bindings/view";
import type { Host } from "./host";

export class Connection implements ReactiveController {
  snapshot: Snapshot | undefined;
  isGone = false;
  private stopListening: (() => void) | undefined;

  /** `beforeTake` sees each snapshot while the one before is still in force. */
  constructor(
    private readonly owner: ReactiveControllerHost & { host: Host },
    private readonly beforeTake: (snapshot: Snapshot) => void,
  ) {
    owner.addController(this);
  }

  hostConnected(): void {
    this.stopListening = this.owner.host.onSnapshot((snapshot) => this.take(snapshot));
    void this.connect();
  }

  hostDisconnected(): void {
    this.stopListening?.();
  }

  async connect(): Promise<void> {
    this.isGone = false;
    this.owner.requestUpdate();
    const timeLimit = new Promise<never>((_, reject) => setTimeout(reject, ANSWERS_WITHIN));
    try {
      const reply = await Promise.race([this.ask({ kind: "snapshot" }), timeLimit]);
      if (reply.kind === "snapshot") this.take(reply.snapshot);
    } catch {
      this.isGone = this.snapshot === undefined;
      this.owner.requestUpdate();
    }
  }

  ask(request: Request): Promise<Reply> {
    return this.owner.host.ask(request);
  }

  private take(snapshot: Snapshot): void {
    if (this.snapshot && snapshot.revision < this.snapshot.revision) return;
    this.beforeTake(snapshot);
    this.snapshot = snapshot;
    this.isGone = false;
    this.owner.requestUpdate();
  }
}

/** The application is a pipe away; it answers in milliseconds or not at all. */
const ANSWERS_WITHIN = 5_000;
