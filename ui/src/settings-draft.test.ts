import { describe, expect, test } from "vitest";

import { numberTyped, shortcutOf } from "./settings-draft";

const pressed = (key: string, code: string, held: string) =>
  shortcutOf({
    key,
    code,
    ctrlKey: held.includes("c"),
    altKey: held.includes("a"),
    shiftKey: held.includes("s"),
    metaKey: held.includes("m"),
  });

describe("a number in the settings", () => {
  test.each([
    ["clearClipboardAfterSeconds", " 60 ", { clearClipboardAfterSeconds: 60 }],
    ["clearClipboardAfterSeconds", "5", { clearClipboardAfterSeconds: 5 }],
    ["renewEarlyMinutes", "", { renewEarlyMinutes: null }],
    ["renewEarlyMinutes", "10000", { renewEarlyMinutes: 10_000 }],
    ["lockAfterMinutes", " ", { lockAfterMinutes: null }],
    ["lockAfterMinutes", "480", { lockAfterMinutes: 480 }],
  ] as const)("%s %j is taken", (field, typed, change) => {
    expect(numberTyped(field, typed)).toEqual(change);
  });

  test.each([
    ["clearClipboardAfterSeconds", ""],
    ["clearClipboardAfterSeconds", "4"],
    ["clearClipboardAfterSeconds", "3601"],
    ["clearClipboardAfterSeconds", "1e3"],
    ["renewEarlyMinutes", "0"],
    ["renewEarlyMinutes", "-5"],
    ["renewEarlyMinutes", "1.5"],
    ["renewEarlyMinutes", "10001"],
    ["lockAfterMinutes", "0"],
    ["lockAfterMinutes", "481"],
  ] as const)("%s %j is refused with the limits", (field, typed) => {
    expect(numberTyped(field, typed)).toMatch(/^Whole .*\d/);
  });
});

describe("a shortcut", () => {
  test("is complete with a modifier and a key", () => {
    expect(pressed("t", "KeyT", "ca")).toBe("Ctrl+Alt+T");
    expect(pressed("†", "KeyT", "am")).toBe("Alt+Super+T");
    expect(pressed("F9", "F9", "cs")).toBe("Ctrl+Shift+F9");
  });

  test("isn't one while only modifiers are down, or none that a program leaves free", () => {
    expect(pressed("Control", "ControlLeft", "c")).toBeUndefined();
    expect(pressed("T", "KeyT", "s")).toBeUndefined();
    expect(pressed("Tab", "Tab", "a")).toBeUndefined();
  });
});
