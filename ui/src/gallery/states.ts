/** Every state that the window can be in, scripted for pictures and tests. */

import type { Action, BannerView, ProfileView } from "../bindings/view";
import { clock } from "../clock";
import type { Demo } from "../host/demo";
import { HOUR, live, MINUTE, profile, signInEnd, snapshot, trouble, without } from "../host/demo/profiles";
import { saidIn, say, tell } from "../host/demo/sentences";
import { accessStates } from "./access-states";
import { connectStates } from "./connect-states";
import { formStates } from "./form-states";
import { choose, copyAs, menuOpened, search } from "./play";
import { pasteStates } from "./paste-states";
import { programsStates } from "./programs-states";
import { secretStates } from "./secret-states";
import { settingsStates } from "./settings-states";
import { signInStates } from "./sign-in-states";
import { stripStates } from "./strip-states";
import { troubleStates } from "./trouble-states";

export interface GalleryState extends Demo {
  /** Brings the window there as a person would. */
  play?: (find: (testId: string) => Promise<HTMLElement>) => Promise<void>;
}

export function states(): Record<string, GalleryState> {
  const now = clock.now();
  const packaging = () => live(38 * MINUTE, 24 * HOUR, { id: "packaging", name: "Packaging (shared)" });
  const other = packaging();
  const one = (shown: ProfileView, banners: BannerView[] = []) => ({ snapshot: snapshot([shown, other], { banners }) });
  const refused = trouble("secret_rejected", {
    action: "replaceSecret",
    technical: {
      at: now - 9 * MINUTE,
      status: 400,
      error: "invalid_client",
      description: "invalid client_secret parameter",
      requestId: "7f3c1c1e-0f0a-4c55-9e6b-1f5b2a8d77aa",
    },
  });
  const silent = trouble("server", {
    action: "retryNow",
    technical: { at: now - 20_000, status: 503, error: null, description: null, requestId: "b1946ac9" },
  });

  const keychain = (cause: string, action: Action) =>
    one(
      without({
        level: "attention",
        phase: "empty",
        canRefresh: false,
        trouble: trouble(`keychain_${cause}`, { action }),
      }),
    );

  return {
    welcome: { snapshot: snapshot([]) },
    loading: { replies: { snapshot: "never" } },
    unreachable: { replies: { snapshot: "refused" } },
    acquiring: one(
      without({ level: "busy", phase: "acquiring", headline: say("headline-acquiring"), canRefresh: false }),
    ),
    "live-long": { snapshot: snapshot([profile(), other, live(23 * HOUR, 24 * HOUR, { id: "x", name: "Print lab" })]) },
    // Whatever the system has.
    "chosen-dark": { snapshot: snapshot([profile(), other], { theme: "dark" }) },
    "chosen-light": { snapshot: snapshot([profile(), other], { theme: "light" }) },
    "live-alone": { snapshot: snapshot([live(23 * HOUR + 40 * MINUTE, 24 * HOUR)]) },
    "live-short": one(live(38 * MINUTE, 24 * HOUR)),
    "live-seconds": one(live(92_000, 5 * MINUTE, { provider: sandbox })),
    copied: {
      snapshot: snapshot([profile(), other], { clipboard: { profile: "campaign", clearsAt: now + 43_000 } }),
    },
    "just-copied": { ...one(profile()), play: async (find) => (await find("copy-token")).click() },
    refreshing: one(profile({ phase: "refreshing", canRefresh: false })),
    "renewal-trouble": one(
      live(38 * MINUTE, 24 * HOUR, {
        level: "soon",
        phase: "waiting",
        nextAttemptAt: now + 40_000,
        trouble: silent,
      }),
    ),
    "secret-rejected": one(
      live(2 * HOUR + 58 * MINUTE, 24 * HOUR, {
        level: "attention",
        phase: "halted",
        nextAttemptAt: null,
        trouble: refused,
      }),
    ),
    "secret-rejected-details": {
      ...one(without({ level: "attention", phase: "halted", trouble: refused })),
      play: async (find) => (await find("trouble-details")).querySelector("summary")?.click(),
    },
    "sign-in-needed": one(
      without({
        grant: "refresh_token",
        level: "attention",
        phase: "halted",
        trouble: trouble("refresh_token_rejected", {
          action: "replaceRefreshToken",
          technical: { at: now, status: 400, error: "invalid_grant", description: null, requestId: null },
        }),
      }),
    ),
    "expired-waiting": one(
      live(-12 * MINUTE, 24 * HOUR, {
        level: "attention",
        phase: "waiting",
        nextAttemptAt: now + 4 * MINUTE,
        verifiedAt: null,
        canCopy: false,
        trouble: silent,
      }),
    ),
    "expired-stale": one(live(-2_000, 24 * HOUR)),
    "not-saved": one(profile({ notSaved: true, grant: "refresh_token", signInEnd: signInEnd(12 * 24 * HOUR) })),
    "second-life": one(profile({ grant: "refresh_token", signInEnd: signInEnd(12 * 24 * HOUR) })),
    paused: one(
      profile({
        level: "off",
        phase: "paused",
        headline: say("headline-paused"),
        nextAttemptAt: null,
        canRefresh: false,
      }),
    ),
    "paused-empty": one(
      without({ level: "off", phase: "paused", headline: say("headline-paused"), canRefresh: false }),
    ),
    throttled: one(
      live(3 * HOUR, 24 * HOUR, {
        level: "soon",
        phase: "waiting",
        nextAttemptAt: now + 54 * MINUTE,
        canRefresh: false,
        trouble: trouble("throttled", {
          technical: { at: now, status: 429, error: null, description: null, requestId: null },
        }),
      }),
    ),
    "captive-portal": one(
      live(2 * HOUR, 24 * HOUR, {
        level: "soon",
        phase: "waiting",
        nextAttemptAt: now + 25_000,
        trouble: trouble("captive_portal", { action: "openNetworkSignIn" }),
      }),
    ),
    "keychain-locked": keychain("locked", "unlockKeychain"),
    "keychain-no-default": keychain("no_default", "createKeyring"),
    "keychain-default-locked": keychain("default_locked", "unlockKeychain"),
    "keychain-absent": keychain("absent", "retryNow"),
    "keychain-silent": one(profile({ trouble: trouble("keychain_not_answering", { action: "unlockKeychain" }) })),
    "clock-skew": one(
      profile({
        trouble: {
          ...trouble("clock_fast", { action: "setClock" }, say("span-minutes", { count: 7 })),
          code: "clock_skew",
        },
      }),
    ),
    banners: one(profile(), [
      banner("locked", { level: "off", action: "unlock", dismissible: false }, {}),
      {
        ...banner("update", { level: "off", action: "installUpdate" }, { version: "0.2.0", own: "0.1.0" }),
        code: "update-0.2.0",
      },
      banner("profiles_corrupt", {}, { path: "/home/mia/.local/share/app.glowjar.Glowjar/profiles.unreadable-1.json" }),
      banner("shortcut", { action: "openSettings" }, { keys: "Ctrl+Alt+T", cause: "HotKey already registered" }),
    ]),
    "second-session": one(profile(), [banner("following", { level: "off", dismissible: false }, {})]),
    "other-version": one(profile(), [
      banner("other_version", { dismissible: false }, { other: "0.9.0", own: "0.1.0" }),
      banner("http_port", { dismissible: false }, { port: "41873", cause: "Address already in use (os error 98)" }),
    ]),
    "assumed-life": one(profile({ lifeIsAssumed: true })),
    many: { snapshot: snapshot(manyProfiles(now)) },
    "long-name": {
      snapshot: snapshot([
        profile({ name: "Very long name of a project ".repeat(8).slice(0, 200) }),
        profile({ id: "y", name: "W".repeat(200) }),
      ]),
    },
    arabic: one(profile({ name: "حملة الربيع للاستوديو الإبداعي" })),
    cjk: one(profile({ name: "春のキャンペーン・スタジオ東京" })),
    "remove-asks": { ...one(profile()), play: choose("remove-profile") },
    "remove-offers-revoke": { ...one(profile({ grant: "refresh_token" })), play: choose("remove-profile") },
    "removed-undo": { snapshot: snapshot([other], { undo: { name: "Campaign Studio", until: now + 8_000 } }) },
    "removed-last": { snapshot: snapshot([], { undo: { name: "Campaign Studio", until: now + 8_000 } }) },
    renaming: { ...one(profile({ isDefault: true })), play: choose("rename-profile") },
    "profile-menu": { ...one(profile()), play: menuOpened("profile-menu") },
    "copy-menu": { ...one(profile()), play: menuOpened("copy-as") },
    "postman-saved": { ...one(profile()), play: copyAs("postman", "file-toast") },
    "toasts-all": {
      snapshot: snapshot([profile(), other], {
        clipboard: { profile: "campaign", clearsAt: now + 43_000 },
        undo: { name: "A profile with quite a long name that doesn’t fit", until: now + 8_000 },
      }),
      play: copyAs("postman", "file-toast"),
    },
    searching: { snapshot: snapshot(manyProfiles(now)), play: search("s") },
    "search-finds-nobody": { snapshot: snapshot(manyProfiles(now)), play: search("nobody") },
    ...saidIn("de", () => ({
      german: { snapshot: snapshot([profile({ name: "Frühlingskampagne", isDefault: true }), packaging()]) },
      "german-many": { snapshot: snapshot(manyProfiles(now)) },
      "german-welcome": { snapshot: snapshot([]) },
    })),
    ...troubleStates(one),
    ...accessStates(),
    ...pasteStates(),
    ...stripStates(),
    ...programsStates(),
    ...connectStates(),
    ...settingsStates(),
    ...secretStates(),
    ...signInStates(),
    ...formStates(),
  };
}

