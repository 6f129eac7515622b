import { describe, expect, it } from "vitest";
import { savedText } from "./saved-text";

const TEXT = "CLIENT_ID=0123 é";

function utf16(isLittle: boolean, mark: number[] = []): Uint8Array {
  const units = Array.from(TEXT, (character) => character.charCodeAt(0));
  const bytes = units.flatMap((unit) => (isLittle ? [unit & 0xff, unit >> 8] : [unit >> 8, unit & 0xff]));
  return Uint8Array.from([...mark, ...bytes]);
}

describe("a file that was dropped", () => {
  it("f49 is read as Windows saves it", () => {
    const files = [
      new TextEncoder().encode(TEXT),
      utf16(true),
      utf16(false),
      utf16(true, [0xff, 0xfe]),
      utf16(false, [0xfe, 0xff]),
    ];
    expect(files.map(savedText)).toEqual(files.map(() => TEXT));
  });

  it("is read whatever it is", () => {
    for (const odd of [[], [0xff], [0xff, 0xfe, 0x41], [0, 0, 0, 0]]) {
      expect(() => savedText(Uint8Array.from(odd))).not.toThrow();
    }
  });
});
