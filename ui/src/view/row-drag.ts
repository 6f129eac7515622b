/** Dragging a row to another place. By pointer events: the web view's own drag and drop belongs to files. */

import { landing } from "../order";

export class RowDrag {
  constructor(private readonly drop: (from: number, to: number) => void) {}

  readonly start = (down: PointerEvent): void => {
    const list = down.currentTarget as HTMLElement;
    const item = (down.target as HTMLElement).closest("li");
    if (!item || down.button !== 0 || down.pointerType === "touch") return;
    const items = [...list.children] as HTMLElement[];
    const from = items.indexOf(item);
    const pitch = items[1] && items[0] ? items[1].offsetTop - items[0].offsetTop : item.offsetHeight;
    let to = from;
    let dragging = false;

    const move = (event: PointerEvent) => {
      const distance = event.clientY - down.clientY;
      if (!dragging && Math.abs(distance) < SLACK) return;
      if (!dragging) {
        dragging = true;
        item.setPointerCapture(event.pointerId);
        item.classList.add("dragged");
      }
      to = landing(from, distance, pitch, items.length);
      item.style.transform = `translateY(${distance}px)`;
      for (const [index, other] of items.entries()) {
        if (other === item) continue;
        const shift = index > from && index <= to ? -1 : index < from && index >= to ? 1 : 0;
        other.style.transform = shift === 0 ? "" : `translateY(${shift * pitch}px)`;
      }
    };
    const end = (event: Event) => {
      stop.abort();
      item.classList.remove("dragged");
      for (const other of items) other.style.transform = "";
      if (!dragging) return;
      // The click that follows belongs to the drag.
      item.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => item.removeEventListener("click", swallow, { capture: true }), 0);
      if (event.type === "pointerup" && to !== from) this.drop(from, to);
    };
    const stop = new AbortController();
    const { signal } = stop;
    addEventListener("pointermove", move, { signal });
    addEventListener("pointerup", end, { signal });
    addEventListener("pointercancel", end, { signal });
    addEventListener("keydown", (event) => event.key === "Escape" && end(event), { signal });
  };
}

function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

/** Pixels that a click may wander. */
const SLACK = 5;
