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
import { ChevronDownIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/ChevronDown.js";
import { DeleteIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Delete.js";
import { LockIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Lock.js";
import { MoreIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/More.js";
import { PasteIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Paste.js";
import { SearchIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Search.js";
import { SettingsIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Settings.js";
import { StarFilledIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/StarFilled.js";
import { KeyIcon } from "@spectrum-web-components/icons-workflow/src/icons-s2/Key.js";
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
  down: ChevronDownIcon,
  delete: DeleteIcon,
  locked: LockIcon,
  more: MoreIcon,
  clipboard: PasteIcon,
  search: SearchIcon,
  settings: SettingsIcon,
  star: StarFilledIcon,
  key: KeyIcon,
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
