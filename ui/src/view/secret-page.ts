/** A profile's client secret: how old it is, when to replace it, and how that is done without a gap. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Field, Reply, Request } from "../bindings/request";
import type { ClientSecretView, ProfileView, ReplaceByView, SecretView } from "../bindings/view";
import { clock } from "../clock";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { t } from "../words";
import { dateWithYear, dayOf, moment } from "../words/moment";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { choice, secretField, textField } from "./field";
import { icon } from "./icon";
import { refusalPanel, type Refusal } from "./refusal-panel";

type Done = "accepted-now" | "gone" | "lost-dropped" | "page-known" | "page-forgotten";
/** What the button at the end of the page does. */
type What = "replace" | "confirm" | "make" | "try" | "drop-lost" | "delete-old";

export class SecretPage extends LitElement {
  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) profile!: ProfileView;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private typed = { value: "", stored: false, removed: false, revealed: false };
  @state() private errors = new Map<Field, string>();
  @state() private failure: Failure | undefined;
  @state() private refused: Refusal | undefined;
  @state() private done: Done | undefined;
  @state() private asking = false;
  /** The address of the credential's page, as it is typed. */
  @state() private page = "";
  /** As the provider told them last. */
  @state() private secrets: ClientSecretView[] | undefined;
  /** A day is being chosen, and none was yet. */
  @state() private choosingDay = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    const first = this.isLost ? "field-client-secret" : "page-back";
    void focusWhenReady(this.querySelector(`[data-testid=${first}]`));
  }

  /** The provider takes none of its secrets, or they are gone: nothing works that would have to go on working. */
  private get isLost(): boolean {
    return this.profile.trouble?.action === "replaceSecret";
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("failure") || changed.has("refused") || changed.has("done"))
      this.querySelector(".form-summary")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const { profile } = this;
    const { secret } = profile;
    return html`<div class="form">
      <header class="page-header">
        <sp-action-button quiet label=${t("back")} data-testid="page-back" @click=${() => this.leave()}
          >${icon("back")}</sp-action-button
        >
        <h1 dir="auto">${t("secret-of", { name: profile.name })}</h1>
      </header>
      ${secret ? this.body(secret) : nothing}
    </div>`;
  }

  private body(secret: SecretView): TemplateResult {
    const what = this.what(secret);
    // What is to be done at once comes before what is to be known.
    return html`<div class="form-body">
        ${
          this.isLost
            ? html`${this.lost()} ${this.facts(secret)} ${this.plan(secret)}`
            : html`${this.facts(secret)} ${this.plan(secret)}
              ${secret.hasStandby ? this.oldOne(secret) : this.steps(secret)}`
        }
      </div>
      <footer class="form-footer">
        ${this.said()}
        <div class="form-buttons">
          <sp-button variant="secondary" treatment="outline" data-testid="secret-close" @click=${() => this.leave()}
            >${t("secret-close")}</sp-button
          >
          ${this.button(what)}
        </div>
      </footer>`;
  }

  /** There is nothing to keep as the standby. */
  private lost(): TemplateResult {
    const { provider, trouble } = this.profile;
    const wasRejected = trouble?.code === "secret_rejected" || trouble?.code === "keeper_refuses";
    const make = provider.preset === "keeper" ? "secret-lost-line" : "secret-lost-make";
    return html`<h2 class="section">${t("secret-lost")}</h2>
      <p data-testid="secret-lost">${t(wasRejected ? "secret-lost-rejected" : "secret-lost-gone")}</p>
      <ol class="steps">
        <li>${t(make)}</li>
        <li>${t("secret-step-paste")}</li>
      </ol>
      ${this.field()}`;
  }

  /** What a person typed goes before what Glowjar could do by itself. */
  private what({ api, hasStandby }: SecretView): What {
    if (this.isLost || this.typed.value !== "") return "replace";
    const step = api?.isSetUp ? api.step : "byHand";
    if (step === "make" || step === "lookAfterLost") return step === "make" ? "make" : "drop-lost";
    if (step === "tryMade" || step === "deleteOld") return step === "tryMade" ? "try" : "delete-old";
    return hasStandby ? "confirm" : "replace";
  }

  private oldOne({ standbyInUse, api }: SecretView): TemplateResult {
    const step = api?.isSetUp ? api.step : "byHand";
    if (step === "tryMade")
      return html`<h2 class="section">${t("secret-made-headline")}</h2>
        <p data-testid="secret-made">${t("secret-made")}</p>
        ${this.list()}`;
    const byApi = step === "deleteOld" && !standbyInUse;
    return html`<h2 class="section">${t("secret-two")}</h2>
      <p data-testid="secret-old">
        ${t(standbyInUse ? "secret-first-refused" : byApi ? "secret-delete-old-here" : "secret-delete-old-there")}
      </p>
      ${byApi ? this.list() : nothing}
      <details class="more">
        <summary data-testid="secret-another">${t("secret-another")}</summary>
        ${this.field()}
      </details>`;
  }

  private steps({ api }: SecretView): TemplateResult {
    const byHand = html`<ol class="steps">
        <li>${t("secret-step-make")}</li>
        <li>${t("secret-step-paste")}</li>
        <li>${t("secret-step-delete")}</li>
      </ol>
      ${this.field()}`;
    if (!api?.isSetUp)
      return html`<h2 class="section">${t("secret-replace-headline")}</h2>
        ${byHand} ${api ? this.setUp() : nothing}`;
    const isLost = api.step === "lookAfterLost";
    return html`<h2 class="section">${t(isLost ? "secret-perhaps-made" : "secret-replace-headline")}</h2>
      <p data-testid=${isLost ? "secret-look-after" : "secret-make-here"}>
        ${t(isLost ? "secret-look-after" : "secret-make-here")}
      </p>
      ${this.list()}
      <details class="more">
        <summary data-testid="secret-by-hand">${t("secret-by-hand")}</summary>
        ${byHand}
      </details>`;
  }

  /** Where the admin gives the right, Glowjar makes and deletes secrets itself. */
  private setUp(): TemplateResult {
    return html`<details class="more">
      <summary data-testid="secret-by-api">${t("secret-by-api")}</summary>
      <p>${t("secret-by-api-help")}</p>
      <form class="secret-new" novalidate @submit=${this.submitPage} @keydown=${this.pageOnEnter}>
        ${textField({
          field: "consolePage",
          label: t("secret-page"),
          help: t("secret-page-help"),
          value: this.page,
          error: this.errors.get("consolePage"),
          ltr: true,
          onInput: (value) => {
            this.page = value;
            this.clear();
          },
        })}
      </form>
      <sp-button
        size="s"
        variant="primary"
        treatment="outline"
        data-testid="secret-set-page"
        @click=${() => void this.setPage()}
        >${t(this.asking ? "secret-trying" : "secret-set-page")}</sp-button
      >
    </details>`;
  }

  /** What the provider tells of the secrets, once it was asked. */
  private list(): TemplateResult {
    const { secrets } = this;
    return html`${
        secrets
          ? html`<ul class="facts" data-testid="secret-list">
              ${secrets.map(
                ({ createdAt, lastUsedAt, isMadeHere }) =>
                  html`<li>
                    ${[
                      isMadeHere ? t("secret-listed-new") : t("secret-listed"),
                      createdAt === null ? "" : t("secret-made-on", { date: dateWithYear(createdAt) }),
                      lastUsedAt === null ? t("secret-never-used") : t("secret-used", { moment: moment(lastUsedAt) }),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      <div class="form-links">
        <sp-action-button size="s" quiet data-testid="secret-ask-list" @click=${() => void this.askList()}
          >${t(secrets ? "secret-list-again" : "secret-list")}</sp-action-button
        >
        <sp-action-button size="s" quiet data-testid="secret-forget-page" @click=${() => void this.forgetPage()}
          >${t("secret-forget-page")}</sp-action-button
        >
      </div>`;
  }

  private facts({ since, hasStandby, standbyInUse }: SecretView): TemplateResult {
    const { validity } = this.profile;
    const fact = (id: string, text: string) => html`<li data-testid=${id}>${text}</li>`;
    return html`<ul class="facts">
      ${fact("secret-since", since === null ? t("secret-since-unknown") : t("secret-since", { date: dateWithYear(since), days: daysSince(since) }))}
      ${validity ? fact("secret-accepted", t("secret-accepted", { moment: moment(validity.issuedAt) })) : nothing}
      ${hasStandby && !this.isLost ? fact("secret-standby", t(standbyInUse ? "secret-standby-in-use" : "secret-standby")) : nothing}
    </ul>`;
  }

  private plan({ replaceBy, dueAt }: SecretView): TemplateResult {
    const chosen = this.choosingDay || replaceBy?.kind === "on" ? DAY : replaceBy ? String(replaceBy.days) : NEVER;
    const ages = [...new Set([...AGES, ...(replaceBy?.kind === "after" ? [replaceBy.days] : [])])];
    const error = this.errors.get("replaceBy");
    return html`${choice({
      id: "replace-by",
      label: t("secret-plan"),
      help: dueAt === null ? t("secret-plan-help") : t("secret-due", { date: dateWithYear(dueAt) }),
      value: chosen,
      options: [
        [NEVER, t("secret-never")],
        ...ages.map((days): [string, string] => [String(days), t("secret-after", { days })]),
        [DAY, t("secret-on-day")],
      ],
      onChange: (value) => {
        this.choosingDay = value === DAY;
        if (value === NEVER) void this.planFor(null);
        else if (value !== DAY) void this.planFor({ kind: "after", days: Number(value) });
      },
    })}
    ${
      chosen === DAY
        ? html`<div class="field">
            <label for="secret-day">${t("secret-day")}</label>
            <input
              id="secret-day"
              class="day"
              type="date"
              data-testid="secret-day"
              min=${dayOf(clock.now())}
              .value=${replaceBy?.kind === "on" ? dayOf(replaceBy.at) : ""}
              aria-invalid=${error === undefined ? nothing : "true"}
              @change=${(event: Event) => this.dayChosen((event.target as HTMLInputElement).value)}
            />
          </div>`
        : nothing
    }
    ${error === undefined ? nothing : html`<p class="wrong" role="alert" data-testid="error-replace-by">${error}</p>`}`;
  }

  private field(): TemplateResult {
    return html`<form class="secret-new" novalidate @submit=${this.submit} @keydown=${this.submitOnEnter}>
      ${secretField({
        field: "clientSecret",
        label: t("secret-new"),
        help: t("secret-new-help"),
        removable: false,
        pasted: false,
        secret: this.typed,
        error: this.errors.get("clientSecret"),
        onChange: (change) => {
          this.typed = { ...this.typed, ...change };
          this.clear();
        },
      })}
    </form>`;
  }

  private button(what: What): TemplateResult {
    const acts: Record<What, () => Promise<void>> = {
      replace: () => this.replace(),
      confirm: () => this.confirm(),
      make: () => this.make(),
      try: () => this.tryMade(),
      "drop-lost": () => this.dropLost(),
      "delete-old": () => this.deleteOld(),
    };
    return html`<sp-button
      variant=${what === "delete-old" ? "negative" : "accent"}
      data-testid=${`secret-${what}`}
      data-busy=${String(this.asking)}
      @click=${() => void acts[what]()}
      >${t(this.asking ? "secret-trying" : `secret-${what}`)}</sp-button
    >`;
  }

  private said(): TemplateResult {
    return html`${this.refused ? refusalPanel(this.refused.trouble) : nothing}
      <div class="form-summary" role="alert">
        ${this.failure ? failureNote(this.failure, "secret-failure") : nothing}
        ${
          this.done
            ? html`<p class="inline-note" data-testid="secret-done">
                ${icon("check")}<span>${t(`secret-${this.done}`)}</span>
              </p>`
            : nothing
        }
      </div>`;
  }

  private async replace(): Promise<void> {
    const text = this.typed.value;
    if (!(await this.ask({ kind: "replaceSecret", profile: this.profile.id, text }, "accepted-now"))) return;
    this.typed = { ...this.typed, value: "", revealed: false };
  }

  private async confirm(): Promise<void> {
    await this.ask({ kind: "confirmSecretGone", profile: this.profile.id }, "gone");
  }

  /** Each step is kept before the next: if this window closes in between, the page goes on from there. */
  private async make(): Promise<void> {
    if (await this.ask({ kind: "makeSecret", profile: this.profile.id })) await this.tryMade();
  }

  private async tryMade(): Promise<void> {
    await this.ask({ kind: "tryMadeSecret", profile: this.profile.id }, "accepted-now");
    this.secrets = undefined;
  }

  private async dropLost(): Promise<void> {
    await this.ask({ kind: "dropLostSecret", profile: this.profile.id }, "lost-dropped");
    this.secrets = undefined;
  }

  private async deleteOld(): Promise<void> {
    if (await this.ask({ kind: "deleteOldSecret", profile: this.profile.id })) await this.confirm();
    this.secrets = undefined;
  }

  private async setPage(): Promise<void> {
    await this.ask({ kind: "setConsole", profile: this.profile.id, page: this.page }, "page-known");
  }

  private async forgetPage(): Promise<void> {
    await this.ask({ kind: "setConsole", profile: this.profile.id, page: "" }, "page-forgotten");
    this.secrets = undefined;
    this.page = "";
  }

  private async askList(): Promise<void> {
    await this.ask({ kind: "listSecrets", profile: this.profile.id });
  }

  private async planFor(replaceBy: ReplaceByView | null): Promise<void> {
    await this.ask({ kind: "planSecret", profile: this.profile.id, replaceBy });
  }

  private dayChosen(value: string): void {
    // Noon, so that it is this day wherever the person travels.
    const at = Date.parse(`${value}T12:00`);
    void this.planFor({ kind: "on", at: Number.isNaN(at) ? 0 : at });
  }

  /** Whether it was done. */
  private async ask(request: Request, done?: Done): Promise<boolean> {
    if (this.asking) return false;
    this.clear();
    this.asking = true;
    let reply: Reply;
    try {
      reply = await this.host.ask(request);
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
      return false;
    } finally {
      this.asking = false;
    }
    if (reply.kind === "invalid") this.errors = new Map(reply.fields.map(({ field, message }) => [field, message]));
    else if (reply.kind === "refused") this.refused = reply;
    else if (reply.kind === "failed") this.failure = failureOf(reply);
    else {
      if (reply.kind === "clientSecrets") this.secrets = reply.secrets;
      this.done = done;
      this.choosingDay = false;
      return true;
    }
    return false;
  }

  private clear(): void {
    this.failure = undefined;
    this.refused = undefined;
    this.done = undefined;
    this.errors = new Map();
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("cancelled"));
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.replace();
  };

  private readonly submitPage = (event: Event): void => {
    event.preventDefault();
    void this.setPage();
  };

  private readonly pageOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    if ((event.target as HTMLElement).localName === "sp-textfield") this.submitPage(event);
  };

  /** A text field lives in a shadow tree of its own, out of reach of the form's implicit submission. */
  private readonly submitOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    if ((event.target as HTMLElement).localName === "sp-textfield") this.submit(event);
  };
}

function daysSince(at: number): number {
  return Math.max(0, Math.floor((clock.now() - at) / 86_400_000));
}

const NEVER = "never";
const DAY = "day";
/** What studios' rules usually ask for. */
const AGES = [30, 90, 180, 365];

customElements.define("glowjar-secret", SecretPage);
