/** The Spectrum 2 workflow icons in use, for the `icon` slot of a button or beside text. */

import "@spectrum-web-components/icon/sp-icon.js";
import { AddIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Add.js";
import { AlertTriangleIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/AlertTriangle.js";
import { CheckmarkIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Checkmark.js";
import { CheckmarkCircleIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/CheckmarkCircle.js";
import { ChevronLeftIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/ChevronLeft.js";
import { ClockIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Clock.js";
import { CloseIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Close.js";
import { CopyIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Copy.js";
import { InfoCircleIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/InfoCircle.js";
import { PauseIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Pause.js";
import { RefreshIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Refresh.js";
import { VisibilityIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Visibility.js";
import { VisibilityOffIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/VisibilityOff.js";
import { setCustomTemplateLiteralTag } from "@spectrum-web-components/icons-workflow/src/custom-tag.js";
import { html, type TemplateResult } from "lit";

setCustomTemplateLiteralTag(html);

const drawings = {
  add: AddIcon,
  alert: AlertTriangleIcon,
  back: ChevronLeftIcon,
  check: CheckmarkIcon,
  clock: ClockIcon,
  close: CloseIcon,
  copy: CopyIcon,
  good: CheckmarkCircleIcon,
  hide: VisibilityOffIcon,
  info: InfoCircleIcon,
  pause: PauseIcon,
  refresh: RefreshIcon,
  show: VisibilityIcon,
};

export type IconName = keyof typeof drawings;

export function icon(name: IconName): TemplateResult {
  return html`<sp-icon slot="icon" aria-hidden="true">${drawings[name]({ hidden: true })}</sp-icon>`;
}
