/** The gallery: `gallery.html` lists the states, `gallery.html#live-long` shows one as the whole page. */

import "../style/all.css";
import { GlowjarApp } from "../app";
import { clock } from "../clock";
import { demoHost } from "../host/demo";
import { states } from "./states";

const FROZEN = Date.parse("2026-03-04T10:52:00Z");
clock.now = () => FROZEN;
clock.timeZone = "Europe/Berlin";

const wanted = decodeURIComponent(location.hash.slice(1));
const all = states();
const state = all[wanted];

if (state) {
  const app = new GlowjarApp();
  app.host = demoHost(state);
  document.body.append(app);
  await app.updateComplete;
  await state.play?.(find);
  await document.fonts.ready;
  document.documentElement.dataset["ready"] = "true";
} else {
  const list = document.createElement("ul");
  for (const name of Object.keys(all)) {
    const link = Object.assign(document.createElement("a"), { href: `#${name}`, textContent: name });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  document.body.append(list);
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
