/** Building blocks of the scripted states. */

import type {
  ProfileView,
  SecretView,
  SettingsView,
  SignInEndView,
  SignInView,
  Snapshot,
  TroubleView,
} from "../../bindings/view";
import { clock } from "../../clock";
import { say, spoken, tell } from "./sentences";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export function profile(part: Partial<ProfileView> = {}): ProfileView {
  const now = clock.now();
  return {
    id: "campaign",
    name: "Campaign Studio",
    provider: {
      preset: "adobeIms",
      label: say("preset-adobe_ims"),
      tokenEndpoint: "https://ims-na1.adobelogin.com/ims/token/v3",
    },
    clientId: "8f1c4a0d2b7e4f63",
    scopes: "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis",
    isDefault: false,
    accountUrl: null,
    family: null,
    envName: "FIREFLY_SERVICES_ACCESS_TOKEN",
    signedIn: null,
    secret: secret(),
    grant: "client_credentials",
    level: "fresh",
    phase: "holding",
    headline: part.trouble?.headline ?? say("headline-live"),
    validity: { issuedAt: now - 18 * HOUR - 48 * MINUTE, expiresAt: now + 5 * HOUR + 12 * MINUTE },
    nextAttemptAt: now + 4 * HOUR + 14 * MINUTE,
    signInEnd: null,
    notSaved: false,
    trouble: null,
    access: null,
    verifiedAt: now - 18 * HOUR - 48 * MINUTE,
    canCopy: true,
    canRefresh: true,
    lifeIsAssumed: false,
    ...part,
  };
}

export function secret(part: Partial<SecretView> = {}): SecretView {
  const since = clock.now() - 76 * 24 * HOUR;
  return { since, replaceBy: null, dueAt: null, hasStandby: false, standbyInUse: false, api: null, ...part };
}

/** So far from now. */
export function signInEnd(left: number, part: Partial<SignInEndView> = {}): SignInEndView {
  return { at: clock.now() + left, isAssumed: false, slides: false, isNear: false, ...part };
}

export function without(part: Partial<ProfileView> = {}): ProfileView {
  return profile({ validity: null, nextAttemptAt: null, verifiedAt: null, canCopy: false, ...part });
}

export function live(left: number, of: number, part: Partial<ProfileView> = {}): ProfileView {
  const now = clock.now();
  return profile({
    validity: { issuedAt: now + left - of, expiresAt: now + left },
    verifiedAt: now + left - of,
    nextAttemptAt: now + Math.max(left - of * 0.04, 5_000),
    ...part,
  });
}

/** As the application tells it; `span` is for a clock that is wrong. */
export function trouble(code: string, part: Partial<TroubleView> = {}, span = ""): TroubleView {
  return {
    code,
    ...tell(`trouble-${code}`, { provider: "Adobe", span }),
    action: null,
    technical: { at: clock.now() - 40_000, status: null, error: null, description: null, requestId: null },
    ...part,
  };
}

/** Waits for the browser. */
export function signIn(part: Partial<SignInView> = {}): SignInView {
  return {
    name: "Express",
    provider: "Adobe",
    step: "waiting",
    way: "browser",
    address: "https://ims-na1.adobelogin.com/ims/authorize/v2?response_type=code&client_id=8f1c4a0d2b7e4f63",
    code: null,
    comesBack: true,
    asksAt: null,
    stalled: false,
    hasOtherWay: false,
    until: clock.now() + 9 * MINUTE,
    ...part,
  };
}

/** With a code to type in on whichever device. */
export function signInByCode(part: Partial<SignInView> = {}): SignInView {
  return signIn({
    provider: "id.studio.example",
    way: "device",
    address: "https://id.studio.example/device",
    code: "WDJB-MJHT",
    asksAt: clock.now() + 3_000,
    hasOtherWay: true,
    ...part,
  });
}

export const settings: SettingsView = {
  webhook: null,
  choices: {
    startAtLogin: true,
    notices: "all",
    clearClipboardAfterSeconds: 60,
    theme: "system",
    language: "system",
    hours: "system",
    textSize: "usual",
    renewEarlyMinutes: null,
    extraCa: null,
    proxy: { kind: "system" },
    copyShortcut: null,
    lockWithScreen: false,
    lockAfterMinutes: null,
    lookForUpdates: false,
  },
  screenLockIsTold: true,
  idlenessIsTold: true,
  updatesAreOffered: false,
  logFolder: "/home/mia/.local/state/glowjar/log",
  dataFolder: "/home/mia/.local/share/glowjar",
  managed: { source: "/etc/glowjar/managed.json", keys: [], keepers: [], ignored: [] },
};

export function snapshot(profiles: ProfileView[], part: Partial<Snapshot> = {}): Snapshot {
  return {
    revision: 1,
    version: "0.1.0",
    profiles,
    banners: [],
    questions: [],
    clipboard: null,
    sandbox: null,
    language: spoken(),
    theme: "system",
    settings,
    defaultProfile: profiles.find(({ isDefault }) => isDefault)?.id ?? null,
    signIn: null,
    undo: null,
    historyRevision: 1,
    programsRevision: 1,
    ...part,
  };
}
