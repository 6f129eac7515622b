/** Light or dark: what the person chose, or the system does. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Theme } from "./bindings/view";

export class ColorScheme implements ReactiveController {
  constructor(private readonly owner: ReactiveControllerHost) {
    owner.addController(this);
  }

  hostConnected(): void {
    darkQuery.addEventListener("change", this.onChange);
  }

  hostDisconnected(): void {
    darkQuery.removeEventListener("change", this.onChange);
  }

  /** While no choice is known, what the window was opened with (`src-tauri/src/window.rs`) is in force. */
  apply(chosen: Theme | undefined): "light" | "dark" {
    const { dataset } = document.documentElement;
    if (chosen) dataset.colorScheme = chosen;
    if (dataset.colorScheme === "light" || dataset.colorScheme === "dark") return dataset.colorScheme;
    return darkQuery.matches ? "dark" : "light";
  }

  private readonly onChange = (): void => this.owner.requestUpdate();
}

const darkQuery = window.matchMedia("(prefers-color-scheme: dark)");
