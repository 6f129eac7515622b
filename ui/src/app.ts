/** The window: takes snapshots from the host, shows one view of them, and carries out what a person asks for. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/theme/sp-theme.js";
import "@spectrum-web-components/theme/spectrum-two/scale-medium.js";
import "@spectrum-web-components/theme/spectrum-two/theme-dark.js";
import "@spectrum-web-components/theme/spectrum-two/theme-light.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Field, Reply, Request } from "./bindings/request";
import type { Action, ProfileView, Snapshot } from "./bindings/view";
import { clock } from "./clock";
import type { Host } from "./host";
import { focusWhenReady } from "./focus";
import { firstToShow } from "./life";
import { Ticker } from "./ticker";
import type { Actions, Failure } from "./view/actions";
import { hero } from "./view/hero";
import { icon } from "./view/icon";
import "./view/profile-form";
import { profileList, showSelectedRow } from "./view/profile-list";
import { removeDialog } from "./view/remove-dialog";
import { banners } from "./view/trouble-panel";
import { loading, unreachable, welcome } from "./view/whole-page";
import { words } from "./words/en";

type Page = { at: "home" } | { at: "form"; profile: string | null; name: string; startAt: Field };

export class GlowjarApp extends LitElement {
  @property({ attribute: false }) host!: Host;

  @state() private snapshot: Snapshot | undefined;
  @state() private hostIsGone = false;
  @state() private selected = "";
  @state() private page: Page = { at: "home" };
  @state() private removing: string | undefined;
  @state() private copied: string | undefined;
  @state() private checking: string | undefined;
  @state() private startingSandbox = false;
  @state() private failure: (Failure & { profile: string | undefined }) | undefined;
  @state() private announcement = "";
  @state() private dark = darkQuery.matches;

  private stopListening: (() => void) | undefined;
  private copiedTimer: ReturnType<typeof setTimeout> | undefined;
  /** What had the focus when the form opened. */
  private opener: string | undefined;

  constructor() {
    super();
    new Ticker(this, () => this.countdowns());
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    darkQuery.addEventListener("change", this.onScheme);
    this.stopListening = this.host.onSnapshot((snapshot) => this.take(snapshot));
    void this.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    darkQuery.removeEventListener("change", this.onScheme);
    clearTimeout(this.copiedTimer);
    this.stopListening?.();
  }

  protected override render(): TemplateResult {
    return html`<sp-theme system="spectrum-two" scale="medium" color=${this.dark ? "dark" : "light"}>
      <div class="visually-hidden" role="status" data-testid="announcement">${this.announcement}</div>
      ${this.page.at === "form" ? this.formPage(this.page) : this.home()}
    </sp-theme>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("removing")) this.querySelector<HTMLDialogElement>("dialog:not([open])")?.showModal();
    if (changed.has("selected")) showSelectedRow(this);
    if (changed.has("page") && this.page.at === "home" && this.opener) {
      void focusWhenReady(this.querySelector(`[data-testid="${this.opener}"]`));
      this.opener = undefined;
    }
  }

  private home(): TemplateResult {
    const { snapshot } = this;
    if (this.hostIsGone) return html`<main>${unreachable(() => void this.connect())}</main>`;
    if (!snapshot) return html`<main aria-busy="true">${loading()}</main>`;
    const shown = this.shown();
    return html`<header class="bar">
        <span class="wordmark">${words.app}</span>
        <sp-action-button
          quiet
          label=${words.header.add}
          title=${words.header.add}
          data-testid="add-profile"
          @click=${() => this.actions.add()}
          >${icon("add")}</sp-action-button
        >
      </header>
      <main class=${shown ? "with-list" : ""}>
        ${banners(snapshot.banners, this.actions)} ${shown ? this.profilePage(snapshot, shown) : this.welcomePage()}
      </main>
      ${this.removal()}`;
  }

  private profilePage(snapshot: Snapshot, shown: ProfileView): TemplateResult {
    const now = clock.now();
    const model = {
      profile: shown,
      now,
      clipboard: snapshot.clipboard,
      justCopied: this.copied === shown.id,
      checking: this.checking === shown.id,
      failure: this.failure?.profile === shown.id ? this.failure : undefined,
    };
    return html`${hero(model, this.actions)} ${profileList(snapshot.profiles, shown.id, now, this.actions)}`;
  }

  private welcomePage(): TemplateResult {
    return welcome(this.actions, this.startingSandbox, this.failure);
  }

  private formPage({ profile, name, startAt }: Page & { at: "form" }): TemplateResult {
    return html`<main>
      <glowjar-form
        .host=${this.host}
        .profile=${profile}
        .profileName=${name}
        .startAt=${startAt}
        @saved=${(event: CustomEvent<string>) => {
          this.selected = event.detail;
          this.page = { at: "home" };
        }}
        @cancelled=${() => (this.page = { at: "home" })}
      ></glowjar-form>
    </main>`;
  }

  private removal(): TemplateResult | typeof nothing {
    const profile = this.snapshot?.profiles.find(({ id }) => id === this.removing);
    if (!profile) return nothing;
    const close = () => (this.removing = undefined);
    const confirm = () => {
      close();
      void this.ask({ kind: "removeProfile", profile: profile.id }, profile.id);
    };
    return removeDialog(profile, confirm, close);
  }

  private readonly actions: Actions = {
    add: () => this.openForm(null, "", "name", "add-profile"),
    edit: (profile, at) => this.openForm(profile.id, profile.name, at ?? "name", "edit-profile"),
    select: ({ id }) => {
      this.selected = id;
      this.failure = undefined;
    },
    copy: ({ id }) => void this.copy(id),
    refresh: ({ id }) => void this.ask({ kind: "refreshNow", profile: id }, id),
    checkAccess: (profile) => void this.checkAccess(profile),
    pause: ({ id }) => void this.ask({ kind: "pause", profile: id }, id),
    resume: ({ id }) => void this.ask({ kind: "resume", profile: id }, id),
    remove: ({ id }) => (this.removing = id),
    clearClipboard: () => void this.clearClipboard(),
    dismiss: (code) => void this.ask({ kind: "dismissBanner", code }),
    trySandbox: () => void this.trySandbox(),
    mend: (action, profile) => this.mend(action, profile),
  };

  private mend(action: Action, profile: ProfileView | undefined): void {
    const id = profile?.id ?? this.shown()?.id;
    const target = profile ?? this.shown();
    switch (action) {
      case "unlockKeychain":
        return void this.ask({ kind: "unlockKeychain" }, id);
      case "openAccountPage":
        return void this.ask({ kind: "openAccountPage" }, id);
      case "retryNow":
        if (target) this.actions.refresh(target);
        return;
      case "replaceSecret":
      case "replaceRefreshToken":
      case "editScopes":
      case "editProfile":
        if (target) this.actions.edit(target, FIELD_OF[action]);
    }
  }

  private async copy(profile: string): Promise<void> {
    const reply = await this.ask({ kind: "copyToken", profile }, profile);
    if (reply?.kind !== "copied") return;
    this.announcement = words.announce.copied(Math.round((reply.clearsAt - clock.now()) / 1000));
    this.copied = profile;
    clearTimeout(this.copiedTimer);
    this.copiedTimer = setTimeout(() => (this.copied = undefined), COPIED_SHOWS);
  }

  private async clearClipboard(): Promise<void> {
    const reply = await this.ask({ kind: "clearClipboard" });
    if (reply?.kind === "done") this.announcement = words.announce.cleared;
  }

  private async checkAccess({ id, name }: ProfileView): Promise<void> {
    this.checking = id;
    const reply = await this.ask({ kind: "checkAccess", profile: id }, id);
    this.checking = undefined;
    if (reply?.kind === "access") this.announcement = words.announce.status(name, reply.access.headline);
  }

  private async trySandbox(): Promise<void> {
    this.startingSandbox = true;
    const reply = await this.ask({ kind: "trySandbox" });
    this.startingSandbox = false;
    if (reply?.kind === "saved") this.selected = reply.profile;
  }

  /** Asks the host; what goes wrong is shown at `profile`, or on the welcome page. */
  private async ask(request: Request, profile?: string): Promise<Reply | undefined> {
    this.failure = undefined;
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "failed") {
        this.failure = { headline: reply.message, advice: reply.advice, profile: profile ?? this.shown()?.id };
      }
      return reply;
    } catch {
      this.failure = { ...words.failed, profile: profile ?? this.shown()?.id };
      return undefined;
    }
  }

  private async connect(): Promise<void> {
    this.hostIsGone = false;
    const timeLimit = new Promise<never>((_, reject) => setTimeout(reject, HOST_ANSWERS_WITHIN));
    try {
      const reply = await Promise.race([this.host.ask({ kind: "snapshot" }), timeLimit]);
      if (reply.kind === "snapshot") this.take(reply.snapshot);
    } catch {
      this.hostIsGone = this.snapshot === undefined;
    }
  }

  private take(snapshot: Snapshot): void {
    if (this.snapshot && snapshot.revision < this.snapshot.revision) return;
    const before = this.shown();
    this.snapshot = snapshot;
    this.hostIsGone = false;
    const after = this.shown();
    this.selected = after?.id ?? "";
    // Only a change of level is worth a spoken word; the rest can be read.
    if (before && after?.id === before.id && after.level !== before.level) {
      this.announcement = words.announce.status(after.name, after.headline);
    }
  }

  private shown(): ProfileView | undefined {
    const profiles = this.snapshot?.profiles ?? [];
    return profiles.find(({ id }) => id === this.selected) ?? firstToShow(profiles);
  }

  private countdowns(): number[] {
    if (!this.snapshot || this.page.at === "form") return [];
    const { profiles, clipboard } = this.snapshot;
    const ends = profiles.flatMap(({ validity, nextAttemptAt }) => [validity?.expiresAt, nextAttemptAt]);
    return [...ends, clipboard?.clearsAt].filter((end) => typeof end === "number");
  }

  private openForm(profile: string | null, name: string, startAt: Field, opener: string): void {
    this.opener = opener;
    this.page = { at: "form", profile, name, startAt };
  }

  private readonly onScheme = (): void => {
    this.dark = darkQuery.matches;
  };
}

const FIELD_OF: Partial<Record<Action, Field>> = {
  replaceSecret: "clientSecret",
  replaceRefreshToken: "refreshToken",
  editScopes: "scopes",
  editProfile: "name",
};

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");

/** Long enough to be seen after looking up from the other window. */
const COPIED_SHOWS = 2_000;

/** The application is a pipe away; it answers in milliseconds or not at all. */
const HOST_ANSWERS_WITHIN = 5_000;

customElements.define("glowjar-app", GlowjarApp);
