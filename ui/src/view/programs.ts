/** Which programs have to do with a profile's tokens: who took one, and where each new one goes by itself. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import "@spectrum-web-components/switch/sp-switch.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Request } from "../bindings/request";
import type { SinkView, ProgramsView, TakerView } from "../bindings/view";
import type { Host } from "../host";
import { t } from "../words";
import { ago } from "../words/moment";
import type { Failure } from "./actions";
import { causeOf, failureNote, failureOf } from "./failure-note";
import { permissionRow } from "./permission-row";
import { called, facts } from "./program-facts";

export class ProgramsSection extends LitElement {
  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) profile = "";
  /** A new one means that there may be more to tell. */
  @property({ attribute: false }) revision = 0;
  /** Time moves on: drawn anew with each. */
  @property({ attribute: false }) period = 0;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private programs: ProgramsView | undefined;
  @state() private all = false;
  /** What goes with the next click. */
  @state() private sure: string | undefined;
  @state() private failure: Failure | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("profile")) {
      this.programs = this.failure = undefined;
      this.all = false;
    }
    if (["profile", "revision", "language"].some((name) => changed.has(name))) void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { programs } = this;
    if (!programs) return html`<div class="programs" aria-hidden="true"></div>`;
    const { takers, permissions, sinks, consumers } = programs;
    const [latest] = takers;
    return html`<details class="programs" data-testid="programs">
      <summary>
        <h2>${t("programs")}</h2>
        <span class="small" data-testid="programs-latest"
          >${latest ? t("programs-latest", { program: called(latest.program), ago: ago(latest.at) }) : t("programs-nobody")}</span
        >
      </summary>
      ${this.failure ? failureNote(this.failure) : nothing}
      ${takers.length > 0 ? this.takers(takers) : html`<p class="small">${t("programs-help")}</p>`}
      <div class="asks-first">
        <sp-switch
          data-testid="asks-first"
          .checked=${programs.asksFirst}
          @change=${(event: Event) => {
            const wanted = (event.target as HTMLInputElement).checked;
            void this.change({ kind: "askFirst", profile: this.profile, wanted });
          }}
          >${t("asks-first")}</sp-switch
        >
        <p class="help">${t("asks-first-help")}</p>
      </div>
      <sp-action-button
        size="s"
        data-testid="connect-program"
        @click=${() => this.dispatchEvent(new CustomEvent("connect"))}
        >${t("connect")}</sp-action-button
      >
      ${group(
        t("permissions"),
        permissions,
        ({ number }) => number,
        (permission) => permissionRow(permission, (request) => void this.change(request)),
      )}
      ${group(
        t("programs-sinks"),
        sinks,
        ({ number }) => number,
        (sink) => this.sink(sink),
      )}
      ${group(
        t("programs-consumers"),
        consumers,
        (name) => name,
        (name) => this.consumer(name),
      )}
    </details>`;
  }

  private takers(takers: TakerView[]): TemplateResult {
    const shown = this.all ? takers : takers.slice(0, FEW);
    return html`${group(t("programs-takers"), shown, ({ program }) => program, taker)}
    ${
      shown.length < takers.length
        ? html`<sp-action-button quiet size="s" data-testid="programs-all" @click=${() => (this.all = true)}
            >${t("programs-all", { count: takers.length })}</sp-action-button
          >`
        : nothing
    }`;
  }

  private sink({ number, target, key, isCommand, isCurrent, isSignedOut, trouble, cause }: SinkView): TemplateResult {
    const brought = isCommand ? "sink-ran" : "sink-current";
    const left = isCommand ? "sink-runs-again" : "sink-left";
    const standing = trouble ?? t(isSignedOut ? left : isCurrent ? brought : "sink-waiting");
    return html`<li data-testid=${`sink-${number}`}>
      <div>
        <p class="path"><bdi>${target}</bdi></p>
        <p class="small ${trouble ? "is-off" : ""}">${[key, standing].filter(Boolean).join(" · ")}</p>
        ${causeOf(cause)}
      </div>
      ${this.away("remove", `sink-${number}`, target, { kind: "removeSink", number })}
    </li>`;
  }

  private consumer(name: string): TemplateResult {
    return html`<li>
      <div>
        <p><bdi>${name}</bdi></p>
        <p class="small">${t("consumer-help")}</p>
      </div>
      ${this.away("revoke", `consumer-${name}`, name, { kind: "removeConsumer", name })}
    </li>`;
  }

  /** It can't be brought back from here, so it takes a second click. */
  private away(verb: "remove" | "revoke", id: string, what: string, request: Request): TemplateResult {
    const text = t(this.sure === id ? `really-${verb}` : verb);
    const click = () => {
      if (this.sure === id) void this.change(request);
      else this.sure = id;
    };
    return html`<sp-action-button
      quiet
      size="s"
      label=${`${text}: ${what}`}
      data-testid=${`away-${id}`}
      @click=${click}
      @blur=${() => (this.sure = undefined)}
      >${text}</sp-action-button
    >`;
  }

  private async change(request: Request): Promise<void> {
    this.sure = this.failure = undefined;
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "failed") this.failure = failureOf(reply);
      else await this.load();
      await this.updateComplete;
      // The button that was pressed may have gone with its row.
      if (document.activeElement === document.body) this.querySelector("summary")?.focus();
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  private async load(): Promise<void> {
    const { profile } = this;
    try {
      const reply = await this.host.ask({ kind: "programs", profile });
      if (reply.kind === "programs" && profile === this.profile) this.programs = reply.programs;
    } catch {
      // The window says elsewhere that the application is gone.
    }
  }
}

function taker({ program, pid, at, manner, today }: TakerView): TemplateResult {
  const often = today > 1 ? [t("programs-today", { count: today })] : [];
  return html`<li data-testid="taker">
    <div>
      <p>
        <strong><bdi>${called(program)}</bdi></strong> ${t("programs-took", { ago: ago(at), manner })}
      </p>
      <p class="small path">${facts(program, pid, ...often)}</p>
    </div>
  </li>`;
}

/** Each row keeps its own buttons: a key that is under way never takes the next one away. */
function group<Row>(
  title: string,
  rows: readonly Row[],
  key: (row: Row) => unknown,
  draw: (row: Row) => TemplateResult,
): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <ul>
      ${repeat(rows, key, draw)}
    </ul>`;
}

/** More are a click away. */
const FEW = 5;

customElements.define("glowjar-programs", ProgramsSection);
