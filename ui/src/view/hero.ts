/** The profile in view: its jar, one sentence to read across the room, and what can be done. */

import "@spectrum-web-components/button/sp-button.js";
import { html, nothing, type TemplateResult } from "lit";

import type { ProfileView, SignInEndView } from "../bindings/view";
import { busy, life, type Life } from "../token-lifetime";
import { t } from "../words";
import { date, dateWithYear, moment } from "../words/moment";
import { duration, SECONDS_BELOW, timeLeft } from "../words/remaining";
import { accessResult } from "./access-result";
import type { Actions, Failure } from "./actions";
import { failureNote } from "./failure-note";
import { icon } from "./icon";
import { glyph, jar } from "./jar";
import { copyMenu, profileMenu, type Standing } from "./profile-menu";
import { troublePanel } from "./trouble-panel";

export interface Hero {
  profile: ProfileView;
  now: number;
  justCopied: boolean;
  renaming: boolean;
  standing: Standing;
  failure: Failure | undefined;
}

export function hero(model: Hero, actions: Actions): TemplateResult {
  const { profile, now, failure, standing } = model;
  const state = life(profile, now);
  return html`<section
    class="hero ${profile.trouble ? "in-trouble" : ""}"
    aria-labelledby="hero-name"
    data-level=${state.level}
  >
    <div class="hero-menu">${profileMenu(profile, standing, actions)}</div>
    ${jar({ ...state, paused: profile.phase === "paused" })}
    <div class="hero-words">${sentence(profile, state)} ${name(model, actions)} ${times(model, state, actions)}</div>
    ${
      profile.notSaved && profile.trouble?.code !== "not_saved"
        ? html`<p class="inline-note" data-testid="not-saved">${icon("alert")}<span>${t("not-saved")}</span></p>`
        : nothing
    }
    ${profile.trouble ? troublePanel(profile.trouble, profile, state, actions) : nothing} ${buttons(model, actions)}
    ${failure ? failureNote(failure) : nothing} ${profile.access ? accessResult(profile.access) : nothing}
  </section>`;
}

function sentence(profile: ProfileView, state: Life): TemplateResult {
  const { headline, trouble } = profile;
  const told = state.level === profile.level ? headline : t("expired");
  if (state.live) {
    const inPanel = trouble?.headline === headline;
    return html`${
        inPanel
          ? nothing
          : html`<p class="status">${glyph(state.level)}<span data-testid="hero-headline">${told}</span></p>`
      }
      <h1 data-testid="hero-countdown">${timeLeft(state.left ?? 0)}</h1>`;
  }
  return html`<h1 class="as-sentence" data-testid="hero-headline">${told}</h1>`;
}

function name({ profile, renaming }: Hero, actions: Actions): TemplateResult {
  const { name: who } = profile;
  if (!renaming) return html`<p class="who" id="hero-name" data-testid="hero-name" dir="auto" title=${who}>${who}</p>`;
  const value = (event: Event) => (event.currentTarget as HTMLInputElement).value.trim();
  return html`<input
    class="who rename"
    id="hero-name"
    data-testid="rename"
    dir="auto"
    aria-label=${t("rename-label")}
    autocomplete="off"
    spellcheck="false"
    maxlength="200"
    .value=${profile.name}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Escape") actions.rename(profile);
      else if (event.key === "Enter" && !event.isComposing) actions.rename(profile, value(event));
    }}
    @blur=${(event: Event) => actions.rename(profile, value(event))}
  />`;
}

function origin(profile: ProfileView, state: Life): string {
  const { provider, validity, verifiedAt } = profile;
  const told = (id: string, at: number) => t(id, { provider: provider.label, moment: moment(at) });
  if (state.live && verifiedAt !== null) return told("accepted", verifiedAt);
  if (state.live && validity) return told("issued", validity.issuedAt);
  return provider.label;
}

function times({ profile, now }: Hero, state: Life, actions: Actions): TemplateResult {
  const { validity } = profile;
  const expires = profile.lifeIsAssumed ? "expires-at-assumed" : "expires-at";
  const renewal = renewalText(profile, now);
  return html`${renewal ? html`<p class="renews" data-testid="renews-at">${renewal}</p>` : nothing}
    <p class="small">
      <span data-testid="accepted-at">${origin(profile, state)}</span>${
        validity
          ? html`<span class="dot"> · </span
              ><span data-testid="expires-at"
                >${t(state.live ? expires : "expired-at", { moment: moment(validity.expiresAt) })}</span
              >`
          : nothing
      }
    </p>
    ${signedIn(profile)} ${secondLife(profile, now, actions)} ${secretLife(profile, now, actions)}`;
}

