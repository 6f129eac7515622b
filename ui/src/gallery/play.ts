/** What a person does to bring a state about. */

import type { GalleryState } from "./states";

type Play = NonNullable<GalleryState["play"]>;

export function menuOpened(menu: string): Play {
  return async (find) => {
    const button = await find(menu);
    if ("updateComplete" in button) await button.updateComplete;
    button.click();
    await until(() => document.querySelector("sp-overlay[open]") !== null);
    await new Promise((done) => setTimeout(done, 150));
  };
}

/** As the menu itself says it, without opening it. */
export function choose(item: string): Play {
  return async (find) => {
    const menu = await find("profile-menu");
    await find(item);
    pick(menu, item);
  };
}

export function copyAs(form: string, then: string): Play {
  return async (find) => {
    const menu = await find("copy-as");
    pick(menu, form);
    await find(then);
  };
}

export function search(wanted: string): Play {
  return async (find) => {
    const input = (await find("search")) as HTMLInputElement;
    input.focus();
    input.value = wanted;
    input.dispatchEvent(new Event("input"));
  };
}

export function pick(menu: HTMLElement, value: string): void {
  (menu as HTMLInputElement).value = value;
  menu.dispatchEvent(new Event("change"));
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await new Promise(requestAnimationFrame);
}
