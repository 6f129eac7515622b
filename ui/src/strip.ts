/** The geometry of the strip: what happened when, as fractions of its width. */

import type { EntryKind, EntryView, SpanView } from "./bindings/view";

export interface Stretch {
  start: number;
  size: number;
}

/** What a mark looks like. Kinds without one are told in the list alone. */
export type Shape = "renewal" | "failure" | "refusal" | "handout" | "pause";

export interface Mark {
  shape: Shape;
  place: number;
  /** Oldest first; more than one where they would cover each other. */
  entries: EntryView[];
}

export interface Tally {
  renewals: number;
  outages: number;
  copies: number;
  handouts: number;
  refusals: number;
}

export function place(at: number, from: number, to: number): number {
  if (to <= from) return 0;
  return Math.max(0, Math.min(1, (at - from) / (to - from)));
}

/** Bars that can be seen, however short the span. */
export function bars(spans: readonly SpanView[], from: number, to: number): Stretch[] {
  return spans
    .filter((span) => span.to > from && span.from < to && span.to > span.from)
    .map((span) => {
      const start = place(span.from, from, to);
      return { start, size: Math.max(place(span.to, from, to) - start, LEAST) };
    });
}

/** From the first failure to the next token, or to the end of the strip. */
export function outages(entries: readonly EntryView[], to: number): SpanView[] {
  const spans: SpanView[] = [];
  let since: number | undefined;
  for (const { at, kind } of entries) {
    if (kind === "failed") since ??= at;
    else if (since !== undefined && ENDS_OUTAGE.has(kind)) {
      spans.push({ from: since, to: at });
      since = undefined;
    }
  }
  return since === undefined ? spans : [...spans, { from: since, to }];
}

/** Marks left to right. Neighbours of one shape closer than `gap` become one. */
export function marks(entries: readonly EntryView[], from: number, to: number, gap = GAP): Mark[] {
  const found: Mark[] = [];
  const last: Partial<Record<Shape, Mark>> = {};
  for (const entry of entries) {
    const shape = SHAPES[entry.kind];
    if (!shape || entry.at < from || entry.at > to) continue;
    const at = place(entry.at, from, to);
    const before = last[shape];
    if (before && at - before.place < gap) before.entries.push(entry);
    else found.push((last[shape] = { shape, place: at, entries: [entry] }));
  }
  return found;
}

/** The mark nearest to `at`, if it is near enough to be meant. */
export function nearest(all: readonly Mark[], at: number, reach: number): number | undefined {
  let best: number | undefined;
  let distance = reach;
  for (const [index, mark] of all.entries()) {
    const off = Math.abs(mark.place - at);
    if (off <= distance) {
      best = index;
      distance = off;
    }
  }
  return best;
}

/** How often it happened that these entries tell of. */
export function times(entries: readonly EntryView[]): number {
  return entries.reduce((sum, entry) => sum + entry.times, 0);
}

export function tally(entries: readonly EntryView[]): Tally {
  const count = (...kinds: EntryKind[]) => times(entries.filter(({ kind }) => kinds.includes(kind)));
  return {
    renewals: count("granted", "renewed"),
    outages: outages(entries, Infinity).length,
    copies: count("copied"),
    handouts: count("handedOut"),
    refusals: count("refused"),
  };
}

const ENDS_OUTAGE: ReadonlySet<EntryKind> = new Set(["recovered", "renewed", "granted"]);

const SHAPES: Partial<Record<EntryKind, Shape>> = {
  granted: "renewal",
  renewed: "renewal",
  failed: "failure",
  refused: "refusal",
  handedOut: "handout",
  copied: "handout",
  paused: "pause",
};

/** Two pixels of a narrow window. */
const LEAST = 0.007;
/** So close that two marks of one shape would touch. */
const GAP = 0.022;
