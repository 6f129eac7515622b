/** What was typed into the settings, as choices. */

import type { Field } from "./bindings/request";
import type { Choices } from "./bindings/view";
import { t } from "./words";

export type NumberField = Extract<Field, "clearClipboardAfterSeconds" | "renewEarlyMinutes" | "lockAfterMinutes">;

/** What was typed as the change it means, or what is wrong with it. Only the clipboard can't be left to Glowjar. */
export function numberTyped(field: NumberField, typed: string): Partial<Choices> | string {
  const text = typed.trim();
  if (field !== "clearClipboardAfterSeconds" && text === "") return { [field]: null };
  const [least, most, limits] = LIMITS[field];
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return { [field]: number };
  return t(limits);
}

interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}

/** "Ctrl+Alt+T", once enough keys are down: one that isn't a modifier, with Ctrl, Alt or the system's own key. */
export function shortcutOf({ key, code, ctrlKey, altKey, shiftKey, metaKey }: Pressed): string | undefined {
  if (!ctrlKey && !altKey && !metaKey) return undefined;
  // By the key's place: with Alt or Shift its character is another.
  const named = /^(?:Key([A-Z])|Digit(\d)|(F\d{1,2}))$/.exec(code);
  const main = named?.[1] ?? named?.[2] ?? named?.[3] ?? (/^[a-z]$/i.test(key) ? key.toUpperCase() : undefined);
  if (!main) return undefined;
  const held = [ctrlKey && "Ctrl", altKey && "Alt", shiftKey && "Shift", metaKey && "Super"];
  return [...held.filter((name) => name !== false), main].join("+");
}

const LIMITS: Record<NumberField, [least: number, most: number, said: Parameters<typeof t>[0]]> = {
  clearClipboardAfterSeconds: [5, 3_600, "settings-whole-seconds"],
  renewEarlyMinutes: [1, 10_000, "form-whole-minutes"],
  lockAfterMinutes: [1, 480, "settings-whole-minutes"],
};
