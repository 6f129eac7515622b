/** What lasts a few seconds and can still be changed: a token on the clipboard, a removed profile, a saved file. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { ClipboardView, UndoView } from "../bindings/view";
import { t } from "../words";
import { duration } from "../words/remaining";
import type { Actions } from "./actions";
import { icon } from "./icon";

export interface Passing {
  clipboard: ClipboardView | null;
  undo: UndoView | null;
  /** Where a file was just written. */
  file: string | undefined;
  now: number;
}

export function toasts({ clipboard, undo, file, now }: Passing, actions: Actions): TemplateResult | typeof nothing {
  const undoable = undo && undo.until > now ? undo : null;
  if (!clipboard && !undoable && file === undefined) return nothing;
  return html`<div class="toasts">
    ${file === undefined ? nothing : savedFile(file, actions)} ${undoable ? removal(undoable, now, actions) : nothing}
    ${clipboard ? onClipboard(clipboard.clearsAt - now, actions) : nothing}
  </div>`;
}

function onClipboard(left: number, actions: Actions): TemplateResult {
  return html`<div class="toast clipboard">
    ${icon("clipboard")}
    <p data-testid="clipboard-countdown">
      ${left > 0 ? t("on-clipboard", { span: duration(left) }) : t("clipboard-clearing")}
    </p>
    <button type="button" data-testid="clear-clipboard" @click=${() => actions.clearClipboard()}>
      ${t("clear-now")}
    </button>
  </div>`;
}

function removal({ name, until }: UndoView, now: number, actions: Actions): TemplateResult {
  return html`<div class="toast" role="status" data-testid="undo-toast">
    ${icon("delete")}
    <p><bdi>${t("removed", { name })}</bdi></p>
    <span class="toast-left" aria-hidden="true">${duration(until - now)}</span>
    <button type="button" data-testid="undo-remove" @click=${() => actions.undoRemove()}>${t("undo")}</button>
  </div>`;
}

function savedFile(path: string, actions: Actions): TemplateResult {
  return html`<div class="toast" role="status" data-testid="file-toast">
    ${icon("check")}
    <p title=${path}>${t("file-saved")}<span class="path" dir="ltr">${path.split(/[/\\]/).at(-1)}</span></p>
    <button type="button" data-testid="forget-file" @click=${() => actions.forgetFile()}>${t("dismiss")}</button>
  </div>`;
}
