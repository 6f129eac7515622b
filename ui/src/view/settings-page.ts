/** The settings. Each holds at once; what can't be is said at its field, and the old value stays in force. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/button/sp-button.js";
import "@spectrum-web-components/switch/sp-switch.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import type { Field } from "../bindings/request";
import type { Choices, ManagedKey, ProxyView, SettingsView } from "../bindings/view";
import { focusWhenReady } from "../focus";
import type { Host } from "../host";
import { numberTyped, type NumberField } from "../settings-draft";
import { t } from "../words";
import type { Failure } from "./actions";
import { causeOf, failureNote, failureOf } from "./failure-note";
import { choice, kebab, setByStudio, textField } from "./field";
import { icon } from "./icon";
import { smallJar } from "./jar";
import "./permissions-list";
import { shortcutField } from "./shortcut-field";
import "./webhook-setting";

export class SettingsPage extends LitElement {
  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) settings!: SettingsView;
  @property({ attribute: false }) version = "";
  /** A new one means that other programs were let in. */
  @property({ attribute: false }) revision = 0;
  @property({ attribute: false }) language = "";
  /** Where to put the cursor, if anywhere special. */
  @property({ attribute: false }) startAt: Field | undefined;

  /** What stands in a field and isn't in force yet, or never will be. */
  @state() private typed: Partial<Record<Field, string>> = {};
  @state() private proxyAddress: string | undefined;
  @state() private errors: Partial<Record<Field, string>> = {};
  /** What the system said to the last change that it did not allow. */
  @state() private cause: string | undefined;
  @state() private failure: Failure | undefined;
  @state() private savedTo: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(changed: PropertyValues): void {
    if (!changed.has("host")) return;
    const place = this.startAt
      ? `#field-${kebab(this.startAt)}${this.startAt === "proxy" ? "-kind" : ""}`
      : "[data-testid=page-back]";
    void focusWhenReady(this.querySelector(place));
  }

  protected override render(): TemplateResult {
    return html`<header class="page-header">
        <sp-action-button quiet label=${t("back")} data-testid="page-back" @click=${() => this.leave()}
          >${icon("back")}</sp-action-button
        >
        <h1>${t("settings")}</h1>
      </header>
      <div class="settings" data-testid="settings">
        ${this.failure ? failureNote(this.failure) : nothing} ${causeOf(this.cause)} ${this.studio()} ${this.general()}
        ${this.copying()} ${this.renewing()} ${this.locking()}
        <glowjar-permissions
          .host=${this.host}
          .revision=${this.revision}
          .language=${this.language}
        ></glowjar-permissions>
        ${this.network()}
        <glowjar-webhook
          .host=${this.host}
          .server=${this.settings.webhook}
          .language=${this.language}
        ></glowjar-webhook>
        ${this.trouble()} ${this.about()}
      </div>`;
  }

  /** What the studio has set, and what of it has no effect. */
  private studio(): TemplateResult | typeof nothing {
    const { source, keys, keepers, ignored } = this.settings.managed;
    if (keys.length === 0 && ignored.length === 0) return nothing;
    return html`<section data-testid="studio">
      <h2>${t("settings-studio")}</h2>
      <div>
        ${keys.length > 0 ? html`<p class="help">${t("settings-studio-help")}</p>` : nothing}
        <p class="path" dir="ltr">${source}</p>
      </div>
      ${this.isByStudio("onlyKeepers") ? html`<p class="help">${t("settings-studio-only-keepers")}</p>` : nothing}
      ${
        keepers.length > 0
          ? html`<div>
              <p class="help">${t("settings-studio-keepers")}</p>
              ${keepers.map((keeper) => html`<p class="path" dir="ltr">${keeper}</p>`)}
            </div>`
          : nothing
      }
      ${
        ignored.length > 0
          ? html`<div data-testid="studio-ignored">
              <h3>${t("settings-studio-ignored")}</h3>
              <ul class="ignored">
                ${ignored.map(
                  ({ key, why, cause }) =>
                    html`<li>
                      ${key ? html`<code dir="ltr">${key}</code>` : nothing}<span class="help">${why}</span>
                      ${causeOf(cause)}
                    </li>`,
                )}
              </ul>
            </div>`
          : nothing
      }
    </section>`;
  }

  private isByStudio(key: ManagedKey): boolean {
    return this.settings.managed.keys.includes(key);
  }

  private general(): TemplateResult {
    const { startAtLogin, lookForUpdates, notices, theme, textSize, language, hours } = this.settings.choices;
    return html`<section>
      <h2>${t("settings-general")}</h2>
      ${this.switch("startAtLogin", startAtLogin, t("settings-start-at-login"), t("settings-start-at-login-help"))}
      ${
        this.settings.updatesAreOffered
          ? this.switch("lookForUpdates", lookForUpdates, t("settings-updates"), t("settings-updates-help"))
          : nothing
      }
      ${choice({
        id: "notices",
        label: t("settings-notices"),
        help: t("settings-notices-help"),
        value: notices,
        options: (["all", "whenNeeded", "none"] as const).map((option) => [option, t(`notices-${option}`)]),
        onChange: (value) => void this.change({ notices: value as Choices["notices"] }),
      })}
      ${choice({
        id: "theme",
        label: t("settings-theme"),
        help: t("settings-theme-help"),
        value: theme,
        options: (["system", "light", "dark"] as const).map((option) => [option, t(`theme-${option}`)]),
        onChange: (value) => void this.change({ theme: value as Choices["theme"] }),
      })}
      ${choice({
        id: "text-size",
        label: t("settings-text-size"),
        help: t("settings-text-size-help"),
        value: textSize,
        options: (["usual", "larger", "largest"] as const).map((option) => [option, t(`text-size-${option}`)]),
        onChange: (value) => void this.change({ textSize: value as Choices["textSize"] }),
      })}
      ${choice({
        id: "language",
        label: t("settings-language"),
        help: t("settings-language-help"),
        value: language,
        options: (["system", "en", "de"] as const).map((option) => [option, t(`language-${option}`)]),
        onChange: (value) => void this.change({ language: value as Choices["language"] }),
      })}
      ${choice({
        id: "hours",
        label: t("settings-hours"),
        help: t("settings-hours-help"),
        value: hours,
        options: (["system", "twentyFour", "twelve"] as const).map((option) => [option, t(`hours-${option}`)]),
        onChange: (value) => void this.change({ hours: value as Choices["hours"] }),
      })}
    </section>`;
  }

  private copying(): TemplateResult {
    const { clearClipboardAfterSeconds, copyShortcut } = this.settings.choices;
    return html`<section>
      <h2>${t("settings-copying")}</h2>
      ${this.number("clearClipboardAfterSeconds", clearClipboardAfterSeconds, t("settings-clipboard"), t("settings-clipboard-help"))}
      ${shortcutField({
        value: copyShortcut,
        error: this.errors.copyShortcut,
        onChange: (shortcut) => void this.change({ copyShortcut: shortcut }, "copyShortcut"),
      })}
    </section>`;
  }

  private renewing(): TemplateResult {
    return html`<section>
      <h2>${t("settings-renewing")}</h2>
      ${this.number(
        "renewEarlyMinutes",
        this.settings.choices.renewEarlyMinutes,
        t("settings-renew-early"),
        t("settings-renew-early-help"),
      )}
    </section>`;
  }

  private locking(): TemplateResult {
    const { choices, screenLockIsTold, idlenessIsTold } = this.settings;
    const { lockWithScreen, lockAfterMinutes } = choices;
    const screen = screenLockIsTold ? "settings-lock-with-screen-help" : "settings-lock-with-screen-untold";
    const idle = idlenessIsTold ? "settings-lock-after-help" : "settings-lock-after-untold";
    return html`<section>
      <h2>${t("settings-locking")}</h2>
      ${this.switch("lockWithScreen", lockWithScreen, t("settings-lock-with-screen"), t(screen))}
      ${this.number("lockAfterMinutes", lockAfterMinutes, t("settings-lock-after"), t(idle))}
      <div class="errand">
        <p class="help">${t("settings-lock-now-help")}</p>
        <sp-button
          size="m"
          variant="secondary"
          treatment="outline"
          data-testid="lock-now"
          @click=${() => void this.errand("lock")}
          >${t("settings-lock-now")}</sp-button
        >
      </div>
    </section>`;
  }

  private network(): TemplateResult {
    const { proxy, extraCa } = this.settings.choices;
    const kind = this.proxyAddress === undefined ? proxy.kind : "at";
    return html`<section>
      <h2>${t("settings-network")}</h2>
      ${choice({
        id: "proxy-kind",
        label: t("settings-proxy"),
        help: t("settings-proxy-help"),
        value: kind,
        byStudio: this.isByStudio("proxy"),
        options: (["system", "direct", "at"] as const).map((option) => [option, t(`proxy-${option}`)]),
        onChange: (value) => this.chooseProxy(value as ProxyView["kind"]),
      })}
      ${
        kind === "at"
          ? textField({
              field: "proxy",
              label: t("settings-proxy-address"),
              help: t("settings-proxy-address-help"),
              ltr: true,
              placeholder: "http://proxy.example.com:8080",
              byStudio: this.isByStudio("proxy"),
              value: this.proxyAddress ?? (proxy.kind === "at" ? proxy.address : ""),
              error: this.errors.proxy,
              onInput: (value) => (this.proxyAddress = value),
              onChange: (address) => void this.change({ proxy: { kind: "at", address: address.trim() } }, "proxy"),
            })
          : nothing
      }
      ${textField({
        field: "extraCa",
        label: t("settings-ca"),
        help: t("settings-ca-help"),
        ltr: true,
        placeholder: "/etc/ssl/company.pem",
        byStudio: this.isByStudio("extraCa"),
        value: this.typed.extraCa ?? extraCa ?? "",
        error: this.errors.extraCa,
        onInput: (value) => this.type("extraCa", value),
        onChange: (value) => void this.change({ extraCa: value.trim() === "" ? null : value.trim() }, "extraCa"),
      })}
    </section>`;
  }

  private trouble(): TemplateResult {
    const { logFolder, dataFolder } = this.settings;
    return html`<section>
      <h2>${t("settings-trouble")}</h2>
      <div class="errand">
        <div>
          <h3>${t("settings-logs")}</h3>
          <p class="help">${t("settings-logs-help")}</p>
          <p class="path" dir="ltr">${logFolder}</p>
        </div>
        <sp-button
          size="m"
          variant="secondary"
          treatment="outline"
          label=${`${t("settings-open-logs")}: ${t("settings-logs")}`}
          data-testid="open-logs"
          @click=${() => void this.errand("openLogFolder")}
          >${t("settings-open-logs")}</sp-button
        >
      </div>
      <div class="errand">
        <div>
          <h3>${t("settings-diagnostics")}</h3>
          <p class="help">${t("settings-diagnostics-help")}</p>
          <div role="status">
            ${
              this.savedTo
                ? html`<p class="path" data-testid="diagnostics-saved">
                    ${t("file-saved")}: <span dir="ltr">${this.savedTo}</span>
                  </p>`
                : nothing
            }
          </div>
        </div>
        <sp-button
          size="m"
          variant="secondary"
          treatment="outline"
          label=${`${t("settings-export")}: ${t("settings-diagnostics")}`}
          data-testid="export-diagnostics"
          @click=${() => void this.errand("exportDiagnostics")}
          >${t("settings-export")}</sp-button
        >
      </div>
      <div class="errand">
        <div>
          <h3>${t("settings-data")}</h3>
          <p class="path" dir="ltr">${dataFolder}</p>
        </div>
      </div>
    </section>`;
  }

  private about(): TemplateResult {
    return html`<section class="about">
      <h2 class="visually-hidden">${t("settings-about")}</h2>
      ${smallJar({ level: "fresh", fraction: 0.8, live: true, paused: false })}
      <div>
        <p>
          <strong>${t("app")}</strong>
          <span data-testid="version">${t("settings-version", { version: this.version })}</span>
        </p>
        <p class="help">${t("settings-about-text")}</p>
      </div>
    </section>`;
  }

  private switch(
    field: "startAtLogin" | "lockWithScreen" | "lookForUpdates",
    checked: boolean,
    label: string,
    help: string,
  ): TemplateResult {
    const id = `field-${kebab(field)}`;
    return html`<div class="field">
      <sp-switch
        data-testid=${id}
        id=${id}
        .checked=${live(checked)}
        ?disabled=${this.isByStudio(field)}
        @change=${(event: Event) => void this.change({ [field]: (event.target as HTMLInputElement).checked }, field)}
        >${label}</sp-switch
      >
      ${this.below(field, help)} ${this.isByStudio(field) ? setByStudio(kebab(field)) : nothing}
    </div>`;
  }

  private number(field: NumberField, value: number | null, label: string, help: string): TemplateResult {
    return textField({
      field,
      label,
      help,
      ltr: true,
      value: this.typed[field] ?? value?.toString() ?? "",
      error: this.errors[field],
      byStudio: this.isByStudio(field),
      onInput: (typed) => this.type(field, typed),
      onChange: (typed) => {
        const meant = numberTyped(field, typed);
        if (typeof meant === "string") this.errors = { ...this.errors, [field]: meant };
        else void this.change(meant, field);
      },
    });
  }

  private below(field: Field, help: string): TemplateResult {
    const error = this.errors[field];
    return error === undefined
      ? html`<p class="help">${help}</p>`
      : html`<p class="help wrong" role="alert" data-testid=${`error-${kebab(field)}`}>${error}</p>`;
  }

  private type(field: Field, value: string): void {
    this.typed = { ...this.typed, [field]: value };
    this.errors = { ...this.errors, [field]: undefined };
  }

  private chooseProxy(kind: ProxyView["kind"]): void {
    this.errors = { ...this.errors, proxy: undefined };
    if (kind === "at") {
      const { proxy } = this.settings.choices;
      this.proxyAddress = proxy.kind === "at" ? proxy.address : "";
      void this.updateComplete.then(() => focusWhenReady(this.querySelector("#field-proxy")));
      return;
    }
    this.proxyAddress = undefined;
    void this.change({ proxy: { kind } }, "proxy");
  }

  private async change(part: Partial<Choices>, field?: Field): Promise<void> {
    const from = this.settings.choices;
    this.failure = this.cause = undefined;
    try {
      const reply = await this.host.ask({ kind: "changeSettings", from, to: { ...from, ...part } });
      if (reply.kind === "invalid") {
        for (const { field, message } of reply.fields) this.errors = { ...this.errors, [field]: message };
        this.cause = reply.fields.find(({ cause }) => cause !== undefined)?.cause;
      } else if (reply.kind === "failed") {
        this.failure = failureOf(reply);
      } else if (field) {
        this.typed = { ...this.typed, [field]: undefined };
        this.errors = { ...this.errors, [field]: undefined };
        if (field === "proxy") this.proxyAddress = undefined;
      }
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
    // A switch that was refused goes back to what is in force.
    this.requestUpdate();
  }

  private async errand(kind: "openLogFolder" | "exportDiagnostics" | "lock"): Promise<void> {
    this.failure = undefined;
    try {
      const reply = await this.host.ask({ kind });
      if (reply.kind === "fileSaved") this.savedTo = reply.path;
      // Its banner, and the way out of it, are on the page with the profiles.
      if (kind === "lock" && reply.kind === "done") this.leave();
      if (reply.kind === "failed") this.failure = failureOf(reply);
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  private leave(): void {
    this.dispatchEvent(new CustomEvent("cancelled"));
  }
}

customElements.define("glowjar-settings", SettingsPage);
