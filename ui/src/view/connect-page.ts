/** Connect a program: what to put where so that it works with Glowjar, and the settings file of an MCP client. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import "@spectrum-web-components/field-label/sp-field-label.js";
import "@spectrum-web-components/textfield/sp-textfield.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Reply, Request } from "../bindings/request";
import type { FileChangeView, FileStep, RecipeView } from "../bindings/view";
import { copyText } from "../copy";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { t } from "../words";
import { time } from "../words/moment";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { choice } from "./field";
import { icon } from "./icon";

export class ConnectPage extends LitElement {
  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) profile = "";
  @property({ attribute: false }) clientId = "";
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private recipes: readonly RecipeView[] = [];
  @state() private chosen = "";
  @state() private path = "";
  @state() private change: (FileChangeView & { step: FileStep }) | undefined;
  @state() private letIn: (Reply & { kind: "letIn" }) | undefined;
  @state() private copied = "";
  @state() private failure: Failure | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    void focusWhenReady(this.querySelector("[data-testid=page-back]"));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["profile", "language"].some((name) => changed.has(name))) void this.load();
  }

  protected override render(): TemplateResult {
    const recipe = this.recipes.find(({ name }) => name === this.chosen);
    return html`<header class="page-header">
        <sp-action-button quiet label=${t("back")} data-testid="page-back" @click=${() => this.leave()}
          >${icon("back")}</sp-action-button
        >
        <h1>${t("connect")}</h1>
      </header>
      <div class="settings connect" data-testid="connect">
        <p>${t("connect-lead")}</p>
        ${choice({
          id: "program",
          label: t("connect-program"),
          value: this.chosen,
          options: this.recipes.map(({ name, title }) => [name, title]),
          onChange: (name) => this.choose(name),
        })}
        ${recipe ? this.recipe(recipe) : nothing}
        <div role="status">${this.failure ? failureNote(this.failure) : nothing}</div>
      </div>`;
  }

  private recipe(recipe: RecipeView): TemplateResult {
    const { title, mints, steps, limits, command, letInAs, hasFile } = recipe;
    return html`<section data-testid="recipe">
        <h2>${title}</h2>
        <p>${t(mints ? "connect-mints" : "connect-asks")}</p>
        <p>${typed(steps)}</p>
        ${this.line("command", t("connect-line"), command)}
        ${limits === "" ? nothing : html`<p class="help">${typed(limits)}</p>`}
      </section>
      ${letInAs === null ? nothing : this.secret(letInAs)} ${hasFile ? this.file() : nothing}`;
  }

  /** Something to put elsewhere, which is not secret. */
  private line(id: string, label: string, text: string): TemplateResult {
    const copy = async () => {
      await copyText(text);
      this.copied = id;
    };
    return html`<div class="to-copy">
      <div>
        <p class="small">${label}</p>
        <code dir="ltr" data-testid=${`connect-${id}`}>${text}</code>
      </div>
      <sp-action-button size="s" label=${`${t("connect-copy")}: ${label}`} data-testid=${`copy-${id}`} @click=${copy}
        >${t(this.copied === id ? "connect-copied" : "connect-copy")}</sp-action-button
      >
    </div>`;
  }

  private secret(name: string): TemplateResult {
    const { letIn } = this;
    return html`<section>
      <h2>${t("connect-here")}</h2>
      <p class="help">${t("connect-here-help", { program: name })}</p>
      <div>
        <sp-button
          size="m"
          variant="accent"
          data-testid="let-in"
          ?disabled=${letIn !== undefined}
          @click=${() => void this.makeSecret(name)}
          >${t("connect-make-secret")}</sp-button
        >
      </div>
      ${
        letIn
          ? html`<p role="status" data-testid="let-in-done">
                ${t("connect-secret-copied", { program: letIn.name, time: time(letIn.clearsAt) })}
              </p>
              ${this.line("token-url", t("connect-token-url"), letIn.tokenUrl)}
              ${this.line("client-id", t("connect-client-id"), this.clientId)}`
          : nothing
      }
    </section>`;
  }

  private file(): TemplateResult {
    const { change, path } = this;
    const typing = (event: Event) => {
      this.path = (event.target as HTMLInputElement).value;
      this.change = this.failure = undefined;
    };
    return html`<section>
      <h2>${t("connect-file")}</h2>
      <div class="field">
        <sp-field-label for="field-path" size="m">${t("connect-path")}</sp-field-label>
        <sp-textfield
          id="field-path"
          data-testid="field-path"
          autocomplete="off"
          spellcheck="false"
          dir="ltr"
          placeholder="~/.config/Claude/claude_desktop_config.json"
          .value=${path}
          @input=${typing}
        ></sp-textfield>
      </div>
      <div class="answers">
        ${this.step("preview", "secondary", path.trim() !== "")}
        ${change?.step === "preview" ? this.step("apply", "accent", true) : nothing}
        ${change?.step === "apply" ? this.step("undo", "secondary", true) : nothing}
      </div>
      ${change ? this.changed(change) : nothing}
    </section>`;
  }

  private step(step: FileStep, variant: "accent" | "secondary", enabled: boolean): TemplateResult {
    return html`<sp-button
      size="s"
      variant=${variant}
      treatment=${variant === "accent" ? "fill" : "outline"}
      data-testid=${`file-${step}`}
      ?disabled=${!enabled}
      @click=${() => void this.takeStep(step)}
      >${t(`connect-${step}`)}</sp-button
    >`;
  }

  private changed({ step, servers, backup }: FileChangeView & { step: FileStep }): TemplateResult {
    const said = {
      preview: t("connect-previewed"),
      apply: t("connect-applied", { backup }),
      undo: t("connect-undone"),
    }[step];
    return html`<p role="status" data-testid="file-said"><bdi>${said}</bdi></p>
      <ul class="permissions">
        ${servers.map(
          ({ server, line, gone }) =>
            html`<li data-testid="file-change">
              <div>
                <p>
                  <strong><bdi>${server}</bdi></strong>
                </p>
                <p class="small">${t("connect-runs")} <code dir="ltr">${line}</code></p>
                <p class="small">${t("connect-without", { names: gone.join(", ") })}</p>
              </div>
            </li>`,
        )}
      </ul>
      ${
        step === "preview"
          ? html`<div class="errand">
              <p class="help">${t("connect-take-over-help")}</p>
              <sp-button
                size="s"
                variant="secondary"
                treatment="outline"
                data-testid="take-over"
                @click=${() => void this.takeOver()}
                >${t("connect-take-over")}</sp-button
              >
            </div>`
          : nothing
      }`;
  }

  private choose(name: string): void {
    this.chosen = name;
    this.change = this.letIn = this.failure = undefined;
    this.copied = "";
  }

  private async makeSecret(name: string): Promise<void> {
    const reply = await this.ask({ kind: "letIn", profile: this.profile, name });
    if (reply?.kind === "letIn") this.letIn = reply;
  }

  private async takeStep(step: FileStep): Promise<void> {
    const reply = await this.ask({ kind: "connectFile", profile: this.profile, path: this.path, step });
    if (reply?.kind === "fileChanged") this.change = { ...reply.change, step };
  }

  /** What was understood stays with the application; the form gets a name for it. */
  private async takeOver(): Promise<void> {
    const reply = await this.ask({ kind: "understandFile", path: this.path });
    if (reply?.kind !== "understood") return;
    const { handle, refusal } = reply.understood;
    if (handle) this.dispatchEvent(new CustomEvent("understood", { detail: handle }));
    else if (refusal) this.failure = { headline: refusal.message, advice: "" };
  }

  private async ask(request: Request): Promise<Reply | undefined> {
    this.failure = undefined;
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "failed") this.failure = failureOf(reply);
      return reply;
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
      return undefined;
    }
  }

  private async load(): Promise<void> {
    const reply = await this.ask({ kind: "recipes", profile: this.profile });
    if (reply?.kind !== "recipes") return;
    this.recipes = reply.recipes;
    this.chosen ||= reply.recipes[0]?.name ?? "";
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("cancelled"));
  }
}

/** What stands between backticks is typed as it is. */
function typed(text: string): (TemplateResult | string)[] {
  return text.split("`").map((part, at) => (at % 2 === 1 ? html`<code dir="ltr">${part}</code>` : part));
}

customElements.define("glowjar-connect", ConnectPage);
