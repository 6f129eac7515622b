/** One cause, one sentence of advice, one button. */

import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { BannerView, ProfileView, TroubleView } from "../bindings/view";
import type { Life } from "../token-lifetime";
import { t } from "../words";
import type { Actions } from "./actions";
import { causeOf } from "./failure-note";
import { icon } from "./icon";
import { glyph } from "./jar";
import { technical } from "./technical";

export function troublePanel(
  trouble: TroubleView,
  profile: ProfileView,
  { level, live }: Life,
  actions: Actions,
): TemplateResult {
  const { action, headline } = trouble;
  // A headline is said once: without a live token it is the big sentence already.
  const same = headline === profile.headline;
  return html`<div class="trouble" data-testid="trouble" data-code=${trouble.code} data-level=${level}>
    ${glyph(level === "attention" ? "attention" : "soon")}
    <div class="trouble-words">
      ${same && !live ? nothing : html`<h2 data-testid=${same ? "hero-headline" : "trouble-headline"}>${headline}</h2>`}
      <p>${trouble.advice}</p>
      ${
        action
          ? html`<sp-button
              size="m"
              variant="primary"
              treatment=${level === "attention" ? "fill" : "outline"}
              data-testid="trouble-action"
              data-action=${action}
              @click=${() => actions.mend(action, profile)}
              >${t(`action-${action}`)}</sp-button
            >`
          : nothing
      }
      ${technical(trouble.technical, trouble.code, "trouble-details", () => actions.copyDetails(profile))}
    </div>
  </div>`;
}

/** Below `first`, which concerns no profile alone either. */
export function banners(
  views: readonly BannerView[],
  actions: Actions,
  first: TemplateResult | typeof nothing,
): TemplateResult | typeof nothing {
  if (views.length === 0 && first === nothing) return nothing;
  return html`<div class="banners">${first} ${views.map((view) => banner(view, actions))}</div>`;
}

function banner(view: BannerView, actions: Actions): TemplateResult {
  const { code, level, headline, advice, action, dismissible, cause } = view;
  return html`<div class="banner" data-testid=${`banner-${code}`} data-level=${level}>
    ${level === "attention" ? glyph("attention") : icon("info")}
    <div class="banner-words">
      <p><strong>${headline}</strong></p>
      <p>${advice}</p>
      ${causeOf(cause)}
      ${
        action
          ? html`<sp-button
              size="s"
              variant="primary"
              treatment="outline"
              data-testid=${`banner-action-${code}`}
              @click=${() => actions.mend(action, undefined)}
              >${t(`action-${action}`)}</sp-button
            >`
          : nothing
      }
    </div>
    ${
      dismissible
        ? html`<sp-action-button
            quiet
            size="s"
            label=${t("dismiss-named", { headline })}
            data-testid=${`dismiss-${code}`}
            @click=${() => actions.dismiss(code)}
            >${icon("close")}</sp-action-button
          >`
        : nothing
    }
  </div>`;
}
