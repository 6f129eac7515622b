/** How long something lasts, cut to what a person wants to read. */

import { t } from "../words";

/** Seconds are told only this close to the end: any earlier they are noise. */
export const SECONDS_BELOW = 2 * 60_000;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Remaining =
  | { unit: "over" }
  | { unit: "seconds"; minutes: number; seconds: number }
  | { unit: "minutes"; minutes: number }
  | { unit: "hours"; hours: number; minutes: number }
  | { unit: "days"; days: number; hours: number };

/** Rounds down, so that it never promises more than there is. `span` is in milliseconds. */
export function remaining(span: number): Remaining {
  if (span <= 0) return { unit: "over" };
  if (span < SECONDS_BELOW) {
    // The last second counts as one, "0 s left" would already be wrong.
    const seconds = Math.ceil(span / 1000);
    return { unit: "seconds", minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  }
  if (span < HOUR) return { unit: "minutes", minutes: Math.floor(span / MINUTE) };
  if (span < 2 * DAY) {
    return { unit: "hours", hours: Math.floor(span / HOUR), minutes: Math.floor((span % HOUR) / MINUTE) };
  }
  return { unit: "days", days: Math.floor(span / DAY), hours: Math.floor((span % DAY) / HOUR) };
}

/** Milliseconds until the text for `span` changes; absent once it never will again. */
export function changesIn(span: number): number | undefined {
  if (span <= 0) return undefined;
  if (span <= SECONDS_BELOW) return span % 1000 || 1000;
  return Math.min(span % MINUTE || MINUTE, span - SECONDS_BELOW) + 1;
}

/** "5 h 12 min". Spaces don't break, so that a number stays with its unit. */
export function duration(span: number): string {
  return t(...phrase(remaining(span))).replaceAll(" ", "\u00a0");
}

/** "5 h 12 min left", or that it is over. */
export function timeLeft(span: number): string {
  return span > 0 ? t("left", { span: duration(span) }) : t("expired");
}

function phrase(left: Remaining): [id: string, args?: Record<string, number>] {
  switch (left.unit) {
    case "over":
      return ["span-over"];
    case "seconds": {
      const { minutes, seconds } = left;
      if (minutes === 0) return ["span-seconds", { seconds }];
      return seconds === 0 ? ["span-minutes", { minutes }] : ["span-minutes-seconds", { minutes, seconds }];
    }
    case "minutes":
      return ["span-minutes", { minutes: left.minutes }];
    case "hours": {
      const { hours, minutes } = left;
      return minutes === 0 ? ["span-hours", { hours }] : ["span-hours-minutes", { hours, minutes }];
    }
    case "days": {
      const { days, hours } = left;
      return hours === 0 ? ["span-days", { days }] : ["span-days-hours", { days, hours }];
    }
  }
}
