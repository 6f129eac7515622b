import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the page begins with the jar that it goes on with", () => {
  const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
  const jar = read("src/view/jar.ts");
  const shapes = [...read("index.html").matchAll(/ (?:d|viewBox)="([^"]+)"|<rect class="lid" ([^/]+) \/>/g)];
  expect(shapes.map(([, path]) => path)).toHaveLength(5);
  for (const [, drawn, lid] of shapes) expect(jar).toContain(drawn ?? lid);
});
