/** The window: takes snapshots from the host, shows one view of them, and carries out what a person asks for. */

import "@spectrum-web-components/theme/sp-theme.js";
import "@spectrum-web-components/theme/spectrum-two/scale-medium.js";
import "@spectrum-web-components/theme/spectrum-two/theme-dark.js";
import "@spectrum-web-components/theme/spectrum-two/theme-light.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Reply, Request } from "./bindings/request";
import type { Action, ProfileView, Snapshot } from "./bindings/view";
import { clock } from "./clock";
import { ColorScheme } from "./color-scheme";
import { Connection } from "./connection";
import { focusWhenReady } from "./focus";
import type { Host } from "./host";
import { firstToShow } from "./token-lifetime";
import { OpeningPress } from "./opening-press";
import { moved } from "./order";
import { Ticker } from "./ticker";
import type { Actions, CopyForm, Failure } from "./view/actions";
import "./view/day-strip";
import "./view/programs";
import { hero } from "./view/hero";
import { failureOf } from "./view/failure-note";
import { bar, connectPage, formPage, secretPage, settingsPage, signInPage, type Page } from "./view/pages";
import { FIELD_OF } from "./view/profile-form";
import { profileList, showSelectedRow } from "./view/profile-list";
import { bringUp, questions } from "./view/questions";
import { removeDialog, signOutDialog } from "./view/remove-dialog";
import { toasts } from "./view/toasts";
import { banners } from "./view/trouble-panel";
import { waysIn } from "./view/add-profile";
import { loading, unreachable, wordmark } from "./view/fallback-pages";
import { speak, t } from "./words";

export class GlowjarApp extends LitElement {
  @property({ attribute: false }) host!: Host;

  @state() private selected = "";
  @state() private page: Page = { at: "home" };
  @state() private pasted = false;
  @state() private removing: string | undefined;
  @state() private signingOut: string | undefined;
  @state() private renaming: string | undefined;
  @state() private wanted = "";
  @state() private copied: string | undefined;
  @state() private checking: string | undefined;
  @state() private savedFile: string | undefined;
  @state() private startingSandbox = false;
  @state() private failure: (Failure & { profile: string | undefined }) | undefined;
  @state() private announcement = "";

  private readonly connection = new Connection(this, (snapshot) => this.beforeTake(snapshot));
  private readonly colorScheme = new ColorScheme(this);
  private readonly openingPress = new OpeningPress(this);
  private copiedTimer: ReturnType<typeof setTimeout> | undefined;
  /** Fonts and buttons arrive late and push the list about. */
  private readonly listSize = new ResizeObserver(() => showSelectedRow(this));
  /** What had the focus when another page opened. */
  private opener: string | undefined;
  /** A profile that was saved and is to be shown. */
  private arriving: string | undefined;

