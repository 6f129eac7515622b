/** Asks before a profile or its sign-in goes. The browser's own modal dialog keeps focus inside and Escape working. */

import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { ProfileView } from "../bindings/view";
import { t } from "../words";

export function removeDialog(
  profile: ProfileView,
  confirm: (revoke: boolean) => void,
  cancel: () => void,
): TemplateResult {
  const revoking = (event: Event) =>
    dialogOf(event)?.querySelector<HTMLInputElement>("[type=checkbox]")?.checked ?? false;
  return html`<dialog
    aria-labelledby="remove-headline"
    aria-describedby="remove-text"
    data-testid="remove-dialog"
    @close=${cancel}
  >
    <h2 id="remove-headline"><bdi>${t("remove-headline", { name: profile.name })}</bdi></h2>
    <p id="remove-text">${t("remove-text")} ${t("remove-stays")}</p>
    ${
      profile.grant === "refresh_token"
        ? html`<div class="revoke">
            <label
              ><input
                type="checkbox"
                data-testid="revoke"
              />${t("remove-revoke", { provider: profile.provider.label })}</label
            >
            <p class="help">${t("remove-revoke-help")}</p>
          </div>`
        : nothing
    }
    <div class="dialog-buttons">
      <sp-button variant="secondary" treatment="outline" data-testid="cancel-remove" autofocus @click=${close}
        >${t("remove-keep")}</sp-button
      >
      <sp-button variant="negative" data-testid="confirm-remove" @click=${(event: Event) => confirm(revoking(event))}
        >${t("remove")}</sp-button
      >
    </div>
  </dialog>`;
}

export function signOutDialog(profile: ProfileView, confirm: () => void, cancel: () => void): TemplateResult {
  return html`<dialog
    aria-labelledby="sign-out-headline"
    aria-describedby="sign-out-text"
    data-testid="sign-out-dialog"
    @close=${cancel}
  >
    <h2 id="sign-out-headline"><bdi>${t("sign-out-headline", { name: profile.name })}</bdi></h2>
    <p id="sign-out-text">${t("sign-out-text", { provider: profile.provider.label })} ${t("sign-out-stays")}</p>
    <div class="dialog-buttons">
      <sp-button variant="secondary" treatment="outline" data-testid="cancel-sign-out" autofocus @click=${close}
        >${t("sign-out-keep")}</sp-button
      >
      <sp-button variant="negative" data-testid="confirm-sign-out" @click=${confirm}>${t("sign-out")}</sp-button>
    </div>
  </dialog>`;
}

const dialogOf = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog");
const close = (event: Event) => dialogOf(event)?.close();
