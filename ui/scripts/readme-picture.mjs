// The picture in the README, two states side by side: `npm run readme-picture`.
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { openGallery } from "./gallery.mjs";

const file = fileURLToPath(new URL("../../docs/screenshots/window.png", import.meta.url));
// Sharp on dense screens as well.
const scale = 2;

const gallery = await openGallery();
const light = await picture("live-long", "light");
const dark = await picture("secret-rejected", "dark");
const canvas = await gallery.page({ width: 864, height: 680, scale });
// The margin is transparent, so that it suits light and dark pages.
await canvas.setContent(`<style>
  body { margin: 0; padding: 12px 20px; display: flex; gap: 24px; }
  img { width: 400px; height: 656px; border-radius: 12px; box-shadow: 0 0 0 1px #8884, 0 4px 16px #0003; }
</style>${light}${dark}`);
await canvas.waitForFunction(() => [...document.images].every((image) => image.complete));
await mkdir(dirname(file), { recursive: true });
await canvas.screenshot({ path: file, omitBackground: true });
await gallery.close();
console.log(file);

async function picture(state, colorScheme) {
  const page = await gallery.page({ height: 656, colorScheme, scale });
  await gallery.show(page, state);
  const png = await page.screenshot();
  await page.context().close();
  return `<img alt="" src="data:image/png;base64,${png.toString("base64")}">`;
}
