/** May this program take a token? One card for each that waits for the answer, or did. */

import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Consent, QuestionView } from "../bindings/view";
import { t } from "../words";
import { ago } from "../words/moment";
import type { Actions } from "./actions";
import { icon } from "./icon";
import { called, facts } from "./program-facts";

/** Each keeps its own buttons: a key or a click that is under way never answers the next one. */
export function questions(views: readonly QuestionView[], actions: Actions): TemplateResult | typeof nothing {
  if (views.length === 0) return nothing;
  return html`${repeat(
    views,
    ({ number }) => number,
    (view) => card(view, actions),
  )}`;
}

/** Shows what has come since, wherever the person has scrolled to, and gives its headline. */
export function bringUp(
  page: ParentNode,
  before: readonly QuestionView[],
  now: readonly QuestionView[],
): string | undefined {
  const fresh = now.find(({ number }) => before.every((known) => known.number !== number));
  if (!fresh) return undefined;
  // Once it is drawn.
  requestAnimationFrame(() => [...page.querySelectorAll(".question")].at(-1)?.scrollIntoView({ block: "nearest" }));
  return headline(fresh);
}

function headline({ program, profileName }: QuestionView): string {
  if (!program.name) return t("question-unnamed", { name: profileName });
  return t("question", { program: program.name, name: profileName });
}

function card(view: QuestionView, actions: Actions): TemplateResult {
  const { number, program, pid, askedAt, isWaiting, runsAnything, isRemembered, lasts } = view;
  const notes = [
    runsAnything && t("question-many", { program: called(program) }),
    !isRemembered && t("question-once"),
    lasts && t("question-lasts"),
    !isWaiting && t("question-late", { ago: ago(askedAt) }),
  ].filter((note) => note !== false);
  const answers = isRemembered ? ANSWERS : ANSWERS_ONCE;
  const button = ([id, consent]: readonly [string, Consent], at: number) =>
    html`<sp-button
      size="s"
      variant=${at === 0 ? "accent" : "secondary"}
      treatment=${at === 0 ? "fill" : "outline"}
      data-testid=${id}
      @click=${() => actions.answer(number, consent)}
      >${t(id)}</sp-button
    >`;
  return html`<div class="banner question" role="group" aria-labelledby=${`question-${number}`} data-testid="question">
    ${icon("key")}
    <div class="banner-words">
      <p id=${`question-${number}`}>
        <strong><bdi>${headline(view)}</bdi></strong>
      </p>
      <p class="small">${facts(program, pid)}</p>
      ${notes.map((note) => html`<p>${note}</p>`)}
      <div class="answers">${answers.map(button)}</div>
    </div>
  </div>`;
}

const ANSWERS = [
  ["consent-hour", "hour"],
  ["consent-untilLocked", "untilLocked"],
  ["consent-always", "always"],
  ["consent-never", "never"],
] as const;

/** What can't be remembered holds this once, whichever it is. */
const ANSWERS_ONCE = [
  ["question-allow", "hour"],
  ["question-deny", "never"],
] as const;
