/** What the Firefly gateway said to this token, in words. */

import { html, type TemplateResult } from "lit";

import type { AccessView } from "../bindings/view";
import { t } from "../words";
import { moment } from "../words/moment";
import { icon } from "./icon";
import { technical } from "./technical";

export function accessResult(access: AccessView): TemplateResult {
  return html`<div class="access" data-testid="access-result" data-works=${String(access.works)}>
    ${icon(access.works ? "good" : "alert")}
    <div class="access-words">
      <p>
        <strong>${access.headline}</strong> <span class="when">${t("checked-at", { moment: moment(access.at) })}</span>
      </p>
      ${access.advice ? html`<p>${access.advice}</p>` : ""}
      ${access.works ? "" : technical(access.technical, undefined, "access-details")}
    </div>
  </div>`;
}
