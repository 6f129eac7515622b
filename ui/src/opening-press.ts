import type { ReactiveController, ReactiveControllerHost } from "lit";

/**
 * The press that opens a list chooses nothing in it.
 *
 * Spectrum's lists let a person press, draw to an entry and let go. But a list is first shown in the window's corner, until
 * its place is known a moment later, and whoever let go of the button by then chose the entry that happened to lie there.
 * So a pointer that did not move chose nothing.
 */
export class OpeningPress implements ReactiveController {
  private pressed: { list: Element; x: number; y: number } | undefined;

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.addEventListener("pointerdown", this.down, { capture: true });
    this.host.addEventListener("pointerup", this.up, { capture: true });
  }

  hostDisconnected(): void {
    this.host.removeEventListener("pointerdown", this.down, { capture: true });
    this.host.removeEventListener("pointerup", this.up, { capture: true });
  }

  private readonly down = (event: PointerEvent): void => {
    const list = inPath(event, LISTS);
    this.pressed = list && !inPath(event, ENTRIES) ? { list, x: event.clientX, y: event.clientY } : undefined;
  };

  private readonly up = (event: PointerEvent): void => {
    const { pressed } = this;
    this.pressed = undefined;
    if (!pressed || !event.composedPath().includes(pressed.list) || !inPath(event, ENTRIES)) return;
    const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
    // What Spectrum takes for: somebody else has dealt with it.
    if (moved < LEAST_MOVE) event.preventDefault();
  };
}

function inPath(event: Event, selector: string): Element | undefined {
  return event.composedPath().find((it): it is Element => it instanceof Element && it.matches(selector));
}

const LISTS = "sp-picker, sp-action-menu";
const ENTRIES = "sp-menu-item";
/** In CSS pixels: a hand trembles, and an entry is 32 high. */
const LEAST_MOVE = 8;
