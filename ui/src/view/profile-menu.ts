/** The two menus of a profile: the forms in which its token is copied, and everything that is done seldom. */

import "@spectrum-web-components/action-menu/sp-action-menu.js";
import "@spectrum-web-components/menu/sp-menu-divider.js";
import "@spectrum-web-components/menu/sp-menu-item.js";
import { html, nothing, type TemplateResult } from "lit";

import type { ProfileView } from "../bindings/view";
import { t } from "../words";
import type { Actions, CopyForm } from "./actions";
import { icon } from "./icon";

/** The token's forms first, what isn't secret last. */
const FORMS: CopyForm[] = ["token", "header", "curl", "env", "postman", "clientId"];

export function copyMenu(profile: ProfileView, actions: Actions): TemplateResult {
  return html`<sp-action-menu
    class="copy-as ${profile.canCopy ? "" : "is-off"}"
    size="m"
    placement="bottom-end"
    label=${t("copy-as")}
    data-testid="copy-as"
    @change=${(event: Event) => chosen(event, (form) => actions.copy(profile, form as CopyForm))}
  >
    ${icon("down")}
    ${FORMS.map(
      (form) =>
        html`<sp-menu-item
          value=${form}
          data-testid=${`copy-as-${form}`}
          ?disabled=${form !== "clientId" && !profile.canCopy}
          >${t(`copy-as-${form}`, { name: profile.envName })}</sp-menu-item
        >`,
    )}
  </sp-action-menu>`;
}

export interface Standing {
  checking: boolean;
  /** Its place among all profiles, from 0. */
  index: number;
  count: number;
  /** Puts it one place up (-1) or down (1). */
  move: (step: -1 | 1) => void;
}

export function profileMenu(profile: ProfileView, standing: Standing, actions: Actions): TemplateResult {
  const { checking, index, count, move } = standing;
  const paused = profile.phase === "paused";
  const item = (id: string, text: string, act: () => void, disabled = false) => ({ id, text, act, disabled });
  const groups = [
    [
      item(
        "check-access",
        t(checking ? "checking-access" : "check-access"),
        () => actions.checkAccess(profile),
        checking || !profile.canCopy,
      ),
      item("pause-profile", t(paused ? "resume" : "pause"), () =>
        paused ? actions.resume(profile) : actions.pause(profile),
      ),
    ],
    [
      item("edit-profile", t("edit"), () => actions.edit(profile)),
      item("rename-profile", t("rename"), () => actions.startRename(profile)),
      ...(profile.secret
        ? [item("replace-secret", t("replace-secret"), () => actions.replaceSecret(profile, "profile-menu"))]
        : []),
      item("duplicate-profile", t("duplicate"), () => actions.duplicate(profile)),
    ],
    count > 1
      ? [
          item("make-default", t("make-default"), () => actions.makeDefault(profile), profile.isDefault),
          item("move-up", t("move-up"), () => move(-1), index === 0),
          item("move-down", t("move-down"), () => move(1), index === count - 1),
        ]
      : [],
    [
      ...(profile.signedIn && !profile.signedIn.signedOut
        ? [item("sign-out", t("sign-out"), () => actions.signOut(profile))]
        : []),
      item("remove-profile", t("remove"), () => actions.remove(profile)),
    ],
  ].filter((group) => group.length > 0);
  const items = groups.flat();
  return html`<sp-action-menu
    class="profile-menu"
    quiet
    size="m"
    placement="bottom-end"
    label=${t("profile-actions", { name: profile.name })}
    data-testid="profile-menu"
    data-busy=${String(checking)}
    @change=${(event: Event) => chosen(event, (wanted) => items.find(({ id }) => id === wanted)?.act())}
  >
    ${icon("more")}
    ${groups.map(
      (group, at) =>
        html`${at > 0 ? html`<sp-menu-divider></sp-menu-divider>` : nothing}
        ${group.map(
          ({ id, text, disabled }) =>
            html`<sp-menu-item value=${id} data-testid=${id} ?disabled=${disabled}>${text}</sp-menu-item>`,
        )}`,
    )}
  </sp-action-menu>`;
}

function chosen(event: Event, act: (value: string) => void): void {
  act((event.target as HTMLInputElement).value);
}
