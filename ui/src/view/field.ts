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
import { words } from "../words/en";
import { icon } from "./icon";

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Text {
  field: Field;
  label: string;
  help: string | undefined;
  value: string;
  error: string | undefined;
  /** Ids, addresses and scopes read left to right in every language. */
  ltr?: boolean;
  placeholder?: string;
  onInput: (value: string) => void;
}

export function textField({ field, label, help, value, error, ltr, placeholder, onInput }: Text): TemplateResult {
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
      ?invalid=${error !== undefined}
      @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}
      >${hints(name, help, error)}</sp-textfield
    >
  </div>`;
}

interface SecretText {
  field: Field;
  label: string;
  help: string | undefined;
  removable: boolean;
  secret: Secret;
  error: string | undefined;
  onChange: (change: Partial<Secret>) => void;
}

export function secretField({ field, label, help, removable, secret, error, onChange }: SecretText): TemplateResult {
  const name = kebab(field);
  const { stored, removed, value, revealed } = secret;
  const hint = removed ? words.form.willBeRemoved : stored ? words.form.keepStored : help;
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
              >${removed ? words.form.keepIt : words.form.removeStored}</sp-action-button
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
        placeholder=${stored && !removed ? words.form.stored : nothing}
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
              label=${`${revealed ? words.form.conceal : words.form.reveal}: ${label}`}
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
  options: [value: string, label: string][];
  onChange: (value: string) => void;
}

export function choice({ id, label, help, value, options, onChange }: Choice): TemplateResult {
  return html`<div class="field">
    <sp-field-label for=${`field-${id}`} size="m">${label}</sp-field-label>
    <sp-picker
      id=${`field-${id}`}
      data-testid=${`field-${id}`}
      .value=${value}
      @change=${(event: Event) => onChange((event.target as HTMLInputElement).value)}
    >
      ${options.map(([option, text]) => html`<sp-menu-item value=${option}>${text}</sp-menu-item>`)}
    </sp-picker>
    ${help ? html`<p class="help">${help}</p>` : nothing}
  </div>`;
}

function hints(name: string, help: string | undefined, error: string | undefined): TemplateResult | typeof nothing {
  if (error !== undefined) {
    return html`<sp-help-text slot="negative-help-text" data-testid=${`error-${name}`}>${error}</sp-help-text>`;
  }
  return help ? html`<sp-help-text slot="help-text">${help}</sp-help-text>` : nothing;
}
