import { describe, expect, test } from "vitest";

import { profile } from "./host/demo/profiles";
import { found, landing, moved } from "./order";

describe("the search", () => {
  const profiles = [
    profile({ id: "a", name: "Café Résumé" }),
    profile({ id: "b", name: "Print lab", clientId: "9f9f" }),
    profile({ id: "c", name: "夏のカタログ" }),
  ];
  const ids = (wanted: string) => found(profiles, wanted).map(({ id }) => id);

  test.each([
    ["", ["a", "b", "c"]],
    ["   ", ["a", "b", "c"]],
    ["resume cafe", ["a"]],
    ["PRINT", ["b"]],
    ["9f9", ["b"]],
    ["カタ", ["c"]],
    ["nobody", []],
  ])("for %j finds %j", (wanted, expected) => {
    expect(ids(wanted)).toEqual(expected);
  });
});

describe("moving a profile", () => {
  test("keeps the others in their order", () => {
    expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
    expect(moved(["a", "b", "c", "d"], 3, 1)).toEqual(["a", "d", "b", "c"]);
  });

  test("stops at the ends and loses nobody", () => {
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 2, 9)).toEqual(["a", "b", "c"]);
    expect(moved([], 0, 1)).toEqual([]);
  });

  test("lands on the row that it covers most", () => {
    expect(landing(1, 61, 60, 4)).toBe(2);
    expect(landing(1, 29, 60, 4)).toBe(1);
    expect(landing(1, -500, 60, 4)).toBe(0);
    expect(landing(1, 500, 60, 4)).toBe(3);
    expect(landing(1, 500, 0, 4)).toBe(1);
  });
});
