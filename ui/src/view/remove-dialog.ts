/** Asks before a profile goes. The browser's own modal dialog keeps focus inside and Escape working. */

import "@spectrum-web-components/button/sp-button.js";
import { html, type TemplateResult } from "lit";

import type { ProfileView } from "../bindings/view";
import { words } from "../words/en";

export function removeDialog(profile: ProfileView, confirm: () => void, cancel: () => void): TemplateResult {
  return html`<dialog
    aria-labelledby="remove-headline"
    aria-describedby="remove-text"
    data-testid="remove-dialog"
    @close=${cancel}
  >
    <h2 id="remove-headline" dir="auto">${words.remove.headline(profile.name)}</h2>
    <p id="remove-text">${words.remove.text}</p>
    <div class="dialog-buttons">
      <sp-button
        variant="secondary"
        treatment="outline"
        data-testid="cancel-remove"
        autofocus
        @click=${(event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close()}
        >${words.remove.cancel}</sp-button
      >
      <sp-button variant="negative" data-testid="confirm-remove" @click=${confirm}>${words.remove.confirm}</sp-button>
    </div>
  </dialog>`;
}
