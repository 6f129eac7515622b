/** A server of the person's own that is told when a profile needs a person. */

import "@spectrum-web-components/button/sp-button.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Field, Request } from "../bindings/request";
import type { Host } from "../host";
import { t } from "../words";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { secretField, textField } from "./field";

export class WebhookSetting extends LitElement {
  @property({ attribute: false }) host!: Host;
  /** The server that is told, if one is. */
  @property({ attribute: false }) server: string | null = null;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private address = "";
  @state() private secret = NO_SECRET;
  @state() private errors = new Map<Field, string>();
  @state() private failure: Failure | undefined;
  @state() private arrived = false;
  @state() private asking = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<section data-testid="webhook">
      <h2>${t("settings-webhook")}</h2>
      <p class="help">${t("settings-webhook-help")}</p>
      ${this.failure ? failureNote(this.failure, "webhook-failure") : nothing}
      ${this.server === null ? this.form() : this.set(this.server)}
    </section>`;
  }

  private form(): TemplateResult {
    return html`${textField({
        field: "webhookAddress",
        label: t("settings-webhook-address"),
        help: undefined,
        ltr: true,
        placeholder: "https://",
        value: this.address,
        error: this.errors.get("webhookAddress"),
        onInput: (address) => (this.address = address),
      })}
      ${secretField({
        field: "webhookSecret",
        label: t("settings-webhook-secret"),
        help: t("settings-webhook-secret-help"),
        removable: false,
        pasted: false,
        secret: this.secret,
        error: this.errors.get("webhookSecret"),
        onChange: (change) => (this.secret = { ...this.secret, ...change }),
      })}
      <div class="form-buttons">
        ${this.button("webhook-make", t("settings-webhook-make"), () => this.make())}
        ${this.button("webhook-begin", t("settings-webhook-begin"), () => void this.begin())}
      </div>`;
  }

  private set(server: string): TemplateResult {
    return html`<p data-testid="webhook-on">${t("settings-webhook-on", { server })}</p>
      <div role="status">${this.arrived ? html`<p class="help">${t("settings-webhook-arrived")}</p>` : nothing}</div>
      <div class="form-buttons">
        ${this.button("webhook-try", t("settings-webhook-try"), () => void this.tryOut())}
        ${this.button("webhook-end", t("settings-webhook-end"), () => void this.end())}
      </div>`;
  }

  private button(id: string, label: string, onClick: () => void): TemplateResult {
    return html`<sp-button
      size="m"
      variant="secondary"
      treatment="outline"
      data-testid=${id}
      data-busy=${String(this.asking)}
      @click=${onClick}
      >${label}</sp-button
    >`;
  }

  /** Shown, so that it can be given to the server. */
  private make(): void {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const value = `whsec_${btoa(String.fromCharCode(...bytes))}`;
    this.secret = { ...NO_SECRET, value, revealed: true };
  }

  private async begin(): Promise<void> {
    const { address, secret } = this;
    if (await this.ask({ kind: "setWebhook", address, signingSecret: secret.value })) {
      this.address = "";
      this.secret = NO_SECRET;
    }
  }

  private async end(): Promise<void> {
    await this.ask({ kind: "setWebhook", address: "", signingSecret: "" });
  }

  private async tryOut(): Promise<void> {
    this.arrived = await this.ask({ kind: "tryWebhook" });
  }

  /** Whether that was done. */
  private async ask(request: Request): Promise<boolean> {
    if (this.asking) return false;
    this.asking = true;
    this.failure = undefined;
    this.arrived = false;
    this.errors = new Map();
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "invalid") this.errors = new Map(reply.fields.map(({ field, message }) => [field, message]));
      else if (reply.kind === "failed") this.failure = failureOf(reply);
      return reply.kind === "done";
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
      return false;
    } finally {
      this.asking = false;
    }
  }
}

const NO_SECRET = { value: "", stored: false, removed: false, revealed: false };

customElements.define("glowjar-webhook", WebhookSetting);
