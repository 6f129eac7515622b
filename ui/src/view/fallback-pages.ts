/** What fills the window while there is nothing else to show: waiting, and a host that is gone. */

import "@spectrum-web-components/button/sp-button.js";
import "@spectrum-web-components/progress-circle/sp-progress-circle.js";
import { html, type TemplateResult } from "lit";

import { t } from "../words";
import { jar } from "./jar";

/** The bar while nothing in it would work. Stands in `index.html` as well, which is painted before this is loaded. */
export function wordmark(): TemplateResult {
  return html`<header class="bar"><span class="wordmark">${t("app")}</span></header>`;
}

/** The empty jar of `index.html`, and words if it takes long. */
export function loading(): TemplateResult {
  return html`<section class="hero" data-testid="loading">
    ${jar({ level: "off", fraction: 0, live: false, paused: false })}
    <div class="is-loading">
      <sp-progress-circle indeterminate size="m" label=${t("loading")}></sp-progress-circle>
      <h1 class="lead">${t("loading")}</h1>
    </div>
  </section>`;
}

export function unreachable(retry: () => void): TemplateResult {
  return html`<section class="page" data-testid="unreachable" role="alert">
    ${jar({ level: "attention", fraction: 0, live: false, paused: false })}
    <h1 class="as-sentence">${t("unreachable-headline")}</h1>
    <p class="lead">${t("unreachable-advice")}</p>
    <sp-button size="l" variant="accent" data-testid="reconnect" @click=${retry}>${t("unreachable-retry")}</sp-button>
  </section>`;
}
