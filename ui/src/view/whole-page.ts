/** What fills the window while there is no profile to show: the welcome, waiting, and a host that is gone. */

import "@spectrum-web-components/button/sp-button.js";
import "@spectrum-web-components/progress-circle/sp-progress-circle.js";
import { html, nothing, type TemplateResult } from "lit";

import { words } from "../words/en";
import type { Actions, Failure } from "./actions";
import { icon } from "./icon";
import { jar } from "./jar";

export function welcome(actions: Actions, starting: boolean, failure: Failure | undefined): TemplateResult {
  return html`<section class="page" data-testid="welcome">
    ${jar({ level: "fresh", fraction: 0.82, live: true, paused: false })}
    <h1 class="as-sentence">${words.welcome.headline}</h1>
    <p class="lead">${words.welcome.text}</p>
    <div class="stacked-buttons">
      <sp-button size="l" variant="accent" data-testid="welcome-add" @click=${() => actions.add()}
        >${icon("add")}${words.welcome.add}</sp-button
      >
      <sp-button
        size="l"
        variant="secondary"
        treatment="outline"
        data-testid="try-sandbox"
        data-busy=${String(starting)}
        @click=${() => (starting ? undefined : actions.trySandbox())}
        >${words.welcome.sandbox}</sp-button
      >
    </div>
    <p class="small">${words.welcome.sandboxHelp}</p>
    ${
      failure
        ? html`<div class="failure" role="alert" data-testid="failure">
            ${icon("alert")}
            <p><strong>${failure.headline}</strong> ${failure.advice}</p>
          </div>`
        : nothing
    }
  </section>`;
}

export function loading(): TemplateResult {
  return html`<section class="page is-loading" data-testid="loading">
    <sp-progress-circle indeterminate size="m" label=${words.loading}></sp-progress-circle>
    <h1 class="lead">${words.loading}</h1>
  </section>`;
}

export function unreachable(retry: () => void): TemplateResult {
  return html`<section class="page" data-testid="unreachable" role="alert">
    ${jar({ level: "attention", fraction: 0, live: false, paused: false })}
    <h1 class="as-sentence">${words.unreachable.headline}</h1>
    <p class="lead">${words.unreachable.advice}</p>
    <sp-button size="l" variant="accent" data-testid="reconnect" @click=${retry}>${words.unreachable.retry}</sp-button>
  </section>`;
}
