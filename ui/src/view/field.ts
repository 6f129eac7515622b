/** One labelled field with its help and, beside it, what is wrong with it. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/field-label/sp-field-label.js";
import "@spectrum-web-components/help-text/sp-help-text.js";
import "@spectrum-web-components/menu/sp-menu-item.js";
import "@spectrum-web-components/picker/sp-picker.js";
import "@spectrum-web-components/textfield/sp-textfield.js";
import { html, nothing, type TemplateResult } from "lit";

import type { Field } from "../bindings/request";
import type { Secret } from "../draft";
import { t } from "../words";
import { icon } from "./icon";

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Text {
  field: Field;
  label: string;
  help: string | undefined;
  value: string;
  /** Once a person is done with it. */
  onChange?: (value: string) => void;
  error: string | undefined;
  /** The studio has set it, and a person can only look at it. */
  byStudio?: boolean;
  /** Ids, addresses and scopes read left to right in every language. */
  ltr?: boolean;
  placeholder?: string;
  onInput: (value: string) => void;
}

export function textField({
  field,
  label,
  help,
  value,
  error,
  byStudio,
  ltr,
  placeholder,
  onInput,
  onChange,
}: Text): TemplateResult {
  const name = kebab(field);
  return html`<div class="field">
    <sp-field-label for=${`field-${name}`} size="m">${label}</sp-field-label>
    <sp-textfield
      id=${`field-${name}`}
      class=${value === "" ? "empty" : ""}
      data-testid=${`field-${name}`}
      autocomplete="off"
      spellcheck="false"
      dir=${ltr ? "ltr" : nothing}
      placeholder=${placeholder ?? nothing}
      .value=${value}
      ?readonly=${byStudio}
      ?invalid=${error !== undefined}
      @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}
      @change=${(event: Event) => onChange?.((event.target as HTMLInputElement).value)}
      >${hints(name, help, error)}</sp-textfield
    >
    ${byStudio ? setByStudio(name) : nothing}
  </div>`;
}

interface SecretText {
  field: Field;
  label: string;
  help: string | undefined;
  removable: boolean;
  /** A stored secret is one that was pasted, not yet one in the keychain. */
  pasted: boolean;
  secret: Secret;
  error: string | undefined;
  onChange: (change: Partial<Secret>) => void;
}

export function secretField({
  field,
  label,
  help,
  removable,
  pasted,
  secret,
  error,
  onChange,
}: SecretText): TemplateResult {
  const name = kebab(field);
  const { stored, removed, value, revealed } = secret;
  const hint = removed
    ? t("form-will-be-removed")
    : stored
      ? t(pasted ? "form-keep-pasted" : "form-keep-stored")
      : help;
  return html`<div class="field">
    <div class="label-line">
      <sp-field-label for=${`field-${name}`} size="m">${label}</sp-field-label>
      ${
        stored && removable
          ? html`<sp-action-button
              quiet
              size="s"
              data-testid=${`remove-${name}`}
              @click=${() => onChange({ removed: !removed })}
              >${removed ? t("form-keep-it") : t("form-remove-stored")}</sp-action-button
            >`
          : nothing
      }
    </div>
    <div class="secret-line">
      <sp-textfield
        id=${`field-${name}`}
        data-testid=${`field-${name}`}
        class=${value === "" ? "empty" : ""}
        type=${revealed ? "text" : "password"}
        autocomplete="off"
        spellcheck="false"
        dir="ltr"
        placeholder=${stored && !removed ? t(pasted ? "form-pasted" : "form-stored") : nothing}
        .value=${value}
        ?invalid=${error !== undefined}
        @input=${(event: Event) => onChange({ value: (event.target as HTMLInputElement).value, removed: false })}
        >${hints(name, hint, error)}</sp-textfield
      >
      ${
        value
          ? html`<sp-action-button
              quiet
              class="reveal"
              label=${t(revealed ? "form-conceal" : "form-reveal", { label })}
              data-testid=${`reveal-${name}`}
              @click=${() => onChange({ revealed: !revealed })}
              >${icon(revealed ? "hide" : "show")}</sp-action-button
            >`
          : nothing
      }
    </div>
  </div>`;
}

interface Choice {
  id: string;
  label: string;
  help?: string | undefined;
  value: string;
  /** The studio has chosen, and a person can only look at it. */
  byStudio?: boolean;
  options: [value: string, label: string][];
  onChange: (value: string) => void;
}

export function choice({ id, label, help, value, byStudio, options, onChange }: Choice): TemplateResult {
  return html`<div class="field">
    <sp-field-label for=${`field-${id}`} size="m">${label}</sp-field-label>
    <sp-picker
      id=${`field-${id}`}
      data-testid=${`field-${id}`}
      .value=${value}
      ?disabled=${byStudio}
      @change=${(event: Event) => onChange((event.target as HTMLInputElement).value)}
    >
      ${options.map(([option, text]) => html`<sp-menu-item value=${option}>${text}</sp-menu-item>`)}
    </sp-picker>
    ${help ? html`<p class="help">${help}</p>` : nothing} ${byStudio ? setByStudio(id) : nothing}
  </div>`;
}

/** Below what a studio has set. */
export function setByStudio(name: string): TemplateResult {
  return html`<p class="by-studio" data-testid=${`by-studio-${name}`}>${icon("locked")}${t("settings-by-studio")}</p>`;
}

function hints(name: string, help: string | undefined, error: string | undefined): TemplateResult | typeof nothing {
  if (error !== undefined) {
    return html`<sp-help-text slot="negative-help-text" data-testid=${`error-${name}`}>${error}</sp-help-text>`;
  }
  return help ? html`<sp-help-text slot="help-text">${help}</sp-help-text>` : nothing;
}
