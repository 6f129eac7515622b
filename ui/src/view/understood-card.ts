/** What was understood of a paste: facts to compare with the mail, never the secret itself. */

import "@spectrum-web-components/field-label/sp-field-label.js";
import "@spectrum-web-components/textfield/sp-textfield.js";
import { html, nothing, type TemplateResult } from "lit";

import type { RemarkView, UnderstoodView } from "../bindings/view";
import { t } from "../words";
import { icon } from "./icon";
import { glyph } from "./jar";

export function understoodCard(
  understood: UnderstoodView,
  name: string,
  nameError: string | undefined,
  onName: (name: string) => void,
): TemplateResult {
  const { source, clientId, credentialType, environment, tokenEndpoint, scopes, apiLabel, warnings } = understood;
  return html`<div class="understood" data-testid="understood">
    <h1>${icon("good")}<span>${t("paste-understood", { source })}</span></h1>
    ${warnings.map((warning) => remark(warning, "paste-warning"))}
    <div class="field">
      <sp-field-label for="paste-name" size="m">${t("paste-name")}</sp-field-label>
      <sp-textfield
        id="paste-name"
        data-testid="paste-name"
        autocomplete="off"
        spellcheck="false"
        .value=${name}
        ?invalid=${nameError !== undefined}
        @input=${(event: Event) => onName((event.target as HTMLInputElement).value)}
        >${nameError === undefined ? nothing : html`<sp-help-text slot="negative-help-text">${nameError}</sp-help-text>`}</sp-textfield
      >
    </div>
    <dl>
      ${fact("paste-client-id", html`<span class="mono" dir="ltr" data-testid="understood-client-id">${clientId}</span>`)}
      ${secretFact(understood)}
      ${understood.hasRefreshToken ? fact("paste-refresh-token", t("paste-refresh-token-hidden")) : nothing}
      ${credentialType === "unknown" ? nothing : fact("paste-credential", t(`credential-${credentialType}`))}
      ${fact(
        "paste-environment",
        environment === "other"
          ? html`<span dir="ltr">${hostOf(tokenEndpoint)}</span>`
          : t(`environment-${environment}`),
      )}
      ${apiLabel === "" ? nothing : fact("paste-api", apiLabel)}
      ${fact(
        "paste-scopes",
        scopes.length === 0
          ? t("paste-no-scopes")
          : html`<span class="chips" dir="ltr"
              >${scopes.map((scope) => html`<span class="chip">${scope}</span>`)}</span
            >`,
      )}
    </dl>
  </div>`;
}

export function remark({ code, message, advice }: RemarkView, testId: string): TemplateResult {
  const refused = testId === "paste-refusal";
  return html`<div
    class="remark ${refused ? "refused" : ""}"
    role=${refused ? "alert" : nothing}
    data-testid=${testId}
    data-code=${code}
  >
    ${glyph(refused ? "attention" : "soon")}
    <p><strong>${message}</strong> ${advice}</p>
  </div>`;
}

function secretFact({ hasSecret, secretLength, grant }: UnderstoodView): TemplateResult | typeof nothing {
  if (!hasSecret && grant === "refresh_token") return nothing;
  return fact(
    "paste-secret",
    hasSecret
      ? html`<span class="hidden-secret" data-testid="understood-secret"
          ><span aria-hidden="true">••••••</span> ${t("paste-secret-hidden", { count: secretLength })}</span
        >`
      : t("paste-secret-missing"),
  );
}

function fact(id: string, value: TemplateResult | string): TemplateResult {
  return html`<dt>${t(id)}</dt>
    <dd>${value}</dd>`;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
