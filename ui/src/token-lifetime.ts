/** What a profile looks like at a moment. Snapshots speak of the past; this is where "now" comes in. */

import type { Level, ProfileView } from "./bindings/view";

export interface Life {
  /** Milliseconds left; 0 when expired, absent without a token. */
  left: number | undefined;
  /** From 1 (just issued) to 0 (over). */
  fraction: number;
  live: boolean;
  /** As told by the snapshot, except that nothing expired may look fresh. */
  level: Level;
}

export function life(profile: ProfileView, now: number): Life {
  const { validity, level } = profile;
  if (!validity) return { left: undefined, fraction: 0, live: false, level };
  const span = validity.expiresAt - validity.issuedAt;
  const left = Math.max(0, validity.expiresAt - now);
  const live = left > 0;
  return {
    left,
    fraction: live && span > 0 ? Math.min(1, left / span) : 0,
    live,
    level: !live && (level === "fresh" || level === "soon") ? "attention" : level,
  };
}

export function busy(profile: ProfileView): boolean {
  return profile.phase === "acquiring" || profile.phase === "refreshing";
}

/** The profile to show first: whoever needs a person most, otherwise the first. */
export function firstToShow(profiles: readonly ProfileView[]): ProfileView | undefined {
  return profiles.find(({ level }) => level === "attention") ?? profiles[0];
}
