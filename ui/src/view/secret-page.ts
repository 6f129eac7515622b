/** A profile's client secret: how old it is, when to replace it, and how that is done without a gap. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Field, Reply, Request } from "../bindings/request";
import type { ProfileView, ReplaceByView, SecretView } from "../bindings/view";
import { clock } from "../clock";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { t } from "../words";
import { dateWithYear, dayOf, moment } from "../words/moment";
import type { Failure } from "./actions";
import { failureNote } from "./failure-note";
import { choice, secretField } from "./field";
import { icon } from "./icon";
import { refusalPanel, type Refusal } from "./refusal-panel";

type Done = "accepted-now" | "gone";

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
  /** A day is being chosen, and none was yet. */
  @state() private choosingDay = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    void focusWhenReady(this.querySelector("[data-testid=page-back]"));
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
    const { hasStandby, standbyInUse } = secret;
    return html`<div class="form-body">
        ${this.facts(secret)} ${this.plan(secret)}
        <h2 class="section">${t(hasStandby ? "secret-two" : "secret-replace-headline")}</h2>
        ${
          hasStandby
            ? html`<p data-testid="secret-delete-old">
                  ${t(standbyInUse ? "secret-first-refused" : "secret-delete-old")}
                </p>
                <details class="more">
                  <summary data-testid="secret-another">${t("secret-another")}</summary>
                  ${this.field()}
                </details>`
            : html`<ol class="steps">
                  <li>${t("secret-step-make")}</li>
                  <li>${t("secret-step-paste")}</li>
                  <li>${t("secret-step-delete")}</li>
                </ol>
                ${this.field()}`
        }
      </div>
      <footer class="form-footer">
        ${this.said()}
        <div class="form-buttons">
          <sp-button variant="secondary" treatment="outline" data-testid="secret-close" @click=${() => this.leave()}
            >${t("secret-close")}</sp-button
          >
          ${hasStandby && this.typed.value === "" ? this.button("confirm", "secret-confirm") : this.button("replace", "secret-replace")}
        </div>
      </footer>`;
  }

  private facts({ since, hasStandby, standbyInUse }: SecretView): TemplateResult {
    const { validity } = this.profile;
    const fact = (id: string, text: string) => html`<li data-testid=${id}>${text}</li>`;
    return html`<ul class="facts">
      ${fact("secret-since", since === null ? t("secret-since-unknown") : t("secret-since", { date: dateWithYear(since), days: daysSince(since) }))}
      ${validity ? fact("secret-accepted", t("secret-accepted", { moment: moment(validity.issuedAt) })) : nothing}
      ${hasStandby ? fact("secret-standby", t(standbyInUse ? "secret-standby-in-use" : "secret-standby")) : nothing}
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

  private button(what: "replace" | "confirm", text: string): TemplateResult {
    return html`<sp-button
      variant="accent"
      data-testid=${`secret-${what}`}
      data-busy=${String(this.asking)}
      @click=${() => void (what === "replace" ? this.replace() : this.confirm())}
      >${t(this.asking ? "secret-trying" : text)}</sp-button
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
    else if (reply.kind === "failed") this.failure = { headline: reply.message, advice: reply.advice };
    else {
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
