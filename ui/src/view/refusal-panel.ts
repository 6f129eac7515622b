/** Provider or keychain said no to a profile that isn't saved yet. */

import { html, type TemplateResult } from "lit";

import type { Reply } from "../bindings/request";
import type { TroubleView } from "../bindings/view";
import { glyph } from "./jar";
import { technical } from "./technical";

export type Refusal = Extract<Reply, { kind: "refused" }>;

export function refusalPanel(trouble: TroubleView): TemplateResult {
  return html`<div class="trouble" role="alert" data-testid="refused" data-code=${trouble.code} data-level="attention">
    ${glyph("attention")}
    <div class="trouble-words">
      <h2>${trouble.headline}</h2>
      <p>${trouble.advice}</p>
      ${technical(trouble.technical, trouble.code, "refused-details")}
    </div>
  </div>`;
}
