import { describe, expect, test } from "vitest";

import { firstToShow, life } from "./token-lifetime";
import { profile } from "./host/demo/profiles";

const now = 1_000_000_000;
const hour = 3_600_000;

describe("a profile's life", () => {
  test("is the part of the token's lifetime that is left", () => {
    const half = profile({ validity: { issuedAt: now - hour, expiresAt: now + hour } });
    expect(life(half, now)).toMatchObject({ left: hour, fraction: 0.5, live: true, level: "fresh" });
  });

  test("f06 never looks fresh over a dead token, whatever the last snapshot said", () => {
    const dead = profile({ level: "fresh", validity: { issuedAt: now - hour, expiresAt: now } });
    expect(life(dead, now)).toMatchObject({ left: 0, fraction: 0, live: false, level: "attention" });
  });

  test("is full, not more, when our clock is behind the issuer's", () => {
    const early = profile({ validity: { issuedAt: now + hour, expiresAt: now + 2 * hour } });
    expect(life(early, now).fraction).toBe(1);
  });

  test("survives a lifetime of nothing", () => {
    const none = profile({ validity: { issuedAt: now, expiresAt: now } });
    expect(life(none, now).fraction).toBe(0);
    expect(life(profile({ validity: null }), now).left).toBeUndefined();
  });
});

test("the first profile shown is the one that needs a person", () => {
  const [calm, upset] = [profile({ id: "a" }), profile({ id: "b", level: "attention" })];
  expect(firstToShow([calm, upset])?.id).toBe("b");
  expect(firstToShow([calm])?.id).toBe("a");
  expect(firstToShow([])).toBeUndefined();
});