/** A secret that is due soon, or of which an old one is left. */
function secretLife(profile: ProfileView, now: number, actions: Actions): TemplateResult | typeof nothing {
  const { secret, trouble } = profile;
  if (!secret || trouble) return nothing;
  const { dueAt, hasStandby, standbyInUse } = secret;
  const isNear = dueAt !== null && dueAt - now <= SECRET_AHEAD;
  if (!isNear && !standbyInUse) return nothing;
  const text =
    hasStandby && standbyInUse
      ? t("secret-standby-in-use")
      : t(dueAt !== null && dueAt <= now ? "secret-overdue" : "secret-due", { date: dateWithYear(dueAt ?? now) });
  return html`<p class="second-life ends-soon" data-testid="secret-due">${icon("key")}<span>${text}</span></p>
    <sp-button
      size="s"
      variant="primary"
      treatment="outline"
      class="sign-in-again"
      data-testid="secret-open"
      @click=${() => actions.replaceSecret(profile, "secret-open")}
      >${t("replace-secret")}</sp-button
    >`;
}

/** Milliseconds: as long as a reminder comes ahead. */
const SECRET_AHEAD = 14 * 24 * 3_600_000;

function secondLife(profile: ProfileView, now: number, actions: Actions): TemplateResult | typeof nothing {
  const { signInEnd: end, signedIn } = profile;
  if (!end) return nothing;
  const action = signedIn ? "signIn" : "replaceRefreshToken";
  // Of a token that nothing renews it is said already.
  const line =
    signedIn?.renews === false
      ? nothing
      : html`<p class="second-life ${end.isNear ? "ends-soon" : ""}" data-testid="sign-in-ends-at">
          ${icon("key")}<span>${signInText(end, now)}</span>
        </p>`;
  if (!end.isNear) return html`${line}`;
  return html`${line}
    <sp-button
      size="s"
      variant="primary"
      treatment="outline"
      class="sign-in-again"
      data-testid="sign-in-again"
      @click=${() => actions.mend(action, profile)}
      >${t(`action-${action}`)}</sp-button
    >`;
}

function signedIn({ signedIn, validity, trouble }: ProfileView): TemplateResult | typeof nothing {
  if (!signedIn) return nothing;
  const { account, renews } = signedIn;
  const who =
    account === null
      ? nothing
      : html`<p class="small" data-testid="signed-in-as" dir="auto">${t("signed-in-as", { account })}</p>`;
  // The trouble says the same once it is due.
  if (renews || !validity || trouble) return html`${who}`;
  return html`${who}
    <p class="second-life ends-soon" data-testid="sign-in-not-renewed">
      ${icon("key")}<span>${t("sign-in-not-renewed", { moment: moment(validity.expiresAt) })}</span>
    </p>`;
}

function signInText({ at, isAssumed, slides, isNear }: SignInEndView, now: number): string {
  if (at <= now) return t(isAssumed ? "sign-in-probably-over" : "sign-in-over");
  if (isNear) return t(isAssumed ? "sign-in-probably-ends" : "sign-in-ends", { moment: moment(at) });
  if (slides) return t("sign-in-slides", { date: date(at) });
  return t(isAssumed ? "sign-in-probably-left" : "sign-in-left", { span: duration(at - now), date: date(at) });
}

/** What happens next by itself. */
export function renewalText(profile: ProfileView, now: number): string | undefined {
  const { phase, nextAttemptAt } = profile;
  switch (phase) {
    case "paused":
      return t("status-paused");
    case "halted":
      return t("status-halted");
    case "refreshing":
      return t("status-renewing");
    case "acquiring":
    case "empty":
      return undefined;
    case "waiting":
      if (nextAttemptAt === null) return undefined;
      return nextAttemptAt > now
        ? t("status-retries-in", { span: duration(nextAttemptAt - now) })
        : t("status-retries-now");
    case "holding":
      if (nextAttemptAt === null) return undefined;
      if (nextAttemptAt <= now) return t("status-renewing");
      return nextAttemptAt - now < SECONDS_BELOW
        ? t("status-renews-in", { span: duration(nextAttemptAt - now) })
        : t("status-renews-at", { moment: moment(nextAttemptAt) });
  }
}

function buttons({ profile, justCopied }: Hero, actions: Actions): TemplateResult {
  const working = busy(profile);
  return html`<div class="buttons">
    <div class="copying">
      <sp-button
        size="l"
        variant="accent"
        class="copy ${justCopied ? "done" : ""}"
        data-testid="copy-token"
        ?disabled=${!profile.canCopy}
        @click=${() => actions.copy(profile, "token")}
        >${icon(justCopied ? "check" : "copy")}${t(justCopied ? "copied" : "copy-token")}</sp-button
      >
      ${copyMenu(profile, actions)}
    </div>
    <sp-button
      size="l"
      variant="secondary"
      treatment="outline"
      class=${working ? "working" : ""}
      data-testid="refresh-now"
      data-busy=${String(working)}
      ?disabled=${!working && !profile.canRefresh}
      @click=${() => (working ? undefined : actions.refresh(profile))}
      >${icon("refresh")}${t(working ? "refreshing" : "refresh-now")}</sp-button
    >
  </div>`;
}
