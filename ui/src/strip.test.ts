import { describe, expect, test } from "vitest";

import type { EntryKind, EntryView } from "./bindings/view";
import { bars, marks, nearest, outages, place, tally, times } from "./strip";

const entry = (at: number, kind: EntryKind): EntryView => ({ at, kind, headline: kind, detail: null, times: 1 });

describe("the strip", () => {
  test("goes from its left end to its right end, whatever it is asked", () => {
    expect(place(50, 0, 100)).toBe(0.5);
    expect(place(-5, 0, 100)).toBe(0);
    expect(place(500, 0, 100)).toBe(1);
    expect(place(5, 10, 10)).toBe(0);
  });

  test("cuts bars to what it shows, and shows even the shortest", () => {
    expect(bars([{ from: -50, to: 25 }], 0, 100)).toEqual([{ start: 0, size: 0.25 }]);
    expect(bars([{ from: 50, to: 50.001 }], 0, 100)[0]?.size).toBeGreaterThan(0.005);
    expect(
      bars(
        [
          { from: -50, to: 0 },
          { from: 100, to: 120 },
          { from: 30, to: 20 },
        ],
        0,
        100,
      ),
    ).toEqual([]);
  });
});

describe("an outage", () => {
  test("lasts from its first failure to the next token", () => {
    const told = [
      entry(10, "failed"),
      entry(12, "failed"),
      entry(20, "recovered"),
      entry(40, "failed"),
      entry(45, "renewed"),
    ];
    expect(outages(told, 100)).toEqual([
      { from: 10, to: 20 },
      { from: 40, to: 45 },
    ]);
  });

  test("goes on until now while nothing has ended it", () => {
    expect(outages([entry(10, "failed"), entry(11, "copied")], 100)).toEqual([{ from: 10, to: 100 }]);
  });

  test("is counted once, however often Glowjar tried", () => {
    expect(tally([entry(1, "failed"), entry(2, "failed"), entry(3, "renewed"), entry(4, "copied")])).toEqual({
      renewals: 1,
      outages: 1,
      copies: 1,
      handouts: 0,
      refusals: 0,
    });
  });
});

describe("hand-outs", () => {
  test("are counted as often as they happened", () => {
    const told = [{ ...entry(1, "handedOut"), times: 40 }, entry(2, "copied")];
    expect([tally(told).handouts, tally(told).copies, times(told)]).toEqual([40, 1, 41]);
  });

  test("that a person does not allow are refusals and no outage", () => {
    const { outages, refusals } = tally([entry(1, "refused"), entry(2, "refused")]);
    expect([outages, refusals]).toEqual([0, 2]);
  });
});

describe("marks", () => {
  test("of one shape join where they would cover each other, and lose no entry", () => {
    const told = Array.from({ length: 200 }, (_, index) => entry(index / 2, "handedOut"));
    const found = marks(told, 0, 100);
    expect(found.length).toBeLessThan(60);
    expect(found.flatMap(({ entries }) => entries)).toEqual(told);
  });

  test("of different shapes stay apart", () => {
    expect(marks([entry(50, "failed"), entry(50.1, "renewed")], 0, 100).map(({ shape }) => shape)).toEqual([
      "failure",
      "renewal",
    ]);
  });

  test("are met by whoever points near them, the nearest first", () => {
    const all = marks([entry(10, "renewed"), entry(15, "failed"), entry(90, "renewed")], 0, 100);
    expect(nearest(all, 0.12, 0.04)).toBe(0);
    expect(nearest(all, 0.14, 0.04)).toBe(1);
    expect(nearest(all, 0.5, 0.04)).toBeUndefined();
  });
});
