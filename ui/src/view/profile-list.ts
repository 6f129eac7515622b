/** All profiles, each with a jar of its own. Rows are chosen by click or arrow key, and moved by drag or Alt and arrow key. */

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { ProfileView } from "../bindings/view";
import { life } from "../token-lifetime";
import { found, moved, SEARCH_FROM } from "../order";
import { t } from "../words";
import { duration } from "../words/remaining";
import type { Actions } from "./actions";
import { RowDrag } from "./row-drag";
import { icon } from "./icon";
import { smallJar } from "./jar";

export interface List {
  profiles: readonly ProfileView[];
  selected: string;
  wanted: string;
  now: number;
}

export function profileList({ profiles, selected, wanted, now }: List, actions: Actions): TemplateResult {
  const searchable = profiles.length >= SEARCH_FROM;
  const shown = searchable ? found(profiles, wanted) : profiles;
  const ids = profiles.map(({ id }) => id);
  const move = (from: number, to: number) => {
    const profile = profiles[from];
    if (profile && from !== to && to >= 0 && to < ids.length) actions.reorder(moved(ids, from, to), profile);
  };
  // What a search hides can't be moved past.
  const drag = shown.length === profiles.length && profiles.length > 1 ? new RowDrag(move) : undefined;
  return html`<nav
    class="profiles"
    aria-label=${t("profiles")}
    style=${`--rows: ${profiles.length}`}
    @keydown=${(event: KeyboardEvent) => onKey(event, drag ? move : undefined)}
  >
    ${searchable ? searchField(wanted, actions) : nothing}
    ${shown.length === 0 ? html`<p class="none-found" data-testid="search-none">${t("search-none")}</p>` : nothing}
    <ul @pointerdown=${drag?.start ?? nothing}>
      ${repeat(
        shown,
        ({ id }) => id,
        (profile) => html`<li>${row(profile, profile.id === selected, now, actions)}</li>`,
      )}
    </ul>
  </nav>`;
}

function searchField(wanted: string, actions: Actions): TemplateResult {
  return html`<div class="search">
    ${icon("search")}
    <input
      type="search"
      data-testid="search"
      aria-label=${t("search")}
      placeholder=${t("search")}
      autocomplete="off"
      spellcheck="false"
      .value=${wanted}
      @input=${(event: Event) => actions.search((event.target as HTMLInputElement).value)}
    />
  </div>`;
}

function row(profile: ProfileView, selected: boolean, now: number, actions: Actions): TemplateResult {
  const state = life(profile, now);
  const { name, headline, provider, phase, nextAttemptAt } = profile;
  const told = state.level === profile.level ? headline : t("expired");
  const retries = phase === "waiting" && nextAttemptAt !== null && nextAttemptAt > now;
  return html`<button
    type="button"
    class="row"
    aria-current=${selected ? "true" : nothing}
    aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown F2"
    data-testid=${`profile-row-${name}`}
    data-id=${profile.id}
    data-level=${state.level}
    @click=${() => actions.select(profile)}
    @keydown=${(event: KeyboardEvent) => event.key === "F2" && actions.startRename(profile)}
  >
    ${smallJar({ ...state, paused: phase === "paused" })}
    <span class="row-words">
      <span class="row-name"
        ><bdi>${name}</bdi>${
          profile.isDefault
            ? html`<span class="is-default" title=${t("is-default")}
                >${icon("star")}<span class="visually-hidden">${t("is-default")}</span></span
              >`
            : nothing
        }</span
      >
      <span class="row-status"
        >${told} · ${retries ? t("list-retry", { span: duration(nextAttemptAt - now) }) : provider.label}</span
      >
    </span>
    <span class="row-left">${state.live ? duration(state.left ?? 0) : t("nothing")}</span>
  </button>`;
}

/** Scrolls the list alone: `scrollIntoView` would move the hero too. */
export function showSelectedRow(root: HTMLElement): void {
  const list = root.querySelector<HTMLElement>(".profiles");
  const chosen = list?.querySelector<HTMLElement>(".row[aria-current]");
  if (!list || !chosen) return;
  const covered = list.querySelector<HTMLElement>(".search")?.offsetHeight ?? 0;
  const top = chosen.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const above = top - covered;
  const below = top + chosen.offsetHeight - list.clientHeight;
  if (above < 0) list.scrollTop += above - ROOM;
  else if (below > 0) list.scrollTop += below + ROOM;
}

function onKey(event: KeyboardEvent, move: ((from: number, to: number) => void) | undefined): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const focused = document.activeElement as HTMLElement;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(".row")];
  const at = rows.indexOf(focused);
  const next = rows[at + step];
  event.preventDefault();
  if (!event.altKey) next?.focus();
  else if (move && at >= 0) {
    move(at, at + step);
    // Moving a row in the page can cost it the focus.
    requestAnimationFrame(() => focused.focus());
  }
}

/** Pixels between the chosen row and the list's edge. */
const ROOM = 8;
