import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { clock } from "../clock";
import { ago, exact, moment, time } from "./moment";

const at = (text: string) => Date.parse(text);

describe("a moment", () => {
  beforeEach(() => (clock.timeZone = "Europe/Berlin"));
  afterEach(() => {
    clock.timeZone = undefined;
    clock.hours = "system";
  });

  test("says today's time alone, and names the day otherwise", () => {
    const now = at("2026-03-04T11:00:00Z");
    expect(moment(at("2026-03-04T16:04:00Z"), now)).toMatch(/^at (17:04|5:04\sPM)$/);
    expect(moment(at("2026-03-05T16:04:00Z"), now)).toMatch(/^tomorrow at /);
    expect(moment(at("2026-03-03T16:04:00Z"), now)).toMatch(/^yesterday at /);
    expect(moment(at("2026-03-09T16:04:00Z"), now)).toMatch(/^on Mar 9 at /);
  });

  test("counts hours as the person chose", () => {
    const afternoon = at("2026-03-04T16:04:00Z");
    clock.hours = "twelve";
    expect(time(afternoon)).toMatch(/^5:04\sPM$/);
    clock.hours = "twentyFour";
    expect(time(afternoon)).toBe("17:04");
  });

  test("turns the day at the person's midnight, not at that of UTC", () => {
    expect(moment(at("2026-03-04T23:30:00Z"), at("2026-03-04T22:30:00Z"))).toMatch(/^tomorrow at /);
  });

  test("keeps its days apart across the change to summer time", () => {
    expect(moment(at("2026-03-29T20:00:00Z"), at("2026-03-28T20:00:00Z"))).toMatch(/^tomorrow at /);
  });

  test("that is past is told in minutes and hours for a day", () => {
    const now = at("2026-03-04T11:00:00Z");
    const minutesAgo = (minutes: number) => ago(now - minutes * 60_000, now);
    expect([0, 3, 59, 60, 119].map(minutesAgo)).toEqual([
      "just now",
      "3 min. ago",
      "59 min. ago",
      "1 hr. ago",
      "1 hr. ago",
    ]);
    // A clock that was set back in between.
    expect(minutesAgo(-5)).toBe("just now");
    expect(minutesAgo(24 * 60 + 1)).toMatch(/^yesterday at /);
  });

  test("is exact in UTC for those who compare logs", () => {
    expect(exact(at("2026-03-04T16:04:05.678Z"))).toBe("2026-03-04 16:04:05 UTC");
  });
});
