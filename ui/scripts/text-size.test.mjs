import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("type is measured in what grows with the text size", () => {
  const styles = new URL("../src/style/", import.meta.url);
  const sheets = readdirSync(styles).map((name) => readFileSync(new URL(name, styles), "utf8"));
  const sizes = sheets.flatMap(
    (sheet) => sheet.match(/(?<![\w-])(?:font|[\w-]*font-size)[\w-]*: [^;]*\d[^;]*;/g) ?? [],
  );
  expect(sizes.length).toBeGreaterThan(40);
  expect(sizes.filter((size) => /\d(?:px|pt)/.test(size))).toEqual([]);
});
