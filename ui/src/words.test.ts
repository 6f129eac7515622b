import { describe, expect, test } from "vitest";

import german from "../../words/de/window.ftl?raw";
import english from "../../words/en/window.ftl?raw";

/** Each message's id and the variables in it. */
function messages(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let current = new Set<string>();
  for (const line of text.split("\n")) {
    const id = /^([A-Za-z][\w-]*) =/.exec(line)?.[1];
    if (id) {
      expect(found.has(id), `${id} is written down twice`).toBe(false);
      current = new Set();
      found.set(id, current);
    }
    if (!line.startsWith("#")) for (const [, name] of line.matchAll(/\$(\w+)/g)) current.add(name ?? "");
  }
  return found;
}

/** The names in an object's literal. */
function facts(literal: string): Set<string> {
  let flat = literal;
  while (/\([^()]*\)/.test(flat)) flat = flat.replace(/\([^()]*\)/g, "");
  const members = flat.split(",").map((member) => member.trim());
  return new Set(members.filter(Boolean).map((member) => member.replace(/:.*/s, "")));
}

const sources = import.meta.glob<string>(["./**/*.ts", "!./**/*.test.ts", "!./bindings/**", "!./host/demo/**"], {
  query: "?raw",
  import: "default",
  eager: true,
});

describe("the catalogue", () => {
  const inEnglish = messages(english);
  const inGerman = messages(german);
  const source = Object.values(sources).join("\n");
  // Ids stand in the source whole, or as a family whose members end in a value of the application: `t(`action-${action}`)`.
  const literal = new Set([...source.matchAll(/"([a-z][\w-]*)"/g)].map(([, id]) => id));
  const families = [...source.matchAll(/`([a-z][a-z-]*-)\$\{[^}]+\}`/g)].map(([, start]) => start ?? "");
  const called = [...source.matchAll(/\bt\(\s*"([\w-]+)"/g)].map(([, id]) => id ?? "");

  test("says the same things in both languages", () => {
    expect([...inGerman.keys()]).toEqual([...inEnglish.keys()]);
  });

  test("tells the same facts in both languages", () => {
    for (const [id, variables] of inEnglish) expect(inGerman.get(id), id).toEqual(variables);
  });

  test("has every word that the window says", () => {
    expect(called.length).toBeGreaterThan(50);
    expect(called.filter((id) => !inEnglish.has(id))).toEqual([]);
  });

  test("is told every fact that it has a place for, and has a place for every one it is told", () => {
    const calls = [...source.matchAll(/\bt\(\s*"([\w-]+)"(?:,\s*\{([^{}]*)\})?,?\s*\)/g)];
    expect(calls.length).toBeGreaterThan(50);
    for (const [, id = "", told = ""] of calls) expect(facts(told), id).toEqual(inEnglish.get(id));
  });

  test("has no word that the window never says", () => {
    const unused = [...inEnglish.keys()].filter(
      (id) => !literal.has(id) && !families.some((family) => id.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });
});
