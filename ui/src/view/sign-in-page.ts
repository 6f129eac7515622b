/** Signing in with a browser or with a code: what is needed for it, and the wait until the provider has an answer. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import "@spectrum-web-components/progress-circle/sp-progress-circle.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Draft, Field, PresetView, Reply, Request } from "../bindings/request";
import type { Preset, SignInView, SignInWay } from "../bindings/view";
import { clock } from "../clock";
import { copyText } from "../copy";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { Ticker } from "../ticker";
import { t } from "../words";
import { time } from "../words/moment";
import { duration } from "../words/remaining";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { choice, kebab, secretField, textField } from "./field";
import { icon } from "./icon";
import { refusalPanel, type Refusal } from "./refusal-panel";

type TextField = "name" | "tokenEndpoint" | "clientId" | "scopes" | "redirect";

export class SignInPage extends LitElement {
  @property({ attribute: false }) host!: Host;
  /** The sign-in that is under way. */
  @property({ attribute: false }) running: SignInView | null = null;
  /** A profile that was signed in for before. */
  @property({ attribute: false }) again: string | undefined;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private presets: readonly PresetView[] = [];
  @state() private preset: Preset = "adobeIms";
  @state() private text: Partial<Record<TextField, string>> = { scopes: SCOPES.adobeIms ?? "" };
  @state() private secret = { value: "", stored: false, removed: false, revealed: false };
  @state() private errors = new Map<Field, string>();
  @state() private failure: Failure | undefined;
  @state() private refused: Refusal | undefined;
  @state() private asking = false;
  @state() private pasted = "";
  @state() private copied: "address" | "code" | undefined;
  @state() private way: SignInWay = "browser";
  /** Begins what is under way once more, the other way; absent in a window that opened later. */
  private repeat: ((way: SignInWay) => void) | undefined;
  /** Resolves when what was asked last has ended. */
  private end: Promise<void> = Promise.resolve();
  private changing = false;

  constructor() {
    super();
    new Ticker(this, () => {
      const { running } = this;
      if (!running || running.code === null) return [];
      return running.stalled && running.asksAt !== null ? [running.until, running.asksAt] : [running.until];
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override firstUpdated(): void {
    if (this.again !== undefined && !this.running) this.beginAgain(null);
    void focusWhenReady(this.querySelector(this.again === undefined ? "#field-name" : "[data-testid=page-back]"));
  }

  protected override updated(changed: PropertyValues): void {
    // A window that was closed meanwhile has no answer to wait for.
    const wasOn = changed.has("running") && Boolean(changed.get("running"));
    if (wasOn && !this.running && !this.asking && !this.changing) this.leave();
    if (changed.has("running") && this.running && !changed.get("running")) {
      void focusWhenReady(this.querySelector("[data-testid=sign-in-cancel]"));
      this.copied = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { running } = this;
    return html`<div class="form">
      <header class="page-header">
        <sp-action-button quiet label=${t("back")} data-testid="page-back" @click=${() => void this.back()}
          >${icon("back")}</sp-action-button
        >
        <h1>
          ${running ? t("sign-in-to", { provider: running.provider }) : t(this.byCode ? "sign-in-headline-code" : "sign-in-headline")}
        </h1>
      </header>
      ${running ? this.wait(running) : this.again === undefined ? this.form() : this.ended()}
    </div>`;
  }

  private form(): TemplateResult {
    const offered = this.presets.filter(({ preset }) => preset in SCOPES);
    const custom = this.preset === "custom";
    return html`<form class="form-body" novalidate @submit=${this.submit} @keydown=${this.submitOnEnter}>
        <p class="help" data-testid="sign-in-for-whom">${t("sign-in-for-whom")}</p>
        ${this.field("name", t("form-name"), t("form-name-help"))}
        ${choice({
          id: "preset",
          label: t("form-preset"),
          value: this.preset,
          options: offered.map(({ preset, label }) => [preset, label]),
          onChange: (value) => this.choose(value as Preset),
        })}
        ${custom ? this.field("tokenEndpoint", t("sign-in-address"), t("sign-in-address-help"), "https://") : nothing}
        ${custom ? this.ways() : nothing} ${this.field("clientId", t("form-client-id"), undefined, "")}
        ${secretField({
          field: "clientSecret",
          label: t("form-client-secret"),
          help: t("sign-in-secret-help"),
          removable: false,
          pasted: false,
          secret: this.secret,
          error: this.errors.get("clientSecret"),
          onChange: (change) => (this.secret = { ...this.secret, ...change }),
        })}
        ${
          this.byCode
            ? nothing
            : this.field(
                "redirect",
                t("sign-in-redirect"),
                t(custom ? "sign-in-redirect-help" : "sign-in-redirect-adobe"),
                "",
              )
        }
        ${this.field("scopes", t("form-scopes"), t("sign-in-scopes-help"), "")}
      </form>
      <footer class="form-footer">
        ${this.said()}
        <div class="form-buttons">
          <sp-button variant="secondary" treatment="outline" data-testid="cancel-edit" @click=${() => this.leave()}
            >${t("cancel")}</sp-button
          >
          <sp-button
            variant="accent"
            data-testid="sign-in-begin"
            data-busy=${String(this.asking)}
            @click=${(event: Event) => this.submit(event)}
            >${t(this.byCode ? "sign-in-get-code" : "sign-in-open")}</sp-button
          >
        </div>
      </footer>`;
  }

  private ways(): TemplateResult {
    return html`${choice({
      id: "sign-in-way",
      label: t("sign-in-how"),
      value: this.way,
      options: (["browser", "device"] as const).map((way) => [way, t(`sign-in-by-${way}`)]),
      onChange: (value) => (this.way = value as SignInWay),
    })}
    ${this.byCode ? html`<p class="help">${t("sign-in-by-device-help")}</p>` : nothing}`;
  }

  /** Adobe has no such page. */
  private get byCode(): boolean {
    return this.preset === "custom" && this.way === "device";
  }

  private wait(running: SignInView): TemplateResult {
    const { name, step, way, address, code, comesBack, until } = running;
    const now = step === "waiting" && way === "device" ? "sign-in-type-code" : `sign-in-${step}`;
    const how = code !== null ? "sign-in-code-how" : comesBack ? "sign-in-comes-back" : "sign-in-no-way-back";
    return html`<div class="form-body sign-in-wait" data-testid="sign-in-wait" data-step=${step} data-way=${way}>
        <div class="sign-in-now" role="status">
          <sp-progress-circle indeterminate size="s" label=${t(now)}></sp-progress-circle>
          <h2>${t(now)}</h2>
        </div>
        <p>${t(step === "waiting" ? how : "sign-in-moment", { name })}</p>
        ${
          step !== "waiting" || address === null
            ? nothing
            : code === null
              ? this.elsewhere(address, comesBack, until)
              : this.code(address, code, running)
        }
        ${step === "waiting" && running.hasOtherWay && this.repeat ? this.otherWay(way) : nothing}
      </div>
      <footer class="form-footer">
        ${this.said()}
        <div class="form-buttons">
          <sp-button
            variant="secondary"
            treatment="outline"
            data-testid="sign-in-cancel"
            @click=${() => void this.cancel()}
            >${t("sign-in-cancel")}</sp-button
          >
        </div>
      </footer>`;
  }

  /** What to type in, and where. */
  private code(address: string, code: string, { asksAt, stalled, until }: SignInView): TemplateResult {
    const span = duration(until - clock.now());
    return html`<div class="sign-in-code">
        <output data-testid="sign-in-code" aria-label=${t("sign-in-code")}>${code}</output>
        <button type="button" class="link" data-testid="sign-in-copy-code" @click=${() => void this.copy("code", code)}>
          ${t(this.copied === "code" ? "sign-in-code-copied" : "sign-in-copy-code")}
        </button>
      </div>
      <p class="sign-in-address" dir="ltr" data-testid="sign-in-address">${address}</p>
      <div class="understood-others">
        <sp-button
          size="m"
          variant="accent"
          data-testid="sign-in-reopen"
          @click=${() => void this.tell({ kind: "reopenSignIn" })}
          >${t("sign-in-open-page")}</sp-button
        >
        ${this.copyAddress(address)}
      </div>
      <p class="small" data-testid="sign-in-left">${t("sign-in-code-left", { span })}</p>
      ${stalled ? html`<p class="small" data-testid="sign-in-stalled">${this.stalled(asksAt)}</p>` : nothing}`;
  }

  private stalled(asksAt: number | null): string {
    const left = asksAt === null ? 0 : asksAt - clock.now();
    return left > 0 ? t("sign-in-stalled", { span: duration(left) }) : t("sign-in-stalled-asking");
  }

  private copyAddress(address: string): TemplateResult {
    return html`<button
      type="button"
      class="link"
      data-testid="sign-in-copy"
      @click=${() => void this.copy("address", address)}
    >
      ${t(this.copied === "address" ? "sign-in-copied" : "sign-in-copy")}
    </button>`;
  }

  private otherWay(way: SignInWay): TemplateResult {
    const other = way === "browser" ? "device" : "browser";
    return html`<button
      type="button"
      class="link"
      data-testid="sign-in-other-way"
      @click=${() => void this.change(other)}
    >
      ${t(`sign-in-rather-${other}`)}
    </button>`;
  }

  /** For a browser that does not come back, or is on another computer. */
  private elsewhere(address: string, comesBack: boolean, until: number): TemplateResult {
    return html`<div class="understood-others">
        <button
          type="button"
          class="link"
          data-testid="sign-in-reopen"
          @click=${() => void this.tell({ kind: "reopenSignIn" })}
        >
          ${t("sign-in-reopen")}
        </button>
        ${this.copyAddress(address)}
      </div>
      <form class="field" novalidate @submit=${this.paste}>
        <label for="sign-in-paste">${t("sign-in-paste")}</label>
        <textarea
          id="sign-in-paste"
          data-testid="sign-in-paste"
          dir="ltr"
          rows="2"
          autocomplete="off"
          spellcheck="false"
          placeholder="https://…?code=…"
          aria-describedby="sign-in-paste-help"
          .value=${this.pasted}
          @input=${(event: Event) => this.onPaste(event)}
        ></textarea>
        <p class="help" id="sign-in-paste-help">${t(comesBack ? "sign-in-paste-help" : "sign-in-paste-wanted")}</p>
        <sp-button
          size="m"
          variant=${comesBack ? "secondary" : "accent"}
          treatment=${comesBack ? "outline" : "fill"}
          data-testid="sign-in-paste-use"
          ?disabled=${this.pasted.trim() === ""}
          @click=${(event: Event) => void this.paste(event)}
          >${t("sign-in-paste-use")}</sp-button
        >
      </form>
      <p class="small">${t("sign-in-until", { time: time(until) })}</p>`;
  }

  /** Signing in again went wrong. */
  private ended(): TemplateResult {
    return html`<div class="form-body">${this.said()}</div>
      <footer class="form-footer">
        <div class="form-buttons">
          <sp-button variant="secondary" treatment="outline" data-testid="cancel-edit" @click=${() => this.leave()}
            >${t("cancel")}</sp-button
          >
          <sp-button
            variant="accent"
            data-testid="sign-in-begin"
            data-busy=${String(this.asking)}
            @click=${() => {
              this.beginAgain(null);
            }}
            >${t("sign-in-once-more")}</sp-button
          >
        </div>
      </footer>`;
  }

  private said(): TemplateResult {
    return html`<div class="form-summary" role="alert">
      ${this.refused ? refusalPanel(this.refused.trouble) : nothing}
      ${this.failure ? failureNote(this.failure, "sign-in-failure") : nothing}
      ${
        this.errors.size > 0 && !this.running ? html`<p>${t("form-invalid", { count: this.errors.size })}</p>` : nothing
      }
    </div>`;
  }

  private field(field: TextField, label: string, help: string | undefined, placeholder?: string): TemplateResult {
    return textField({
      field,
      label,
      help,
      value: this.text[field] ?? "",
      error: this.errors.get(field),
      ...(placeholder === undefined ? {} : { ltr: true, placeholder }),
      onInput: (value) => {
        this.text = { ...this.text, [field]: value };
        this.errors = new Map([...this.errors].filter(([known]) => known !== field));
      },
    });
  }

  private async load(): Promise<void> {
    try {
      const offered = await this.host.ask({ kind: "presets" });
      if (offered.kind === "presets") this.presets = offered.presets;
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  /** Another provider: its scopes come in, but nothing a person typed goes. */
  private choose(preset: Preset): void {
    const scopes = this.text.scopes ?? "";
    const untouched = scopes === "" || scopes === SCOPES[this.preset];
    if (untouched) this.text = { ...this.text, scopes: SCOPES[preset] ?? "" };
    this.preset = preset;
    this.errors = new Map();
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const { text, preset, secret } = this;
    const draft: Draft = {
      name: text.name ?? "",
      preset,
      tokenEndpoint: text.tokenEndpoint ?? "",
      encoding: "form",
      clientAuthentication: secret.value === "" ? "none" : "body",
      clientId: text.clientId ?? "",
      grant: "refresh_token",
      scopes: text.scopes ?? "",
      clientSecret: secret.value === "" ? null : secret.value,
      standbySecret: null,
      refreshToken: null,
      renewEarlyMinutes: null,
      family: null,
    };
    const redirect = text.redirect ?? "";
    const begin = (way: SignInWay): void => {
      this.way = way;
      this.end = this.begin({ kind: "signIn", draft, redirect: way === "browser" ? redirect : "", way });
    };
    this.repeat = begin;
    begin(this.byCode ? "device" : "browser");
  };

  /** Without a way, as the last time. */
  private beginAgain(way: SignInWay | null): void {
    const profile = this.again ?? "";
    this.repeat = (way) => {
      this.beginAgain(way);
    };
    this.end = this.begin({ kind: "signInAgain", profile, way });
  }

  private async change(way: SignInWay): Promise<void> {
    this.changing = true;
    await this.tell({ kind: "cancelSignIn" });
    await this.end;
    this.changing = false;
    this.repeat?.(way);
  }

  private async begin(request: Request): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    this.clear();
    this.pasted = "";
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "saved") this.dispatchEvent(new CustomEvent("saved", { detail: reply.profile }));
      else this.show(reply);
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    } finally {
      this.asking = false;
    }
  }

  private show(reply: Reply): void {
    if (reply.kind === "invalid") {
      this.errors = new Map(reply.fields.map(({ field, message }) => [field, message]));
      const [first] = reply.fields;
      if (first)
        void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#field-${kebab(first.field)}`)?.focus());
    } else if (reply.kind === "refused") this.refused = reply;
    else if (reply.kind === "failed" && reply.code !== "sign_in_cancelled") {
      this.failure = failureOf(reply);
    }
  }

  private clear(): void {
    this.failure = undefined;
    this.refused = undefined;
    this.errors = new Map();
  }

  private async tell(request: Request): Promise<void> {
    this.clear();
    try {
      this.show(await this.host.ask(request));
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  private readonly paste = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = this.pasted;
    if (text.trim() === "") return;
    await this.tell({ kind: "pasteSignIn", text });
    if (!this.failure) this.pasted = "";
  };

  /** What was pasted whole needs no button. */
  private onPaste(event: Event): void {
    this.pasted = (event.target as HTMLTextAreaElement).value;
    this.failure = undefined;
    if ((event as InputEvent).inputType === "insertFromPaste") void this.paste(event);
  }

  private async copy(what: "address" | "code", text: string): Promise<void> {
    await copyText(text);
    this.copied = what;
  }

  private async cancel(): Promise<void> {
    await this.tell({ kind: "cancelSignIn" });
    if (this.again !== undefined) this.leave();
  }

  private async back(): Promise<void> {
    if (this.running) await this.tell({ kind: "cancelSignIn" });
    this.leave();
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("cancelled"));
  }

  /** A text field lives in a shadow tree of its own, out of reach of the form's implicit submission. */
  private readonly submitOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    if ((event.target as HTMLElement).localName === "sp-textfield") this.submit(event);
  };
}

/** What is usually asked for at the providers where people sign in. Firefly Services themselves take no person's token. */
const SCOPES: Partial<Record<Preset, string>> = {
  adobeIms: "openid,AdobeID,ee.express_api,offline_access",
  adobeImsStage: "openid,AdobeID,ee.express_api,offline_access",
  custom: "openid offline_access",
};

customElements.define("glowjar-sign-in", SignInPage);
