/** The profile in view: its jar, one sentence to read across the room, and what can be done. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { ClipboardView, ProfileView } from "../bindings/view";
import { busy, life, type Life } from "../life";
import { words } from "../words/en";
import { SECONDS_BELOW } from "../words/remaining";
import { accessResult } from "./access-result";
import type { Actions, Failure } from "./actions";
import { icon } from "./icon";
import { glyph, jar } from "./jar";
import { troublePanel } from "./trouble-panel";

export interface Hero {
  profile: ProfileView;
  now: number;
  clipboard: ClipboardView | null;
  justCopied: boolean;
  checking: boolean;
  failure: Failure | undefined;
}

export function hero(model: Hero, actions: Actions): TemplateResult {
  const { profile, now, failure } = model;
  const state = life(profile, now);
  return html`<section
    class="hero ${profile.trouble ? "in-trouble" : ""}"
    aria-labelledby="hero-name"
    data-level=${state.level}
  >
    ${jar({ ...state, paused: profile.phase === "paused" })}
    <div class="hero-words">
      ${sentence(profile, state)}
      <p class="who" id="hero-name" data-testid="hero-name" dir="auto">${profile.name}</p>
      ${times(profile, state, now)}
    </div>
    ${
      profile.notSaved && profile.trouble?.code !== "not_saved"
        ? html`<p class="inline-note" data-testid="not-saved">${icon("alert")}<span>${words.hero.notSaved}</span></p>`
        : nothing
    }
    ${
      profile.trouble
        ? troublePanel(profile.trouble, profile, state, (action) => actions.mend(action, profile))
        : nothing
    }
    ${buttons(model, actions)} ${clipboardNote(model, actions)} ${quietActions(model, actions)}
    ${
      failure
        ? html`<div class="failure" role="alert" data-testid="failure">
            ${icon("alert")}
            <p><strong>${failure.headline}</strong> ${failure.advice}</p>
          </div>`
        : nothing
    }
    ${profile.access ? accessResult(profile.access) : nothing}
  </section>`;
}

function sentence(profile: ProfileView, state: Life): TemplateResult {
  const { headline, trouble } = profile;
  const told = state.level === profile.level ? headline : words.hero.expired;
  if (state.live) {
    const inPanel = trouble?.headline === headline;
    return html`${
        inPanel
          ? nothing
          : html`<p class="status">${glyph(state.level)}<span data-testid="hero-headline">${told}</span></p>`
      }
      <h1 data-testid="hero-countdown">${words.left(state.left ?? 0)}</h1>`;
  }
  return html`<h1 class="as-sentence" data-testid="hero-headline">${told}</h1>`;
}

function origin(profile: ProfileView, state: Life): string {
  const { provider, validity, verifiedAt } = profile;
  if (state.live && verifiedAt !== null) return words.hero.accepted(provider.label, verifiedAt);
  if (state.live && validity) return words.hero.issued(provider.label, validity.issuedAt);
  return provider.label;
}

function times(profile: ProfileView, state: Life, now: number): TemplateResult {
  const { validity, signInEndsAt } = profile;
  const renewal = renewalText(profile, now);
  return html`${renewal ? html`<p class="renews" data-testid="renews-at">${renewal}</p>` : nothing}
    <p class="small">
      <span data-testid="accepted-at">${origin(profile, state)}</span>${
        validity
          ? html`<span class="dot"> · </span
              ><span data-testid="expires-at"
                >${(state.live ? words.hero.expiresAt : words.hero.expiredAt)(validity.expiresAt)}</span
              >`
          : nothing
      }
    </p>
    ${
      signInEndsAt === null
        ? nothing
        : html`<p class="small" data-testid="sign-in-ends-at">${words.hero.signIn(signInEndsAt, now)}</p>`
    }`;
}

/** What happens next by itself. */
export function renewalText(profile: ProfileView, now: number): string | undefined {
  const { phase, nextAttemptAt } = profile;
  switch (phase) {
    case "paused":
      return words.hero.paused;
    case "halted":
      return words.hero.halted;
    case "refreshing":
      return words.hero.renewing;
    case "acquiring":
    case "empty":
      return undefined;
    case "waiting":
      if (nextAttemptAt === null) return undefined;
      return nextAttemptAt > now ? words.hero.retriesIn(nextAttemptAt - now) : words.hero.retriesNow;
    case "holding":
      if (nextAttemptAt === null) return undefined;
      if (nextAttemptAt <= now) return words.hero.renewing;
      return nextAttemptAt - now < SECONDS_BELOW
        ? words.hero.renewsIn(nextAttemptAt - now)
        : words.hero.renewsAt(nextAttemptAt);
  }
}

function buttons({ profile, justCopied }: Hero, actions: Actions): TemplateResult {
  const working = busy(profile);
  return html`<div class="buttons">
    <sp-button
      size="l"
      variant="accent"
      class="copy ${justCopied ? "done" : ""}"
      data-testid="copy-token"
      ?disabled=${!profile.canCopy}
      @click=${() => actions.copy(profile)}
      >${icon(justCopied ? "check" : "copy")}${justCopied ? words.actions.copied : words.actions.copy}</sp-button
    >
    <sp-button
      size="l"
      variant="secondary"
      treatment="outline"
      class=${working ? "working" : ""}
      data-testid="refresh-now"
      data-busy=${String(working)}
      ?disabled=${!working && !profile.canRefresh}
      @click=${() => (working ? undefined : actions.refresh(profile))}
      >${icon("refresh")}${working ? words.actions.refreshing : words.actions.refresh}</sp-button
    >
  </div>`;
}

function quietActions({ profile, checking }: Hero, actions: Actions): TemplateResult {
  const paused = profile.phase === "paused";
  return html`<div class="quiet-actions" role="group" aria-label=${words.actions.more(profile.name)}>
    <sp-action-button
      quiet
      size="m"
      data-testid="check-access"
      data-busy=${String(checking)}
      ?disabled=${!profile.canCopy}
      @click=${() => (checking ? undefined : actions.checkAccess(profile))}
      >${checking ? words.actions.checkingAccess : words.actions.checkAccess}</sp-action-button
    >
    <sp-action-button quiet size="m" data-testid="edit-profile" @click=${() => actions.edit(profile)}
      >${words.actions.edit}</sp-action-button
    >
    <sp-action-button
      quiet
      size="m"
      data-testid="pause-profile"
      @click=${() => (paused ? actions.resume(profile) : actions.pause(profile))}
      >${paused ? words.actions.resume : words.actions.pause}</sp-action-button
    >
    <sp-action-button quiet size="m" data-testid="remove-profile" @click=${() => actions.remove(profile)}
      >${words.actions.remove}</sp-action-button
    >
  </div>`;
}

function clipboardNote({ profile, clipboard, now }: Hero, actions: Actions): TemplateResult | typeof nothing {
  if (clipboard?.profile !== profile.id) return nothing;
  const left = clipboard.clearsAt - now;
  return html`<p class="clipboard">
    <span data-testid="clipboard-countdown"
      >${left > 0 ? words.clipboard.clearsIn(left) : words.clipboard.clearing}</span
    >
    <sp-action-button quiet size="m" data-testid="clear-clipboard" @click=${() => actions.clearClipboard()}
      >${words.clipboard.clear}</sp-action-button
    >
  </p>`;
}
