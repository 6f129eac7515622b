import { describe, expect, test } from "vitest";

import { speak } from "../words";
import { changesIn, remaining, timeLeft } from "./remaining";

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;

describe("the time that is left", () => {
  test.each([
    [5 * H + 12 * MIN + 59 * S, "5 h 12 min left"],
    [23 * H + 59 * MIN, "23 h 59 min left"],
    [3 * H, "3 h left"],
    [47 * H, "47 h left"],
    [50 * H, "2 days 2 h left"],
    [38 * MIN + 59 * S, "38 min left"],
    [2 * MIN, "2 min left"],
    [2 * MIN - 1, "2 min left"],
    [92 * S, "1 min 32 s left"],
    [45 * S, "45 s left"],
    [1, "1 s left"],
  ])("%d ms reads %s", (span, text) => {
    expect(timeLeft(span).replaceAll("\u00a0", " ")).toBe(text);
  });

  test("is said in German as well", () => {
    speak("de");
    expect(timeLeft(50 * H).replaceAll("\u00a0", " ")).toBe("Noch 2 Tage 2 Std.");
    expect(timeLeft(26 * H + 5 * MIN).replaceAll("\u00a0", " ")).toBe("Noch 26 Std. 5 Min.");
    speak("en");
  });

  test("is over at the very moment it ends, and stays over", () => {
    expect(remaining(0)).toEqual({ unit: "over" });
    expect(remaining(-5 * H)).toEqual({ unit: "over" });
  });

  test("never promises more than there is outside the last seconds", () => {
    for (let span = 3 * MIN; span < 60 * H; span += 37 * S) {
      const left = remaining(span);
      const told =
        left.unit === "minutes"
          ? left.minutes * MIN
          : left.unit === "hours"
            ? left.hours * H + left.minutes * MIN
            : left.unit === "days"
              ? (left.days * 24 + left.hours) * H
              : Number.NaN;
      expect(told).toBeLessThanOrEqual(span);
    }
  });
});

describe("the moment of the next change", () => {
  test("is the next full minute, the next full second in the last two minutes, and never after the end", () => {
    expect(changesIn(5 * H + 30 * S)).toBe(30 * S + 1);
    expect(changesIn(90 * S + 400)).toBe(400);
    expect(changesIn(90 * S)).toBe(S);
    expect(changesIn(0)).toBeUndefined();
  });

  test("doesn't sleep past the start of the last two minutes", () => {
    expect(changesIn(2 * MIN + 10 * S)).toBe(10 * S + 1);
  });

  test("always brings another text within a minute", () => {
    for (let span = 3 * H; span > 0;) {
      const step = changesIn(span);
      expect(step).toBeGreaterThan(0);
      expect(step).toBeLessThanOrEqual(MIN + 1);
      const next = span - (step ?? 0);
      if (span <= 2 * MIN && next > 0) expect(timeLeft(next)).not.toBe(timeLeft(span));
      span = next;
    }
  });
});
