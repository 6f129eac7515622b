/**
 * One box for whatever an admin sent. It is sent to the application at once and leaves the page as soon as it was
 * understood: what comes back are facts and a name for the rest.
 */

import "@spectrum-web-components/button/sp-button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Anyway, Field } from "../bindings/request";
import type { RemarkView, UnderstoodView } from "../bindings/view";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { savedText } from "../saved-text";
import { t } from "../words";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { FIELD_OF } from "./profile-form";
import { refusalPanel, type Refusal } from "./refusal-panel";
import { remark, understoodCard } from "./understood-card";

export class PasteBox extends LitElement {
  @property({ attribute: false }) host!: Host;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private understood: (UnderstoodView & { handle: string }) | undefined;
  @state() private refusal: RemarkView | undefined;
  @state() private reading = false;
  @state() private dropping = false;
  @state() private name = "";
  @state() private nameError: string | undefined;
  @state() private trying = false;
  @state() private refused: Refusal | undefined;
  @state() private failure: Failure | undefined;

  private newest = 0;
  private pause: ReturnType<typeof setTimeout> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("dragover", this.onDragOver);
    addEventListener("dragleave", this.onDragLeave);
    addEventListener("drop", this.onDrop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.pause);
    removeEventListener("dragover", this.onDragOver);
    removeEventListener("dragleave", this.onDragLeave);
    removeEventListener("drop", this.onDrop);
  }

  protected override firstUpdated(): void {
    this.querySelector("textarea")?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has("understood")) return;
    const has = this.understood !== undefined;
    if (has || changed.get("understood")) {
      this.dispatchEvent(new CustomEvent("pasted", { detail: has }));
      void focusWhenReady(this.querySelector(has ? "[data-testid=save-understood]" : "textarea"));
    }
  }

  protected override render(): TemplateResult {
    return this.understood ? this.card(this.understood) : this.box();
  }

  private box(): TemplateResult {
    return html`<div class="paste ${this.dropping ? "dropping" : ""}">
      <label for="paste-text">${t("paste-label")}</label>
      <div class="paste-area">
        <textarea
          id="paste-text"
          data-testid="paste-text"
          dir="ltr"
          rows="4"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-describedby="paste-help"
          placeholder="curl -X POST 'https://ims-na1…'"
          aria-invalid=${this.refusal ? "true" : nothing}
          @input=${this.onInput}
        ></textarea>
        ${this.dropping ? html`<div class="drop-here">${t("paste-drop")}</div>` : nothing}
      </div>
      ${
        this.refusal
          ? remark(this.refusal, "paste-refusal")
          : html`<p class="help" id="paste-help">${t(this.reading ? "paste-reading" : "paste-help")}</p>`
      }
      ${this.failure ? failureNote(this.failure) : nothing}
    </div>`;
  }

  private card(understood: UnderstoodView & { handle: string }): TemplateResult {
    const { trying, refused, failure } = this;
    const mends = refused?.trouble.action;
    const anyway = refused?.anyway;
    const startAt = mends ? FIELD_OF[mends] : undefined;
    const change = (field: Field) =>
      this.dispatchEvent(new CustomEvent("change-understood", { detail: { handle: understood.handle, field } }));
    const rename = (name: string) => {
      this.name = name;
      this.nameError = undefined;
    };
    return html`<div class="pasted-words" @keydown=${this.saveOnEnter}>
      ${understoodCard(understood, this.name, this.nameError, rename)}
      ${refused ? refusalPanel(refused.trouble) : nothing} ${failure ? failureNote(failure) : nothing}
      <div class="understood-buttons">
        <sp-button
          size="l"
          variant="accent"
          data-testid="save-understood"
          data-busy=${String(trying)}
          @click=${() => (mends && startAt ? change(startAt) : void this.save(null))}
          >${t(
            trying
              ? "paste-trying"
              : mends && startAt
                ? `action-${mends}`
                : refused
                  ? "unreachable-retry"
                  : "paste-save",
          )}</sp-button
        >
        ${
          anyway
            ? html`<sp-button
                size="m"
                variant="secondary"
                treatment="outline"
                data-testid="save-anyway"
                @click=${() => void this.save(anyway)}
                >${t("save-anyway", { anyway })}</sp-button
              >`
            : nothing
        }
        <div class="understood-others">
          <button type="button" class="link" data-testid="change-understood" @click=${() => change("name")}>
            ${t("paste-change")}
          </button>
          <button type="button" class="link" data-testid="paste-again" @click=${() => this.again()}>
            ${t("paste-again")}
          </button>
        </div>
      </div>
    </div>`;
  }

  private readonly onInput = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    clearTimeout(this.pause);
    this.refusal = undefined;
    if (value.trim() === "") return;
    const typed =
      (event as InputEvent).inputType === "insertText" || (event as InputEvent).inputType.startsWith("delete");
    this.pause = setTimeout(() => void this.understand(value), typed ? TYPING_PAUSE : 0);
  };

  private async understand(text: string): Promise<void> {
    const mine = ++this.newest;
    this.reading = true;
    this.failure = undefined;
    try {
      const reply = await this.host.ask({ kind: "understand", text, api: null });
      if (mine !== this.newest) return;
      if (reply.kind === "failed") this.failure = failureOf(reply);
      if (reply.kind !== "understood") return;
      const { understood } = reply;
      const { handle } = understood;
      if (handle === null) {
        this.refusal = understood.refusal ?? undefined;
        return;
      }
      const area = this.querySelector("textarea");
      if (area) area.value = "";
      this.name = understood.suggestedName;
      this.nameError = undefined;
      this.refused = undefined;
      this.understood = { ...understood, handle };
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    } finally {
      if (mine === this.newest) this.reading = false;
    }
  }

  private async save(anyway: Anyway | null): Promise<void> {
    const { understood, name } = this;
    if (!understood || this.trying) return;
    this.trying = true;
    this.failure = undefined;
    this.refused = undefined;
    try {
      const reply = await this.host.ask({ kind: "addUnderstood", handle: understood.handle, name, anyway });
      if (reply.kind === "saved") this.dispatchEvent(new CustomEvent("saved", { detail: reply.profile }));
      else if (reply.kind === "refused") this.refused = reply;
      else if (reply.kind === "failed") this.failure = failureOf(reply);
      else if (reply.kind === "invalid") this.complain(reply.fields);
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("form-unreachable") };
    } finally {
      this.trying = false;
    }
  }

  /** The name can be mended here; anything else in the form. */
  private complain(fields: { field: string; message: string }[]): void {
    this.nameError = fields.find(({ field }) => field === "name")?.message;
    const other = fields.find(({ field }) => field !== "name");
    if (other) this.failure = { headline: other.message, advice: "" };
  }

  private again(): void {
    this.newest += 1;
    this.understood = undefined;
    this.refused = undefined;
    this.failure = undefined;
  }

  private readonly saveOnEnter = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.isComposing && (event.target as HTMLElement).localName === "sp-textfield") {
      void this.save(null);
    }
  };

  private readonly onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer || this.understood) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.dropping = true;
  };

  private readonly onDragLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.dropping = false;
  };

  private readonly onDrop = (event: DragEvent): void => {
    event.preventDefault();
    this.dropping = false;
    const file = event.dataTransfer?.files[0];
    const text = event.dataTransfer?.getData("text/plain");
    if (file && file.size > LARGEST) {
      this.refusal = { code: "too_big", message: t("paste-too-big"), advice: t("paste-too-big-advice") };
    } else if (file) void file.arrayBuffer().then((bytes) => this.understand(savedText(new Uint8Array(bytes))));
    else if (text) void this.understand(text);
  };
}

/** Milliseconds without a key before typing is taken for finished. */
const TYPING_PAUSE = 500;
/** In bytes. The application has a limit of its own; this one keeps a film from being read into memory. */
const LARGEST = 2_000_000;

customElements.define("glowjar-paste", PasteBox);
