/** What an engineer wants to know about a failure, one click away. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { TechnicalView } from "../bindings/view";
import { copyText } from "../copy";
import { t } from "../words";
import { exact } from "../words/moment";
import { icon } from "./icon";

export function technical(
  view: TechnicalView,
  cause: string | undefined,
  testId: string,
  copy: (facts: [string, string][]) => Promise<void> = copyFacts,
): TemplateResult | typeof nothing {
  const facts = technicalFacts(view, cause);
  if (facts.length === 0) return nothing;
  return html`<details class="technical" data-testid=${testId}>
    <summary>${t("details")}</summary>
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
      @click=${(event: Event) => void confirm(event.currentTarget as HTMLElement, copy(facts))}
      >${icon("copy")}<span class="copy-label">${t("copy-details")}</span></sp-action-button
    >
  </details>`;
}

/** Name and value of each fact that is there. */
export function technicalFacts(view: TechnicalView, cause: string | undefined): [string, string][] {
  const facts: [string, string | number | null | undefined][] = [
    [t("fact-cause"), cause],
    [t("fact-at"), view.at === null ? null : exact(view.at)],
    [t("fact-status"), view.status],
    [t("fact-error"), view.error],
    [t("fact-description"), view.description],
    [t("fact-request-id"), view.requestId],
  ];
  return facts.flatMap(([name, value]) =>
    value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
  );
}

function copyFacts(facts: [string, string][]): Promise<void> {
  return copyText(facts.map(([name, value]) => `${name}: ${value}`).join("\n"));
}

async function confirm(button: HTMLElement, copying: Promise<void>): Promise<void> {
  await copying;
  const label = button.querySelector(".copy-label");
  if (!label) return;
  label.textContent = t("copied");
  setTimeout(() => (label.textContent = t("copy-details")), 2000);
}
