/** Days that a profile may have had. */

import type { EntryKind, EntryView, HistoryView, SpanView } from "../../bindings/view";
import { clock } from "../../clock";
import { HOUR, MINUTE } from "./profiles";
import { say } from "./sentences";

/** `what` happened so many hours ago, `kind`, its headline, perhaps a detail. */
export type Told = [hoursAgo: number, kind: EntryKind, headline: string, detail?: string];

export function historyOf(told: Told[], lit: [from: number, to: number][], since?: number): HistoryView {
  const now = clock.now();
  const from = since ?? now - 24 * HOUR;
  const entries: EntryView[] = told
    .map(([hoursAgo, kind, headline, detail]) => ({
      at: now - hoursAgo * HOUR,
      kind,
      headline,
      detail: detail ?? null,
      times: 1,
    }))
    .filter(({ at }) => at >= from)
    .sort((one, other) => one.at - other.at);
  const validity: SpanView[] = lit
    .map(([start, end]) => ({ from: Math.max(from, now - start * HOUR), to: now - end * HOUR }))
    .filter((span) => span.to > span.from);
  return { from, to: now, validity, entries };
}

const adobe = { provider: "Adobe" };

function handed(program: string): [headline: string, detail: string] {
  return [say("history-handed_out", { program }), `${program} (4711), token`];
}

/** A week of quiet work with one short outage. */
export function usualWeek(since?: number): HistoryView {
  const told: Told[] = [[7 * 24 - 2, "granted", say("history-granted")]];
  for (let hours = 18.8; hours < 7 * 24 - 10; hours += 23) {
    told.push([hours, "renewed", say("history-renewed")]);
  }
  for (const day of [0, 1, 2, 5, 6]) {
    for (const hour of [1.2, 1.25, 2.6, 3.1, 3.15, 6.4]) {
      told.push([24 * day + hour, "handedOut", ...handed("glowjar token")]);
    }
  }
  told.push([19.3, "failed", say("trouble-server", adobe), "HTTP 503"]);
  told.push([19.28, "failed", say("trouble-server", adobe), "HTTP 503"]);
  told.push([18.81, "recovered", say("history-recovered")]);
  told.push([0.3, "copied", say("history-copied")]);
  return historyOf(told, [[7 * 24 - 2, 0]], since);
}

/** A network that was gone over night, and a token that ran out. */
export function outageDay(since?: number): HistoryView {
  return historyOf(
    [
      [22, "renewed", say("history-renewed")],
      [9, "failed", say("trouble-dns")],
      [8.5, "failed", say("trouble-dns")],
      [3.1, "recovered", say("history-recovered")],
      [3.05, "renewed", say("history-renewed")],
      [1.5, "handedOut", ...handed("glowjar exec")],
      [0.9, "refused", say("history-refused", { program: "node" })],
      [0.4, "failed", say("trouble-secret_rejected"), "invalid_client, HTTP 400"],
    ],
    [
      [24, 7],
      [3.05, 0],
    ],
    since,
  );
}

/** Programs that ask all day. */
export function busyDay(since?: number): HistoryView {
  const told: Told[] = Array.from({ length: 400 }, (_, index) => [
    (index * 24) / 400,
    "handedOut",
    ...handed("glowjar exec"),
  ]);
  told.push([12, "renewed", say("history-renewed")]);
  return historyOf(told, [[24, 0]], since);
}

export function shortLife(since?: number): HistoryView {
  const told: Told[] = [];
  for (let minutes = 3.4; minutes < 55; minutes += 4) {
    told.push([(minutes * MINUTE) / HOUR, "renewed", say("history-renewed")]);
  }
  told.push([56 / 60, "granted", say("history-granted")]);
  return historyOf(told, [[56 / 60, 0]], since);
}

export function emptyDay(since?: number): HistoryView {
  return historyOf([], [], since);
}
