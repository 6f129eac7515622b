/**
 * Adding and editing a profile. What was typed stays typed, whatever the answer; secrets go in and never come back.
 * Like all our elements it renders into the page itself, so that styles, labels and tests reach everything.
 */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Anyway, ApiView, FamilyView, Field, PresetView } from "../bindings/request";
import type { Action, GrantView, Preset } from "../bindings/view";
import {
  apiOf,
  emptyForm,
  errorsOf,
  formOf,
  toDraft,
  withApi,
  withPreset,
  type FormState,
  type SecretField,
} from "../draft";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { t } from "../words";
import type { Failure } from "./actions";
import { failureOf } from "./failure-note";
import { refusalPanel, type Refusal } from "./refusal-panel";
import { choice, kebab, secretField, textField } from "./field";
import { icon } from "./icon";

export class ProfileForm extends LitElement {
  @property({ attribute: false }) host!: Host;
  /** Absent for a new profile. */
  @property({ attribute: false }) profile: string | null = null;
  @property({ attribute: false }) profileName = "";
  /** Names what was pasted, where that is to be changed before it is saved. */
  @property({ attribute: false }) understood: string | null = null;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";
  /** Where to put the cursor. */
  @property({ attribute: false }) startAt: Field = "name";

  @state() private form: FormState | undefined;
  @state() private presets: readonly PresetView[] = [];
  @state() private apis: readonly ApiView[] = [];
  @state() private families: readonly FamilyView[] = [];
  /** Chosen last; one that has ended explains itself and changes nothing. */
  @state() private api: ApiView | undefined;
  @state() private errors = new Map<Field, string>();
  @state() private failure: Failure | undefined;
  @state() private refused: Refusal | undefined;
  @state() private saving = false;
  @state() private moreIsOpen = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("form") && changed.get("form") === undefined && this.form) void this.focusField(this.startAt);
  }

  protected override render(): TemplateResult {
    const anyway = this.refused?.anyway;
    return html`<form
      class="form"
      novalidate
      @submit=${(event: Event) => void this.save(event)}
      @keydown=${this.saveOnEnter}
    >
      <header class="page-header">
        <sp-action-button quiet label=${t("back")} data-testid="form-back" @click=${() => this.leave()}
          >${icon("back")}</sp-action-button
        >
        <h1 dir="auto">${this.profile === null ? t("form-new") : t("form-edit", { name: this.profileName })}</h1>
      </header>
      <div class="form-body">
        ${this.form ? this.fields(this.form) : this.failure ? nothing : html`<p class="small">${t("form-loading")}</p>`}
      </div>
      <footer class="form-footer">
        ${this.refused ? refusalPanel(this.refused.trouble) : nothing} ${this.summary()}
        <div class="form-buttons">
          <sp-button variant="secondary" treatment="outline" data-testid="cancel-edit" @click=${() => this.leave()}
            >${t("cancel")}</sp-button
          >
          ${
            anyway
              ? html`<sp-button
                  variant="secondary"
                  treatment="outline"
                  data-testid="save-anyway"
                  @click=${(event: Event) => void this.save(event, anyway)}
                  >${t("save-anyway", { anyway })}</sp-button
                >`
              : nothing
          }
          <sp-button
            variant="accent"
            data-testid="save-profile"
            data-busy=${String(this.saving)}
            ?disabled=${!this.form}
            @click=${(event: Event) => void this.save(event)}
            >${this.saving ? t(this.profile === null ? "form-trying" : "form-saving") : t("form-save")}</sp-button
          >
        </div>
      </footer>
    </form>`;
  }

  private summary(): TemplateResult {
    const { size } = this.errors;
    return html`<div class="form-summary" role="alert">
      ${
        this.failure
          ? html`<p data-testid="form-failure"><strong>${this.failure.headline}</strong> ${this.failure.advice}</p>`
          : size > 0 && !this.refused
            ? html`<p>${t("form-invalid", { count: size })}</p>`
            : nothing
      }
    </div>`;
  }

  private fields(form: FormState): TemplateResult {
    const preset = this.presets.find(({ preset }) => preset === form.preset);
    const text = (field: Field, label: string, help?: string, more: { ltr?: boolean; placeholder?: string } = {}) =>
      textField({
        field,
        label,
        help,
        value: form.text[field] ?? "",
        error: this.errors.get(field),
        ...more,
        onInput: (value) => this.change({ text: { ...form.text, [field]: value } }, field),
      });
    const secret = (field: SecretField, label: string, help?: string, removable = false) =>
      secretField({
        field,
        label,
        help,
        removable,
        pasted: this.understood !== null,
        secret: form.secrets[field],
        error: this.errors.get(field),
        onChange: (change) =>
          this.change({ secrets: { ...form.secrets, [field]: { ...form.secrets[field], ...change } } }, field),
      });

    return html`${text("name", t("form-name"), t("form-name-help"))}
      ${choice({
        id: "preset",
        label: t("form-preset"),
        help: preset?.help,
        value: form.preset,
        options: this.presets.map(({ preset, label }) => [preset, label]),
        onChange: (value) => this.choosePreset(value as Preset),
      })}
      ${preset?.customEndpoint ? text("tokenEndpoint", t("form-token-endpoint"), undefined, { ltr: true, placeholder: "https://" }) : nothing}
      ${form.preset === "custom" ? this.wireChoices(form) : nothing}
      ${text("clientId", t("form-client-id"), undefined, { ltr: true })}
      ${form.clientAuthentication === "none" ? nothing : secret("clientSecret", t("form-client-secret"))}
      ${
        preset && preset.grants.length > 1
          ? choice({
              id: "grant",
              label: t("form-grant"),
              value: form.grant,
              options: preset.grants.map((grant) => [grant, t(`grant-${grant}`)]),
              onChange: (value) => this.change({ grant: value as GrantView }),
            })
          : nothing
      }
      ${form.grant === "refresh_token" ? secret("refreshToken", t("form-refresh-token")) : nothing}
      ${isAdobes(form.preset) ? this.apiChoice(form) : nothing}
      ${text("scopes", t("form-scopes"), t("form-scopes-help"), { ltr: true })}
      <details class="more" ?open=${this.moreIsOpen} @toggle=${this.onToggle}>
        <summary data-testid="form-more">${t("form-more")}</summary>
        ${
          form.clientAuthentication === "none"
            ? nothing
            : secret("standbySecret", t("form-standby-secret"), t("form-standby-help"), true)
        }
        ${text("renewEarlyMinutes", t("form-renew-early"), t("form-renew-early-help"), { ltr: true })}
        ${this.familyChoice(form)}
      </details>`;
  }

  /** What the scopes are for. They can be typed as well. */
  private apiChoice(form: FormState): TemplateResult {
    const ended = this.api?.hasEnded ? this.api : undefined;
    const shown = ended ?? apiOf(form.text.scopes ?? "", this.apis);
    const others: [string, string][] = shown ? [] : [["", t("form-api-other")]];
    return choice({
      id: "api",
      label: t("form-api"),
      help: shown?.help,
      value: shown?.api ?? "",
      options: [...others, ...this.apis.map(({ api, label }): [string, string] => [api, label])],
      onChange: (value) => {
        this.api = this.apis.find(({ api }) => api === value);
        const preset = this.presets.find(({ preset }) => preset === form.preset);
        if (this.api) this.change(withApi(form, this.api, preset), "scopes");
      },
    });
  }

  /** Under which names this profile's programs read. */
  private familyChoice(form: FormState): TemplateResult {
    const [usual] = this.families;
    const shown = this.families.find(({ family }) => family === form.family) ?? usual;
    return choice({
      id: "family",
      label: t("form-family"),
      help: t(shown?.hasToken === false ? "form-family-mints" : "form-family-help"),
      value: shown?.family ?? "",
      options: this.families.map(({ family, label, names }) => [family, `${label}: ${names}`]),
      onChange: (value) => this.change({ family: value === usual?.family ? null : value }),
    });
  }

  private wireChoices(form: FormState): TemplateResult {
    return html`<div class="pair">
      ${choice({
        id: "encoding",
        label: t("form-encoding"),
        value: form.encoding,
        options: (["form", "json"] as const).map((option) => [option, t(`encoding-${option}`)]),
        onChange: (value) => this.change({ encoding: value as FormState["encoding"] }),
      })}
      ${choice({
        id: "client-authentication",
        label: t("form-client-authentication"),
        value: form.clientAuthentication,
        options: (["body", "basic", "none"] as const).map((option) => [option, t(`authentication-${option}`)]),
        onChange: (value) => this.change({ clientAuthentication: value as FormState["clientAuthentication"] }),
      })}
    </div>`;
  }

  private async load(): Promise<void> {
    this.failure = undefined;
    try {
      const offered = await this.host.ask({ kind: "presets" });
      if (offered.kind === "presets") {
        ({ presets: this.presets, apis: this.apis, families: this.families } = offered);
      }
      if (this.profile === null && this.understood === null) {
        const [first] = this.presets;
        this.form = first ? withPreset(emptyForm(), first, undefined) : emptyForm();
        return;
      }
      const reply = await this.host.ask(
        this.understood === null
          ? { kind: "draftOf", profile: this.profile ?? "" }
          : { kind: "draftOfUnderstood", handle: this.understood },
      );
      if (reply.kind === "draft") {
        this.form = formOf(reply.draft);
        this.moreIsOpen = this.startAt === "standbySecret" || this.startAt === "renewEarlyMinutes";
      } else if (reply.kind === "failed") {
        this.failure = failureOf(reply);
      }
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  private choosePreset(value: Preset): void {
    const preset = this.presets.find(({ preset }) => preset === value);
    const before = this.presets.find(({ preset }) => preset === this.form?.preset);
    if (!preset || !this.form) return;
    this.form = withPreset(this.form, preset, before);
    this.errors = new Map();
  }

  private change(part: Partial<FormState>, mended?: Field): void {
    if (!this.form) return;
    if (part.text && part.text.scopes !== this.form.text.scopes) this.api = undefined;
    this.form = { ...this.form, ...part };
    if (mended && this.errors.has(mended)) {
      this.errors = new Map([...this.errors].filter(([field]) => field !== mended));
    }
  }

  private readonly save = async (event: Event, anyway: Anyway | null = null): Promise<void> => {
    event.preventDefault();
    if (!this.form || this.saving) return;
    const local = errorsOf(this.form);
    if (local.size > 0) {
      this.refuse(local);
      return;
    }
    this.saving = true;
    this.failure = undefined;
    this.refused = undefined;
    const { profile, understood } = this;
    try {
      const draft = toDraft(this.form, profile === null && understood === null);
      const reply = await this.host.ask({ kind: "saveProfile", profile, draft, understood, anyway });
      if (reply.kind === "saved") this.dispatchEvent(new CustomEvent("saved", { detail: reply.profile }));
      else if (reply.kind === "invalid")
        this.refuse(new Map(reply.fields.map(({ field, message }) => [field, message])));
      else if (reply.kind === "refused") await this.showRefusal(reply);
      else if (reply.kind === "failed") this.failure = failureOf(reply);
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("form-unreachable") };
    } finally {
      this.saving = false;
    }
  };

  private refuse(errors: Map<Field, string>): void {
    this.errors = errors;
    if (errors.has("standbySecret") || errors.has("renewEarlyMinutes")) this.moreIsOpen = true;
    void this.updateComplete.then(() => {
      const first = this.querySelector<HTMLElement>("[data-testid^='field-'][invalid]");
      first?.focus();
    });
  }

  /** What the provider doesn't like is said at the field that mends it, too. */
  private async showRefusal(refused: Refusal): Promise<void> {
    this.refused = refused;
    const { action, headline } = refused.trouble;
    const field = action && FIELD_OF[action];
    if (field) this.refuse(new Map([[field, headline]]));
    await this.updateComplete;
    this.querySelector(".form-footer")?.scrollIntoView({ block: "end" });
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("cancelled"));
  }

  private async focusField(field: Field): Promise<void> {
    await this.updateComplete;
    await focusWhenReady(this.querySelector(`#field-${kebab(field)}`));
  }

  private readonly onToggle = (event: Event): void => {
    this.moreIsOpen = (event.target as HTMLDetailsElement).open;
  };

  /** A text field lives in a shadow tree of its own, out of reach of the form's implicit submission. */
  private readonly saveOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    if ((event.target as HTMLElement).localName === "sp-textfield") void this.save(event);
  };
}

/** Whose scopes are those of Adobe's APIs. */
function isAdobes(preset: Preset): boolean {
  return preset === "adobeIms" || preset === "adobeImsStage" || preset === "sandbox";
}

/** Where a trouble is mended. */
export const FIELD_OF: Partial<Record<Action, Field>> = {
  replaceSecret: "clientSecret",
  replaceRefreshToken: "refreshToken",
  editScopes: "scopes",
  editProfile: "name",
};

customElements.define("glowjar-form", ProfileForm);
