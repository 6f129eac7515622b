/**
 * The gallery: `gallery.html` shows every state on one page, `gallery.html#live-long` one state as the whole page.
 * `?lang=de` speaks German, `?dir=rtl` reads right to left, `?theme=dark` is dark.
 */

import "../style/all.css";
import { GlowjarApp } from "../app";
import { clock } from "../clock";
import { demoHost } from "../host/demo";
import { overview } from "./overview";
import { states } from "./states";

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
  const snapshot = state.snapshot;
  if (snapshot && (theme === "light" || theme === "dark")) {
    const { settings } = snapshot;
    state.snapshot = { ...snapshot, theme, settings: { ...settings, choices: { ...settings.choices, theme } } };
  }
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

async function find(testId: string): Promise<HTMLElement> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = document.querySelector<HTMLElement>(`[data-testid="${testId}"]`);
    if (found) return found;
    await new Promise(requestAnimationFrame);
  }
  throw new Error(`No ${testId} in ${wanted}`);
}
