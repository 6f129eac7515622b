/** The four ways to a profile: paste, sign in, type, sandbox. The welcome while there is none, and the page behind "Add" later. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { Field } from "../bindings/request";
import type { Host } from "../host";
import { t } from "../words";
import type { Actions, Failure } from "./actions";
import { failureNote } from "./failure-note";
import { icon } from "./icon";
import { jar } from "./jar";
import "./paste-box";

export interface WaysIn {
  host: Host;
  language: string;
  /** True while there is no profile at all. */
  first: boolean;
  /** Something was pasted and has the floor. */
  pasted: boolean;
  startingSandbox: boolean;
  failure: Failure | undefined;
  onPasted: (pasted: boolean) => void;
  onSaved: (profile: string) => void;
  onChange: (wanted: { handle: string; field: Field }) => void;
  onLeave: () => void;
}

export function waysIn(model: WaysIn, actions: Actions): TemplateResult {
  const { host, language, first, pasted, failure } = model;
  return html`${first ? nothing : header(model.onLeave)}
    <section
      class="ways ${first ? "first" : ""} ${pasted ? "pasted" : ""}"
      data-testid=${first ? "welcome" : "add-page"}
    >
      ${
        first && !pasted
          ? html`${jar({ level: "fresh", fraction: 0.82, live: true, paused: false })}
              <h1 class="as-sentence">${t("welcome-headline")}</h1>
              <p class="lead">${t("welcome-text")}</p>`
          : nothing
      }
      <glowjar-paste
        .host=${host}
        .language=${language}
        @pasted=${(event: CustomEvent<boolean>) => model.onPasted(event.detail)}
        @saved=${(event: CustomEvent<string>) => model.onSaved(event.detail)}
        @change-understood=${(event: CustomEvent<{ handle: string; field: Field }>) => model.onChange(event.detail)}
      ></glowjar-paste>
      ${pasted ? nothing : otherWays(model, actions)} ${failure ? failureNote(failure) : nothing}
    </section>`;
}

function header(leave: () => void): TemplateResult {
  return html`<header class="page-header">
    <sp-action-button quiet label=${t("back")} data-testid="page-back" @click=${leave}
      >${icon("back")}</sp-action-button
    >
    <h1>${t("add-headline")}</h1>
  </header>`;
}

function otherWays({ startingSandbox }: WaysIn, actions: Actions): TemplateResult {
  return html`<div class="or" aria-hidden="true"><span>${t("or")}</span></div>
    <div class="other-ways">
      <sp-button size="m" variant="secondary" treatment="outline" data-testid="sign-in" @click=${() => actions.signIn()}
        >${t("sign-in-way")}</sp-button
      >
      <sp-button
        size="m"
        variant="secondary"
        treatment="outline"
        data-testid="welcome-add"
        @click=${() => actions.typeIn()}
        >${t("type-it-in")}</sp-button
      >
      <sp-button
        size="m"
        variant="secondary"
        treatment="outline"
        data-testid="try-sandbox"
        data-busy=${String(startingSandbox)}
        @click=${() => (startingSandbox ? undefined : actions.trySandbox())}
        >${t("try-sandbox")}</sp-button
      >
    </div>
    <p class="small">${t("sandbox-help")}</p>`;
}
