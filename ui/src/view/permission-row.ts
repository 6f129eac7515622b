/** What a person answered about a program, how long that holds, and a way to have it forgotten. */

import "@spectrum-web-components/action-button/sp-action-button.js";
import { html, type TemplateResult } from "lit";

import type { Request } from "../bindings/request";
import type { PermissionView } from "../bindings/view";
import { t } from "../words";
import { ago, moment, time } from "../words/moment";
import { called, facts } from "./program-facts";

/** `of` is the profile's name where the list is of several. */
export function permissionRow(
  { number, program, consent, since, until, lastTaken }: PermissionView,
  change: (request: Request) => void,
  of?: string,
): TemplateResult {
  const name = called(program);
  const times = [
    ...(of === undefined ? [] : [of]),
    ...(since === null ? [] : [t("permission-since", { moment: moment(since) })]),
    ...(of === undefined
      ? []
      : [lastTaken === null ? t("permission-unused") : t("permission-last", { ago: ago(lastTaken) })]),
  ];
  return html`<li data-testid="permission" data-consent=${consent}>
    <div>
      <p>
        <strong><bdi>${name}</bdi></strong>
        ${t(`permission-${consent}`, { time: until === null ? "" : time(until) })}
      </p>
      <p class="small path">${facts(program, null)}</p>
      <p class="small"><bdi>${times.join(" · ")}</bdi></p>
    </div>
    <sp-action-button
      quiet
      size="s"
      label=${`${t("forget")}: ${name}`}
      data-testid="forget"
      @click=${() => change({ kind: "forgetPermission", number })}
      >${t("forget")}</sp-action-button
    >
  </li>`;
}
