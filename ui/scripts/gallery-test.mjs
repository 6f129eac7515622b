// Looks for accessibility faults and for content wider than the window in every state, both themes: `npm run gallery:test`.
import { createRequire } from "node:module";

import { openGallery } from "./gallery.mjs";
import { paths } from "./gallery-paths.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const only = new RegExp(process.argv[2] ?? "");
const gallery = await openGallery();
let findings = 0;
let looks = 0;

for (const colorScheme of ["light", "dark"]) {
  const page = await gallery.page({ colorScheme });
  for (const name of gallery.names.filter((name) => only.test(name))) {
    await gallery.show(page, name);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run(document));
    looks += 1;
    for (const { id, help, nodes } of violations) {
      findings += nodes.length;
      console.log(`${name} (${colorScheme}): ${id}, ${help}`);
      for (const { target, any } of nodes.slice(0, 3))
        console.log(`    ${target.flat().join(" ")}  ${any[0]?.message ?? ""}`);
    }
  }
  await page.context().close();
}

// German is longer, and right to left is the other way round; 320 px stands for large zoom.
for (const [width, query] of [
  [320, ""],
  [400, "?lang=de"],
  [900, "?dir=rtl"],
]) {
  const page = await gallery.page({ width });
  for (const name of gallery.names.filter((name) => only.test(name))) {
    await gallery.show(page, name, query);
    looks += 1;
    const wide = await page.evaluate(() => {
      const elements = [document.documentElement, ...document.querySelectorAll("main, .hero, .profiles, .form")];
      return elements
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.className || element.localName);
    });
    if (wide.length > 0) {
      findings += 1;
      console.log(`${name} at ${width} px ${query}: wider than the window: ${wide.join(", ")}`);
    }
  }
  await page.context().close();
}

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
    findings += 1;
    console.log(`${name}: ${error.message}`);
  }
}

await gallery.close();
console.log(`${findings} findings in ${looks} looks at ${gallery.names.length} states`);
process.exitCode = findings > 0 ? 1 : 0;
