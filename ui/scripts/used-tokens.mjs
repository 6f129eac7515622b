// Spectrum's themes hold the design tokens of every component there is. Most belong to components that we don't have,
// and they are most of what the window would load.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A Vite plugin: leaves out of the themes what nothing mentions, neither directly nor through another token. */
export function usedTokens() {
  let kept;
  return {
    name: "used-tokens",
    apply: "build",
    transform(code, id) {
      if (!id.includes(theme)) return null;
      kept ??= reachable(tokensIn(styled()), textsIn(join(packages, theme)));
      return { code: pruned(code, kept), map: null };
    },
  };
}

/** Every token that some text mentions. */
export function tokensIn(texts) {
  return new Set([...texts].flatMap((text) => text.match(token) ?? []));
}

/** These tokens and what they refer to in turn, in any of the sheets: one may stand in the theme, the other in a colour. */
export function reachable(mentioned, sheets) {
  const values = new Map();
  for (const sheet of sheets) {
    for (const [, name, value] of sheet.matchAll(declaration)) values.set(name, (values.get(name) ?? "") + value);
  }
  const reached = new Set(mentioned);
  // A set goes on to what is added meanwhile.
  for (const name of reached) for (const next of values.get(name)?.match(token) ?? []) reached.add(next);
  return reached;
}

/** The sheet with these tokens only. */
export function pruned(sheet, kept) {
  return sheet.replace(declaration, (whole, name) => (kept.has(name) ? whole : ""));
}

function* styled() {
  const folders = readdirSync(packages).filter((name) => !withoutUses.includes(name));
  for (const folder of [...folders.map((name) => join(packages, name)), own]) yield* textsIn(folder);
}

function* textsIn(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (/(?<!\.dev)\.js$|(?<!\.d)\.ts$|\.css$/.test(name)) yield readFileSync(join(folder, name), "utf8");
  }
}

const token = /--[\w-]+/g;
const declaration = /(--[\w-]+)\s*:([^;}]*);?/g;
const packages = fileURLToPath(new URL("../node_modules/@spectrum-web-components/", import.meta.url));
const theme = "/theme/src/spectrum-two/";
const own = fileURLToPath(new URL("../src/", import.meta.url));
/** They define tokens, or draw without any. */
const withoutUses = ["theme", "styles", "icons-workflow"];
