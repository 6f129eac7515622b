/** A field that takes keys instead of characters. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, nothing, type TemplateResult } from "lit";

import { shortcutOf } from "../settings-draft";
import { t } from "../words";

interface Shortcut {
  value: string | null;
  error: string | undefined;
  onChange: (value: string | null) => void;
}

export function shortcutField({ value, error, onChange }: Shortcut): TemplateResult {
  const press = (event: KeyboardEvent) => {
    // Tab still leaves the field.
    if (event.key === "Tab") return;
    event.preventDefault();
    const shortcut = shortcutOf(event);
    if (shortcut) onChange(shortcut);
    else if ((event.key === "Backspace" || event.key === "Delete") && value !== null) onChange(null);
  };
  return html`<div class="field">
    <div class="label-line">
      <label for="field-copy-shortcut">${t("settings-shortcut")}</label>
      ${
        value === null
          ? nothing
          : html`<sp-action-button quiet size="s" data-testid="remove-copy-shortcut" @click=${() => onChange(null)}
              >${t("settings-shortcut-remove")}</sp-action-button
            >`
      }
    </div>
    <input
      class="keys"
      id="field-copy-shortcut"
      data-testid="field-copy-shortcut"
      readonly
      dir="ltr"
      aria-describedby="copy-shortcut-help"
      aria-invalid=${error === undefined ? nothing : "true"}
      placeholder=${t("settings-shortcut-off")}
      .value=${value ?? ""}
      @keydown=${press}
    />
    ${
      error === undefined
        ? html`<p class="help" id="copy-shortcut-help">${t("settings-shortcut-help")}</p>`
        : html`<p class="help wrong" id="copy-shortcut-help" role="alert" data-testid="error-copy-shortcut">
            ${error}
          </p>`
    }
  </div>`;
}
