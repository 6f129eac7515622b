/** Everybody who was let in or shut out, whichever profile it is about: part of the settings. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Request } from "../bindings/request";
import type { ConsumerView, PermissionsView } from "../bindings/view";
import type { Host } from "../host";
import { t } from "../words";
import { ago } from "../words/moment";
import type { Failure } from "./actions";
import { failureNote, failureOf } from "./failure-note";
import { permissionRow } from "./permission-row";

export class PermissionsList extends LitElement {
  @property({ attribute: false }) host!: Host;
  /** A new one means that there may be more to tell. */
  @property({ attribute: false }) revision = 0;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private view: PermissionsView | undefined;
  /** Who goes with the next click. */
  @state() private sure: string | undefined;
  @state() private failure: Failure | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["revision", "language"].some((name) => changed.has(name))) void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.view) return nothing;
    const { permissions, consumers } = this.view;
    const nobody = permissions.length + consumers.length === 0;
    return html`<section data-testid="settings-programs">
      <h2>${t("settings-programs")}</h2>
      ${this.failure ? failureNote(this.failure) : nothing}
      <p class="help">${t(nobody ? "settings-programs-nobody" : "settings-programs-help")}</p>
      ${
        permissions.length > 0
          ? html`<ul class="permissions">
              ${repeat(
                permissions,
                ({ number }) => number,
                (view) => permissionRow(view, (request) => void this.change(request), view.profileName),
              )}
            </ul>`
          : nothing
      }
      ${
        consumers.length > 0
          ? html`<h3>${t("settings-consumers")}</h3>
              <ul class="permissions">
                ${repeat(
                  consumers,
                  (consumer) => key(consumer),
                  (consumer) => this.consumer(consumer),
                )}
              </ul>`
          : nothing
      }
    </section>`;
  }

  private consumer(consumer: ConsumerView): TemplateResult {
    const { name, profileName, untilItEnds, lastTaken } = consumer;
    const may = profileName === null ? "consumer-all" : untilItEnds ? "consumer-passing" : "consumer-one";
    const text = t(this.sure === key(consumer) ? "really-revoke" : "revoke");
    const click = () => {
      if (this.sure === key(consumer))
        void this.change({ kind: untilItEnds ? "removePassing" : "removeConsumer", name });
      else this.sure = key(consumer);
    };
    return html`<li data-testid="consumer">
      <div>
        <p>
          <strong><bdi>${name}</bdi></strong> ${t(may, { name: profileName ?? "" })}
        </p>
        <p class="small">${lastTaken === null ? t("consumer-unused") : t("consumer-last", { ago: ago(lastTaken) })}</p>
      </div>
      <sp-action-button
        quiet
        size="s"
        label=${`${text}: ${name}`}
        data-testid="revoke-consumer"
        @click=${click}
        @blur=${() => (this.sure = undefined)}
        >${text}</sp-action-button
      >
    </li>`;
  }

  private async change(request: Request): Promise<void> {
    this.sure = this.failure = undefined;
    try {
      const reply = await this.host.ask(request);
      if (reply.kind === "failed") this.failure = failureOf(reply);
      else await this.load();
    } catch {
      this.failure = { headline: t("failed-headline"), advice: t("failed-advice") };
    }
  }

  private async load(): Promise<void> {
    try {
      const reply = await this.host.ask({ kind: "permissions" });
      if (reply.kind === "permissions") this.view = reply.permissions;
    } catch {
      // The window says elsewhere that the application is gone.
    }
  }
}

/** Those that were let in as long as they run may be called as somebody else is. */
function key({ name, untilItEnds }: ConsumerView): string {
  return `${untilItEnds ? "passing" : "kept"} ${name}`;
}

customElements.define("glowjar-permissions", PermissionsList);
