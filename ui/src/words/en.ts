/**
 * Every word of the window that doesn't come with a snapshot, in English.
 * Another language is another file of this shape: `export const words: Words = {…}`.
 */

import type { Action, GrantView } from "../bindings/view";
import type { ClientAuthentication, Encoding } from "../bindings/request";
import { date, moment } from "./moment";
import { remaining } from "./remaining";

export const words = {
  app: "Glowjar",
  loading: "Lighting the jar…",
  unreachable: {
    headline: "Glowjar isn’t answering",
    advice: "The window lost touch with the app in the background. Your tokens are safe in it.",
    retry: "Try again",
  },

  welcome: {
    headline: "Keep your Firefly token lit",
    text: "Glowjar renews it before it runs out, keeps the secret in your keychain, and hands the token over with one click.",
    add: "Add a profile",
    sandbox: "Try the sandbox",
    sandboxHelp: "No Adobe account needed: the sandbox runs on this computer.",
  },

  header: { add: "Add a profile" },

  left: (span: number) => (remaining(span).unit === "over" ? "Expired" : `${duration(span)} left`),
  duration: (span: number) => (remaining(span).unit === "over" ? "0 s" : duration(span)),
  nothing: "–",

  hero: {
    acquiring: "Getting a token…",
    accepted: (by: string, at: number) => `Accepted by ${by} ${moment(at)}`,
    issued: (by: string, at: number) => `From ${by} ${moment(at)}`,
    renewsAt: (at: number) => `Renews by itself ${moment(at)}`,
    renewsIn: (span: number) => `Renews by itself in ${duration(span)}`,
    renewing: "Renewing now…",
    retriesIn: (span: number) => `Trying again in ${duration(span)}`,
    retriesNow: "Trying again…",
    paused: "Paused: it won’t renew by itself",
    halted: "Won’t renew by itself until you act",
    expiresAt: (at: number) => `Expires ${moment(at)}`,
    expiredAt: (at: number) => `Expired ${moment(at)}`,
    expired: "Expired",
    signIn: (at: number, now: number) => (at <= now ? "Sign-in has ended" : `Sign-in lasts until ${date(at)}`),
    notSaved: "Not saved: the keychain refused it. Glowjar keeps it in memory and tries again.",
    jar: (percent: number) => `Jar, ${percent} % full of light`,
    emptyJar: "Empty jar",
  },

  actions: {
    copy: "Copy token",
    copied: "Copied",
    refresh: "Refresh now",
    refreshing: "Refreshing…",
    checkAccess: "Check access",
    checkingAccess: "Checking…",
    edit: "Edit",
    pause: "Pause",
    resume: "Resume",
    remove: "Remove",
    more: (name: string) => `Actions for ${name}`,
  },

  clipboard: {
    clearsIn: (span: number) => `On the clipboard for ${duration(span)}`,
    clearing: "Leaving the clipboard…",
    clear: "Clear now",
  },

  trouble: {
    details: "Technical details",
    copyDetails: "Copy details",
    copied: "Copied",
    at: "When",
    status: "HTTP status",
    error: "Error",
    description: "Description",
    requestId: "Request id",
    cause: "Cause",
  },

  action: {
    retryNow: "Retry now",
    replaceSecret: "Replace secret",
    replaceRefreshToken: "Replace refresh token",
    editScopes: "Edit scopes",
    editProfile: "Edit profile",
    unlockKeychain: "Unlock keychain",
    openAccountPage: "Open account page",
  } satisfies Record<Action, string>,

  dismiss: (headline: string) => `Dismiss: ${headline}`,
  checkedAt: (at: number) => `Checked ${moment(at)}`,

  list: { heading: "Profiles", retry: (span: number) => `trying again in ${duration(span)}` },

  form: {
    add: "Add a profile",
    edit: (name: string) => `Edit ${name}`,
    save: "Save",
    saving: "Saving…",
    cancel: "Cancel",
    back: "Back",
    more: "More options",
    stored: "Stored in the keychain",
    keepStored: "Leave empty to keep the stored one.",
    removeStored: "Remove it",
    willBeRemoved: "Will be removed when you save.",
    keepIt: "Keep it",
    invalid: (count: number) => (count === 1 ? "One field needs another look." : `${count} fields need another look.`),
    unreachable: "Glowjar didn’t answer. Nothing was saved and nothing you typed is lost: try again.",
    loading: "Opening…",
    reveal: "Show",
    conceal: "Hide",
    name: "Name",
    nameHelp: "Whatever you call it, for example the project’s name.",
    preset: "Provider",
    tokenEndpoint: "Token endpoint",
    encoding: "Request body",
    clientAuthentication: "Client authentication",
    clientId: "Client ID",
    clientSecret: "Client secret",
    standbySecret: "Standby secret",
    standbyHelp: "Tried once if the first secret is rejected, so that secrets can be changed without a gap.",
    grant: "Kept fresh by",
    scopes: "Scopes",
    scopesHelp: "Separated by commas or spaces.",
    refreshToken: "Refresh token",
    renewEarly: "Renew early, in minutes",
    renewEarlyHelp: "Empty: Glowjar chooses by the token’s lifetime.",
    wholeMinutes: "Whole minutes, please, 1 to 10 000.",
  },

  grant: {
    client_credentials: "Client credentials (ID and secret)",
    refresh_token: "Refresh token",
  } satisfies Record<GrantView, string>,

  encoding: { form: "Form (standard)", json: "JSON" } satisfies Record<Encoding, string>,

  clientAuthentication: {
    body: "In the body",
    basic: "HTTP Basic",
    none: "None (public client)",
  } satisfies Record<ClientAuthentication, string>,

  remove: {
    headline: (name: string) => `Remove ${name}?`,
    text: "Its secrets and token are deleted from the keychain of this computer. The token itself stays valid at the provider until it expires.",
    confirm: "Remove",
    cancel: "Keep it",
  },

  failed: {
    headline: "Glowjar didn’t answer",
    advice: "Try again in a moment.",
  },

  announce: {
    copied: (seconds: number) => `Token copied. It leaves the clipboard in ${seconds} seconds.`,
    status: (name: string, headline: string) => `${name}: ${headline}`,
    cleared: "Clipboard cleared.",
  },
};

export type Words = typeof words;

function duration(span: number): string {
  const left = remaining(span);
  switch (left.unit) {
    case "over":
      return "0 s";
    case "seconds":
      return join([left.minutes, "min"], [left.seconds, "s"]);
    case "minutes":
      return join([left.minutes, "min"]);
    case "hours":
      return join([left.hours, "h"], [left.minutes, "min"]);
    case "days":
      return join([left.days, left.days === 1 ? "day" : "days"], [left.hours, "h"]);
  }
}

function join(...parts: [number, string][]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
