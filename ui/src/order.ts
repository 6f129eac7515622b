/** Which profiles are shown, and in which order. */

import type { ProfileView } from "./bindings/view";

/** Few enough are found faster by eye. */
export const SEARCH_FROM = 7;

/** Every word of `wanted` occurs in the name, provider or client id; accents and case don't count. */
export function found(profiles: readonly ProfileView[], wanted: string): readonly ProfileView[] {
  const parts = plain(wanted).split(/\s+/).filter(Boolean);
  if (parts.length === 0) return profiles;
  return profiles.filter(({ name, provider, clientId }) => {
    const text = plain(`${name} ${provider.label} ${clientId}`);
    return parts.every((part) => text.includes(part));
  });
}

/** `ids` with the one at `from` put at `to`; places outside the list are its ends. */
export function moved(ids: readonly string[], from: number, to: number): string[] {
  const result = [...ids];
  const [taken] = result.splice(from, 1);
  if (taken !== undefined) result.splice(Math.max(0, Math.min(to, result.length)), 0, taken);
  return result;
}

/** Where a row lands that was dragged by `distance` pixels. */
export function landing(from: number, distance: number, rowHeight: number, count: number): number {
  const shift = rowHeight > 0 ? Math.round(distance / rowHeight) : 0;
  return Math.max(0, Math.min(count - 1, from + shift));
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