  constructor() {
    super();
    new Ticker(this, () => this.countdowns());
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.onKey);
    addEventListener("dragover", stayHere);
    addEventListener("drop", stayHere);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.onKey);
    removeEventListener("dragover", stayHere);
    removeEventListener("drop", stayHere);
    clearTimeout(this.copiedTimer);
    this.listSize.disconnect();
  }

  protected override render(): TemplateResult {
    return html`<sp-theme
      system="spectrum-two"
      scale="medium"
      color=${this.colorScheme.apply(this.connection.snapshot?.theme)}
      dir=${document.documentElement.dir === "rtl" ? "rtl" : "ltr"}
    >
      <div class="visually-hidden" role="status" data-testid="announcement">${this.announcement}</div>
      ${this.content()}
    </sp-theme>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("removing") || changed.has("signingOut"))
      this.querySelector<HTMLDialogElement>("dialog:not([open])")?.showModal();
    const list = this.querySelector(".profiles");
    if (list) this.listSize.observe(list);
    if (changed.has("selected")) showSelectedRow(this);
    if (changed.has("renaming") && this.renaming) this.querySelector<HTMLInputElement>(".rename")?.select();
    this.returnFocus(changed.has("page"));
  }

  /** Back where it was. A button that is still off gets it later, unless the person went elsewhere. */
  private returnFocus(atOnce: boolean): void {
    if (this.page.at !== "home" || !this.opener) return;
    if (!atOnce && document.activeElement !== document.body) return;
    const target = this.querySelector<HTMLElement & { disabled?: boolean }>(`[data-testid="${this.opener}"]`);
    if (target?.disabled) return;
    void focusWhenReady(target);
    this.opener = undefined;
  }

  private content(): TemplateResult {
    const { connection, page } = this;
    const { snapshot } = connection;
    if (connection.isGone) return html`<main>${unreachable(() => void connection.connect())}</main>`;
    if (!snapshot)
      return html`${wordmark()}
        <main aria-busy="true">${loading()}</main>`;
    switch (page.at) {
      case "home":
        return this.home(snapshot);
      case "add":
        return html`<main>${this.ways(snapshot, false)}</main>`;
      case "signIn":
        return signInPage(this.host, snapshot, page.again, (saved) => this.goHome(saved));
      case "settings":
        return settingsPage(this.host, snapshot, page.startAt, () => this.goHome());
      case "connect": {
        const takeOver = (understood: string) =>
          this.openForm({ profile: null, name: "", startAt: "name", understood });
        return connectPage(this.host, snapshot, page.profile, () => this.goHome(), takeOver);
      }
      case "secret":
        return secretPage(this.host, snapshot, page.profile, () => this.goHome()) ?? this.home(snapshot);
      case "form":
        return formPage(this.host, snapshot, page, (saved) => this.goHome(saved));
    }
  }

  private home(snapshot: Snapshot): TemplateResult {
    const shown = this.shown();
    const { clipboard, undo } = snapshot;
    return html`${bar(this.actions, shown !== undefined)}
      <main class=${shown ? "with-list" : ""}>
        ${banners(snapshot.banners, this.actions, questions(snapshot.questions, this.actions))}
        ${shown ? this.profilePage(snapshot, shown) : this.ways(snapshot, true)}
        ${toasts({ clipboard, undo, file: this.savedFile, now: clock.now() }, this.actions)}
      </main>
      ${this.removal()} ${this.signOut()}`;
  }

  private profilePage(snapshot: Snapshot, shown: ProfileView): TemplateResult {
    const now = clock.now();
    const { profiles } = snapshot;
    const index = profiles.indexOf(shown);
    const ids = profiles.map(({ id }) => id);
    const model = {
      profile: shown,
      now,
      justCopied: this.copied === shown.id,
      renaming: this.renaming === shown.id,
      standing: {
        checking: this.checking === shown.id,
        index,
        count: profiles.length,
        move: (step: -1 | 1) => this.actions.reorder(moved(ids, index, index + step), shown),
      },
      failure: this.failure?.profile === shown.id ? this.failure : undefined,
    };
    return html`<div class="shown">
        ${hero(model, this.actions)}
        <glowjar-strip
          .host=${this.host}
          .profile=${shown.id}
          .revision=${snapshot.historyRevision}
          .period=${Math.floor(now / STRIP_MOVES)}
          .language=${snapshot.language}
        ></glowjar-strip>
        <glowjar-programs
          .host=${this.host}
          .profile=${shown.id}
          .revision=${snapshot.historyRevision + snapshot.programsRevision}
          .period=${Math.floor(now / MINUTE)}
          .language=${snapshot.language}
          @connect=${() => this.open({ at: "connect", profile: shown.id }, "connect-program")}
        ></glowjar-programs>
      </div>
      ${profileList({ profiles, selected: shown.id, wanted: this.wanted, now }, this.actions)}`;
  }

  private ways({ language }: Snapshot, first: boolean): TemplateResult {
    const { host, pasted, startingSandbox, failure } = this;
    return waysIn(
      {
        host,
        language,
        first,
        pasted,
        startingSandbox,
        failure,
        onPasted: (is) => (this.pasted = is),
        onSaved: (profile) => this.goHome(profile),
        onChange: ({ handle, field }) => this.openForm({ profile: null, name: "", startAt: field, understood: handle }),
        onLeave: () => this.goHome(),
      },
      this.actions,
    );
  }

  private removal(): TemplateResult | typeof nothing {
    const profile = this.connection.snapshot?.profiles.find(({ id }) => id === this.removing);
    if (!profile) return nothing;
    const close = () => (this.removing = undefined);
    const confirm = (revoke: boolean) => {
      close();
      void this.ask({ kind: "removeProfile", profile: profile.id, revoke }, profile.id);
    };
    return removeDialog(profile, confirm, close);
  }

  private signOut(): TemplateResult | typeof nothing {
    const profile = this.connection.snapshot?.profiles.find(({ id }) => id === this.signingOut);
    if (!profile) return nothing;
    const close = () => (this.signingOut = undefined);
    const confirm = () => {
      close();
      void this.ask({ kind: "signOut", profile: profile.id }, profile.id);
    };
    return signOutDialog(profile, confirm, close);
  }

  private readonly actions: Actions = {
    add: () => this.open({ at: "add" }, "add-profile"),
    signIn: () => this.open({ at: "signIn", again: undefined }, "add-profile"),
    typeIn: () => this.openForm({ profile: null, name: "", startAt: "name", understood: null }),
    trySandbox: () => void this.trySandbox(),
    openSettings: () => this.open({ at: "settings", startAt: undefined }, "open-settings"),
    edit: ({ id, name }, at) => {
      this.opener = at ? "trouble-action" : "profile-menu";
      this.openForm({ profile: id, name, startAt: at ?? "name", understood: null });
    },
    select: ({ id }) => {
      this.selected = id;
      this.failure = undefined;
    },
    copy: (profile, form) => void this.copy(profile, form),
    copyDetails: async ({ id }) => {
      await this.ask({ kind: "copyDetails", profile: id }, id);
    },
    refresh: ({ id }) => void this.ask({ kind: "refreshNow", profile: id }, id),
    checkAccess: (profile) => void this.checkAccess(profile),
    startRename: ({ id }) => {
      this.selected = id;
      this.renaming = id;
    },
    rename: (profile, name) => this.rename(profile, name),
    duplicate: ({ id }) => void this.duplicate(id),
    makeDefault: ({ id }) => void this.ask({ kind: "setDefault", profile: id }, id),
    reorder: (ids, { id, name }) => {
      void this.ask({ kind: "reorder", profiles: ids }, id);
      this.announcement = t("moved", { name, position: ids.indexOf(id) + 1, count: ids.length });
    },
    search: (wanted) => (this.wanted = wanted),
    pause: ({ id }) => void this.ask({ kind: "pause", profile: id }, id),
    resume: ({ id }) => void this.ask({ kind: "resume", profile: id }, id),
    remove: ({ id }) => (this.removing = id),
    undoRemove: () => void this.undoRemove(),
    signOut: ({ id }) => (this.signingOut = id),
    replaceSecret: ({ id }, opener) => this.open({ at: "secret", profile: id }, opener),
    clearClipboard: () => void this.clearClipboard(),
    forgetFile: () => (this.savedFile = undefined),
    answer: (question, consent) => {
      // Its buttons go with the card.
      this.opener = "copy-token";
      void this.ask({ kind: "answerQuestion", question, consent });
    },
    dismiss: (code) => void this.ask({ kind: "dismissBanner", code }),
    mend: (action, profile) => this.mend(action, profile),
  };

  private mend(action: Action, profile: ProfileView | undefined): void {
    const target = profile ?? this.shown();
    const id = target?.id;
    switch (action) {
      case "unlockKeychain":
      case "openAccountPage":
      case "openNetworkSignIn":
      case "unlock":
      case "installUpdate":
        return void this.ask({ kind: action }, id);
      case "createKeyring":
        return void this.ask({ kind: "unlockKeychain" }, id);
      case "setClock":
        return void this.ask({ kind: "openClockSettings" }, id);
      case "openSettings":
        this.open({ at: "settings", startAt: "proxy" }, "trouble-action");
        return;
      case "signIn":
        if (id !== undefined) this.open({ at: "signIn", again: id }, "trouble-action");
        return;
      case "retryNow":
        if (target) this.actions.refresh(target);
        return;
      case "replaceSecret":
      case "replaceRefreshToken":
      case "editScopes":
      case "editProfile":
        // Where a person signs in, it is one field among others.
        if (action === "replaceSecret" && target?.secret) this.actions.replaceSecret(target, "trouble-action");
        else if (target) this.actions.edit(target, FIELD_OF[action]);
    }
  }

  private async copy({ id }: ProfileView, form: CopyForm): Promise<void> {
    if (form === "postman") {
      const reply = await this.ask({ kind: "savePostman", profile: id }, id);
      if (reply?.kind === "fileSaved") this.savedFile = reply.path;
      return;
    }
    const reply = await this.ask({ kind: "copyAs", profile: id, format: form }, id);
    if (reply?.kind === "copied" && form !== "clientId") {
      const seconds = Math.round((reply.clearsAt - clock.now()) / 1000);
      this.announcement = t("announce-copied", { what: t(`copy-as-${form}`), seconds });
    } else if (reply?.kind === "copied" || reply?.kind === "done") this.announcement = t("announce-client-id");
    else return;
    this.copied = id;
    clearTimeout(this.copiedTimer);
    this.copiedTimer = setTimeout(() => (this.copied = undefined), COPIED_SHOWS);
  }

  private async clearClipboard(): Promise<void> {
    const reply = await this.ask({ kind: "clearClipboard" });
    if (reply?.kind === "done") this.announcement = t("announce-cleared");
  }

  private async undoRemove(): Promise<void> {
    const name = this.connection.snapshot?.undo?.name ?? "";
    const reply = await this.ask({ kind: "undoRemove" });
    if (reply?.kind === "saved") this.selected = reply.profile;
    if (reply?.kind === "saved" || reply?.kind === "done") this.announcement = t("announce-undone", { name });
  }

  private rename({ id, name }: ProfileView, wanted: string | undefined): void {
    if (this.renaming !== id) return;
    this.renaming = undefined;
    if (wanted && wanted !== name) void this.ask({ kind: "rename", profile: id, name: wanted }, id);
    void this.updateComplete.then(() => focusWhenReady(this.querySelector("[data-testid=profile-menu]")));
  }

  private async duplicate(profile: string): Promise<void> {
    const reply = await this.ask({ kind: "duplicate", profile }, profile);
    if (reply?.kind === "saved") this.selected = reply.profile;
  }

  private async checkAccess({ id, name }: ProfileView): Promise<void> {
    this.checking = id;
    const reply = await this.ask({ kind: "checkAccess", profile: id }, id);
    this.checking = undefined;
    if (reply?.kind === "access") this.announcement = t("announce-status", { name, headline: reply.access.headline });
  }

  private async trySandbox(): Promise<void> {
    this.startingSandbox = true;
    const reply = await this.ask({ kind: "trySandbox" });
    this.startingSandbox = false;
    if (reply?.kind === "saved") this.goHome(reply.profile);
  }

  /** Asks the host; what goes wrong is shown at `profile`, or on the welcome page. */
  private async ask(request: Request, profile?: string): Promise<Reply | undefined> {
    this.failure = undefined;
    const about = profile ?? this.shown()?.id;
    try {
      const reply = await this.connection.ask(request);
      if (reply.kind === "failed") this.failure = { ...failureOf(reply), profile: about };
      else if (reply.kind === "invalid") {
        this.failure = { headline: reply.fields[0]?.message ?? "", advice: "", profile: about };
      }
      return reply;
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice"), profile: about };
      return undefined;
    }
  }

  private beforeTake(snapshot: Snapshot): void {
    const before = this.shown();
    // A window that was closed meanwhile comes back to it.
    if (snapshot.signIn && !this.connection.snapshot && this.page.at === "home") {
      this.page = { at: "signIn", again: undefined };
    }
    if (snapshot.profiles.some(({ id }) => id === this.arriving)) this.showHome(this.arriving);
    const after = snapshot.profiles.find(({ id }) => id === this.selected) ?? firstToShow(snapshot.profiles);
    this.selected = after?.id ?? "";
    speak(snapshot.language);
    clock.hours = snapshot.settings.choices.hours;
    document.documentElement.lang = snapshot.language;
    document.documentElement.dataset.textSize = snapshot.settings.choices.textSize;
    const news = bringUp(this, this.connection.snapshot?.questions ?? [], snapshot.questions);
    if (news) this.announcement = news;
    // Only a change of level is worth a spoken word; the rest can be read.
    if (before && after?.id === before.id && after.level !== before.level) {
      this.announcement = t("announce-status", { name: after.name, headline: after.headline });
    }
  }

  private shown(): ProfileView | undefined {
    const profiles = this.connection.snapshot?.profiles ?? [];
    return profiles.find(({ id }) => id === this.selected) ?? firstToShow(profiles);
  }

  private countdowns(): number[] {
    const { snapshot } = this.connection;
    if (!snapshot || this.page.at !== "home") return [];
    const { profiles, clipboard, undo } = snapshot;
    const ends = profiles.flatMap(({ validity, nextAttemptAt }) => [validity?.expiresAt, nextAttemptAt]);
    return [...ends, clipboard?.clearsAt, undo?.until].filter((end) => typeof end === "number");
  }

  private open(page: Page, opener: string): void {
    this.opener = opener;
    this.pasted = false;
    this.failure = undefined;
    this.page = page;
  }

  private openForm(form: Omit<Page & { at: "form" }, "at">): void {
    this.pasted = false;
    this.page = { at: "form", ...form };
  }

  /** A profile is told as saved before it is part of a snapshot: until then the page stays. */
  private goHome(shown?: string): void {
    if (shown === undefined || this.connection.snapshot?.profiles.some(({ id }) => id === shown)) this.showHome(shown);
    else this.arriving = shown;
  }

  private showHome(shown?: string): void {
    this.arriving = undefined;
    this.pasted = false;
    if (shown !== undefined) {
      this.selected = shown;
      this.opener = "copy-token";
      this.wanted = "";
    }
    this.page = { at: "home" };
  }

  private readonly onKey = (event: KeyboardEvent): void => {
    // A menu takes its Escape for itself, and what was typed is not thrown away by one key.
    const leaves = ["settings", "connect", "secret"].includes(this.page.at) || (this.page.at === "add" && !this.pasted);
    if (event.key !== "Escape" || event.defaultPrevented || !leaves) return;
    if (document.querySelector("sp-overlay[open], dialog[open]")) return;
    this.goHome();
  };
}

/** A file dropped beside the box would otherwise be opened in place of the window. */
function stayHere(event: DragEvent): void {
  event.preventDefault();
}

/** Milliseconds in which a day moves on by a pixel of the strip. */
const STRIP_MOVES = 240_000;

/** Milliseconds. */
const MINUTE = 60_000;

/** Long enough to be seen after looking up from the other window. */
const COPIED_SHOWS = 2_000;

customElements.define("glowjar-app", GlowjarApp);
