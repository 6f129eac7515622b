/** Re-renders an element exactly when one of its countdowns reads differently, and only while it is visible. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { clock } from "./clock";
import { changesIn } from "./words/remaining";

export class Ticker implements ReactiveController {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `instants` are the ends of the countdowns on show, in milliseconds since the epoch. */
  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly instants: () => number[],
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.onVisibility);
    clearTimeout(this.timer);
  }

  hostUpdated(): void {
    clearTimeout(this.timer);
    if (document.hidden) return;
    const now = clock.now();
    const delays = this.instants().flatMap((instant) => changesIn(instant - now) ?? []);
    if (delays.length > 0) this.timer = setTimeout(() => this.host.requestUpdate(), Math.min(...delays));
  }

  private readonly onVisibility = (): void => {
    if (document.hidden) clearTimeout(this.timer);
    else this.host.requestUpdate();
  };
}
