/** An answer that went wrong, beside the button that asked. */

import { html, type TemplateResult } from "lit";

import type { Failure } from "./actions";
import { icon } from "./icon";

export function failureNote({ headline, advice }: Failure, testId = "failure"): TemplateResult {
  return html`<div class="failure" role="alert" data-testid=${testId}>
    ${icon("alert")}
    <p><strong>${headline}</strong> ${advice}</p>
  </div>`;
}
