/**
 * The gallery: `gallery.html` shows every state on one page, `gallery.html#live-long` one state as the whole page.
 * `?lang=de` speaks German, `?dir=rtl` reads right to left, `?theme=dark` is dark, `?text=largest`
 * writes largest.
 */

import "../style/all.css";
import { GlowjarApp } from "../app";
import type { Choices } from "../bindings/view";
import { clock } from "../clock";
import { demoHost } from "../host/demo";
import { overview } from "./overview";
import { states, type GalleryState } from "./states";

const FROZEN = Date.parse("2026-03-04T10:52:00Z");
clock.now = () => FROZEN;
clock.timeZone = "Europe/Berlin";

const wanted = decodeURIComponent(location.hash.slice(1));
const all = states();
const state = all[wanted];
const asked = new URLSearchParams(location.search);
document.documentElement.dir = asked.get("dir") === "rtl" ? "rtl" : "ltr";

if (state) {
  const app = new GlowjarApp();
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark") choose(state, { theme });
  const textSize = asked.get("text");
  if (textSize === "larger" || textSize === "largest") choose(state, { textSize });
  app.host = demoHost(state);
  document.body.append(app);
  await app.updateComplete;
  await state.play?.(find);
  await document.fonts.ready;
  document.documentElement.dataset["ready"] = "true";
} else {
  overview(Object.keys(all), asked, wanted === "list");
}
addEventListener("hashchange", () => location.reload());

function choose(state: GalleryState, part: Partial<Choices>): void {
  const { snapshot } = state;
  if (!snapshot) return;
  const choices = { ...snapshot.settings.choices, ...part };
  const theme = part.theme ?? snapshot.theme;
  state.snapshot = { ...snapshot, theme, settings: { ...snapshot.settings, choices } };
}

async function find(testId: string): Promise<HTMLElement> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
    if (found) return found;
    await new Promise(requestAnimationFrame);
  }
  throw new Error(`No ${testId} in ${wanted}`);
}
