/** What an engineer wants to know about a failure, one click away. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { TechnicalView } from "../bindings/view";
import { copyText } from "../copy";
import { words } from "../words/en";
import { exact } from "../words/moment";
import { icon } from "./icon";

export function technical(
  view: TechnicalView,
  cause: string | undefined,
  testId: string,
): TemplateResult | typeof nothing {
  const facts = technicalFacts(view, cause);
  if (facts.length === 0) return nothing;
  return html`<details class="technical" data-testid=${testId}>
    <summary>${words.trouble.details}</summary>
    <dl>
      ${facts.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd dir="auto">${value}</dd>`,
      )}
    </dl>
    <sp-action-button
      quiet
      size="s"
      data-testid="copy-details"
      @click=${(event: Event) => void copyDetails(event.currentTarget as HTMLElement, facts)}
      >${icon("copy")}<span class="copy-label">${words.trouble.copyDetails}</span></sp-action-button
    >
  </details>`;
}

/** Name and value of each fact that is there. */
export function technicalFacts(view: TechnicalView, cause: string | undefined): [string, string][] {
  const facts: [string, string | number | null | undefined][] = [
    [words.trouble.cause, cause],
    [words.trouble.at, view.at === null ? null : exact(view.at)],
    [words.trouble.status, view.status],
    [words.trouble.error, view.error],
    [words.trouble.description, view.description],
    [words.trouble.requestId, view.requestId],
  ];
  return facts.flatMap(([name, value]) =>
    value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
  );
}

async function copyDetails(button: HTMLElement, facts: [string, string][]): Promise<void> {
  await copyText(facts.map(([name, value]) => `${name}: ${value}`).join("\n"));
  const label = button.querySelector(".copy-label");
  if (!label) return;
  label.textContent = words.trouble.copied;
  setTimeout(() => (label.textContent = words.trouble.copyDetails), 2000);
}