function banner(code: string, part: Partial<BannerView>, args: Record<string, string>): BannerView {
  const said = tell(`banner-${code}`, args);
  const cause = args.cause === undefined ? {} : { cause: args.cause };
  return { code, level: "soon", ...said, action: null, dismissible: true, ...cause, ...part };
}

const sandbox = { preset: "sandbox" as const, label: "Sandbox", tokenEndpoint: "http://127.0.0.1:9170/ims/token/v3" };

function manyProfiles(now: number): ProfileView[] {
  const silent = trouble("server", { action: "retryNow" });
  return [
    profile(),
    live(38 * MINUTE, 24 * HOUR, {
      id: "2",
      name: "Packaging (shared)",
      level: "soon",
      phase: "waiting",
      nextAttemptAt: now + 40_000,
      trouble: silent,
    }),
    live(12 * HOUR, 24 * HOUR, { id: "3", name: "Print lab" }),
    live(-HOUR, 24 * HOUR, {
      id: "4",
      name: "Old workshop",
      level: "attention",
      phase: "halted",
      trouble: trouble("secret_rejected", { action: "replaceSecret" }),
      nextAttemptAt: null,
      canCopy: false,
    }),
    without({ id: "5", name: "New intern", level: "busy", phase: "acquiring", headline: say("headline-acquiring") }),
    live(20 * HOUR, 24 * HOUR, {
      id: "6",
      name: "Night shift",
      level: "off",
      phase: "paused",
      headline: say("headline-paused"),
      nextAttemptAt: null,
    }),
    without({ id: "7", name: "夏のカタログ", level: "off", phase: "paused", headline: say("headline-paused") }),
    live(90_000, 5 * MINUTE, { id: "8", name: "Sandbox", provider: sandbox }),
    live(3 * 24 * HOUR, 14 * 24 * HOUR, {
      id: "9",
      name: "Long runner",
      provider: { preset: "custom", label: "id.example.com", tokenEndpoint: "" },
    }),
  ];
}
