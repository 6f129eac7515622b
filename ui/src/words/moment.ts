/** Points in time as a person reads them: "at 17:04", "tomorrow at 17:04", "on Nov 30 at 17:04". */

import { clock } from "../clock";
import { locale, t } from "../words";

export function moment(at: number, now: number = clock.now()): string {
  const days = dayNumber(at) - dayNumber(now);
  if (days === 0) return t("moment-today", { time: time(at) });
  if (Math.abs(days) === 1) {
    const day = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(days, "day");
    return t("moment-near", { day, time: time(at) });
  }
  return t("moment-far", { date: date(at), time: time(at) });
}

/** How long ago that was, down to minutes; the moment itself if it was not in the last 24 hours. */
export function ago(at: number, now: number = clock.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return t("ago-now");
  const short = new Intl.RelativeTimeFormat(locale(), { style: "short" });
  if (minutes < 60) return short.format(-minutes, "minute");
  return minutes < 24 * 60 ? short.format(-Math.floor(minutes / 60), "hour") : moment(at, now);
}

/** The day alone, for what is days away. */
export function date(at: number): string {
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", timeZone: clock.timeZone }).format(at);
}

/** The day in whichever year. */
export function dateWithYear(at: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: clock.timeZone }).format(at);
}

/** As a field for dates has it, "2026-03-04". */
export function dayOf(at: number): string {
  return new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone: clock.timeZone }).format(at);
}

/** The day of the week, for the last few days. */
export function weekday(at: number): string {
  return new Intl.DateTimeFormat(locale(), { weekday: "short", timeZone: clock.timeZone }).format(at);
}

/** With seconds and the offset from UTC, for those who compare logs. */
export function exact(at: number): string {
  return new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

/** Hours and minutes, counted as the person chose, or else in the system's habit. */
export function time(at: number): string {
  const hourCycle = { system: systemHours(), twelve: "h12", twentyFour: "h23" }[clock.hours] as Cycle;
  return new Intl.DateTimeFormat(locale(), {
    hour: hourCycle === "h23" || hourCycle === "h24" ? "2-digit" : "numeric",
    minute: "2-digit",
    hourCycle,
    timeZone: clock.timeZone,
  }).format(at);
}

type Cycle = NonNullable<Intl.DateTimeFormatOptions["hourCycle"]>;

function systemHours(): Cycle {
  const { hourCycle = "h23" } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  return hourCycle;
}

/** Counts calendar days where the person is, so that "tomorrow" turns at their midnight. */
function dayNumber(at: number): number {
  // Part by part, since engines disagree about every finished format.
  const parts = new Intl.DateTimeFormat("en", {
    calendar: "gregory",
    numberingSystem: "latn",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    timeZone: clock.timeZone,
  }).formatToParts(at);
  const part = (wanted: string) => Number(parts.find(({ type }) => type === wanted)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day")) / 86_400_000;
}
