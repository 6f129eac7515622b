/** All profiles, each with a jar of its own. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { ProfileView } from "../bindings/view";
import { life } from "../life";
import { words } from "../words/en";
import type { Actions } from "./actions";
import { smallJar } from "./jar";

export function profileList(
  profiles: readonly ProfileView[],
  selected: string,
  now: number,
  actions: Actions,
): TemplateResult {
  return html`<nav
    class="profiles"
    aria-label=${words.list.heading}
    style=${`--rows: ${profiles.length}`}
    @keydown=${moveFocus}
  >
    <ul>
      ${repeat(
        profiles,
        ({ id }) => id,
        (profile) => html`<li>${row(profile, profile.id === selected, now, actions)}</li>`,
      )}
    </ul>
  </nav>`;
}

function row(profile: ProfileView, selected: boolean, now: number, actions: Actions): TemplateResult {
  const state = life(profile, now);
  const { name, headline, provider, phase, nextAttemptAt } = profile;
  const told = state.level === profile.level ? headline : words.hero.expired;
  const retries = phase === "waiting" && nextAttemptAt !== null && nextAttemptAt > now;
  return html`<button
    type="button"
    class="row"
    aria-current=${selected ? "true" : nothing}
    data-testid=${`profile-row-${name}`}
    data-level=${state.level}
    @click=${() => actions.select(profile)}
  >
    ${smallJar({ ...state, paused: phase === "paused" })}
    <span class="row-words">
      <span class="row-name"><bdi>${name}</bdi></span>
      <span class="row-status">${told} · ${retries ? words.list.retry(nextAttemptAt - now) : provider.label}</span>
    </span>
    <span class="row-left">${state.live ? words.duration(state.left ?? 0) : words.nothing}</span>
  </button>`;
}

/** Scrolls the list alone: `scrollIntoView` would move the hero too. */
export function showSelectedRow(root: HTMLElement): void {
  const list = root.querySelector<HTMLElement>(".profiles");
  const chosen = list?.querySelector<HTMLElement>(".row[aria-current]");
  if (!list || !chosen) return;
  const above = chosen.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const below = above + chosen.offsetHeight - list.clientHeight;
  if (above < 0) list.scrollTop += above - ROOM;
  else if (below > 0) list.scrollTop += below + ROOM;
}

function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".row")];
  const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** Pixels between the chosen row and the list's edge. */
const ROOM = 8;
