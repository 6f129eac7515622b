// Looks in every state for accessibility faults, in both themes, and for content that leaves the window: `npm run gallery:test`.
import { createRequire } from "node:module";

import { openGallery } from "./gallery.mjs";
import { paths } from "./gallery-paths.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const only = new RegExp(process.argv[2] ?? "");
const gallery = await openGallery();
// Whoever started it beside something else (`cargo xtask test`) holds the other end of this pipe, and needs it no longer
// when that end is gone.
if (process.env.GLOWJAR_ENDS_WITH_STDIN !== undefined) {
  const leave = async () => {
    process.exitCode = 1;
    await gallery.close();
    process.exit();
  };
  process.stdin.resume().on("end", () => void leave());
  process.stdin.unref();
}
const states = gallery.names.filter((name) => only.test(name));
let findings = 0;
let looks = 0;

// German is longer, and right to left is the other way round. Zoom halves the pixels of a page: the last is a window of
// 640 by 640 at 200 %.
const layouts = [
  { width: 320, query: "" },
  { width: 320, query: "?lang=de" },
  { width: 400, query: "?lang=de" },
  { width: 400, query: "?lang=de&text=largest" },
  { width: 900, query: "?dir=rtl" },
  { width: 320, height: 320, scale: 2, query: "?lang=de" },
];
const rounds = [
  ...["light", "dark"].map((colorScheme) => () => lookForBarriers(colorScheme)),
  ...layouts.map((layout) => () => lookForOverflow(layout)),
  walkPaths,
];
/** As many as the machines that this runs on have cores. */
const PAGES = 2;
await Promise.all(
  Array.from({ length: PAGES }, async () => {
    for (let round = rounds.shift(); round !== undefined; round = rounds.shift()) await round();
  }),
);
await gallery.close();
console.log(`${findings} findings in ${looks} looks at ${gallery.names.length} states`);
process.exitCode = findings > 0 ? 1 : 0;

async function lookForBarriers(colorScheme) {
  const page = await gallery.page({ colorScheme });
  for (const name of states) {
    await gallery.show(page, name);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run(document));
    looks += 1;
    for (const { id, help, nodes } of violations) {
      found(`${name} (${colorScheme}): ${id}, ${help}`, nodes.length);
      for (const { target, any } of nodes.slice(0, 3))
        console.log(`    ${target.flat().join(" ")}  ${any[0]?.message ?? ""}`);
    }
  }
  await page.context().close();
}

async function lookForOverflow({ width, height, scale, query }) {
  const page = await gallery.page({ width, height, scale });
  for (const name of states) {
    await gallery.show(page, name, query);
    looks += 1;
    const where = `${name} at ${width} px ${query}`;
    const wide = await page.evaluate(widerThanTheWindow);
    if (wide.length > 0) found(`${where}: wider than the window: ${wide.join(", ")}`);
    const away = await page.evaluate(scrolledAway);
    if (away > 0) found(`${where}: the whole window scrolls, by ${away} px`);
    const cut = await page.evaluate(cutOff);
    if (cut.length > 0) found(`${where}: words without their end: ${cut.join(", ")}`);
  }
  await page.context().close();
}

async function walkPaths() {
  const page = await gallery.page({});
  for (const [name, path] of Object.entries(paths)) {
    if (!only.test(name)) continue;
    looks += 1;
    try {
      await path(
        page,
        (id) => page.locator(`[data-testid="${id}"]`),
        (state) => gallery.show(page, state),
      );
    } catch (error) {
      found(`${name}: ${error.message}`);
    }
  }
  await page.context().close();
}

function found(what, count = 1) {
  findings += count;
  console.log(what);
}

/** Runs in the page. */
function widerThanTheWindow() {
  const elements = [document.documentElement, ...document.querySelectorAll("main, .hero, .profiles, .form")];
  return elements
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .map((element) => element.className || element.localName);
}

/** How far the bar at the top can be scrolled out of sight. Runs in the page. */
function scrolledAway() {
  const root = document.scrollingElement;
  root.scrollTop = root.scrollHeight;
  const pixels = root.scrollTop;
  root.scrollTop = 0;
  return pixels;
}

/** Words that end at an edge, without dots to say so. Runs in the page. */
function cutOff() {
  const seen = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const { overflowX, textOverflow, position, webkitLineClamp } = getComputedStyle(element);
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      const clips = ["hidden", "clip"].includes(overflowX) && position !== "absolute";
      const dotted = textOverflow === "ellipsis" || webkitLineClamp !== "none";
      if (own && clips && !dotted && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1) {
        seen.push(`“${element.textContent.trim().slice(0, 40)}”`);
      }
    }
  };
  walk(document);
  return seen;
}
