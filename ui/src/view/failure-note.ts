/** An answer that went wrong, beside the button that asked. */

import { html, nothing, type TemplateResult } from "lit";

import type { Reply } from "../bindings/request";
import type { Failure } from "./actions";
import { icon } from "./icon";
import { technical } from "./technical";

export function failureNote({ headline, advice, cause }: Failure, testId = "failure"): TemplateResult {
  return html`<div class="failure" role="alert" data-testid=${testId}>
    ${icon("alert")}
    <div>
      <p><strong>${headline}</strong> ${advice}</p>
      ${causeOf(cause)}
    </div>
  </div>`;
}

export function failureOf({ message, advice, cause }: Extract<Reply, { kind: "failed" }>): Failure {
  return { headline: message, advice, ...(cause === undefined ? {} : { cause }) };
}

/** What the system said, one click away. */
export function causeOf(cause: string | undefined): TemplateResult | typeof nothing {
  return cause === undefined ? nothing : technical(NOTHING_ELSE, cause, "cause-details");
}

const NOTHING_ELSE = { at: null, status: null, error: null, description: null, requestId: null };
