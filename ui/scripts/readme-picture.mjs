// The pictures in docs/screenshots: a few states side by side for the README, and the chosen ones alone: `npm run readme-picture`.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { openGallery } from "./gallery.mjs";

const folder = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
// Sharp on dense screens as well.
const scale = 2;
const chosen = [
  ["welcome", "light"],
  ["paste-understood", "light"],
  ["live-long", "dark"],
  ["secret-rejected", "dark"],
  ["german", "light"],
];

const gallery = await openGallery();
await mkdir(folder, { recursive: true });
for (const [state, colorScheme] of chosen) await writeFile(`${folder}${state}.png`, await picture(state, colorScheme));
const pair = [await picture("live-long", "light"), await picture("secret-rejected", "dark")];
const canvas = await gallery.page({ width: 864, height: 680, scale });
// The margin is transparent, so that it suits light and dark pages.
await canvas.setContent(`<style>
  body { margin: 0; padding: 12px 20px; display: flex; gap: 24px; }
  img { width: 400px; height: 656px; border-radius: 12px; box-shadow: 0 0 0 1px #8884, 0 4px 16px #0003; }
</style>${pair.map((png) => `<img alt="" src="data:image/png;base64,${png.toString("base64")}">`).join("")}`);
await canvas.waitForFunction(() => [...document.images].every((image) => image.complete));
await canvas.screenshot({ path: `${folder}window.png`, omitBackground: true });
await gallery.close();
console.log(folder);

async function picture(state, colorScheme) {
  const page = await gallery.page({ height: 656, colorScheme, scale });
  await gallery.show(page, state);
  const png = await page.screenshot();
  await page.context().close();
  return png;
}
