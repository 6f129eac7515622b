/** Points in time as a person reads them: "at 17:04", "tomorrow at 17:04", "on Nov 30 at 17:04". */

import { clock } from "../clock";

/** The words' language; hours follow the system's habit. */
const LANGUAGE = "en";

export function moment(at: number, now: number = clock.now()): string {
  const days = dayNumber(at) - dayNumber(now);
  if (days === 0) return `at ${time(at)}`;
  if (Math.abs(days) === 1) {
    return `${new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" }).format(days, "day")} at ${time(at)}`;
  }
  return `on ${date(at)} at ${time(at)}`;
}

/** The day alone, for what is days away. */
export function date(at: number): string {
  return new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", timeZone: clock.timeZone }).format(at);
}

/** With seconds and the offset from UTC, for those who compare logs. */
export function exact(at: number): string {
  return new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

function time(at: number): string {
  const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  return new Intl.DateTimeFormat(LANGUAGE, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: hourCycle ?? "h23",
    timeZone: clock.timeZone,
  }).format(at);
}

/** Counts calendar days where the person is, so that "tomorrow" turns at their midnight. */
function dayNumber(at: number): number {
  const parts = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: clock.timeZone }).format(at);
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / 86_400_000);
}
