// Pictures of every state: `npm run shots [-- --only live --width 400 --theme dark --query ?lang=de --to DIR]`.
import { mkdtemp, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openGallery } from "./gallery.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    width: { type: "string" },
    theme: { type: "string" },
    to: { type: "string" },
    query: { type: "string" },
  },
});
const folder = values.to ?? (await mkdtemp(join(tmpdir(), "glowjar-shots-")));
await mkdir(folder, { recursive: true });
const gallery = await openGallery();
const names = gallery.names.filter((name) => new RegExp(values.only ?? "").test(name));

for (const colorScheme of values.theme ? [values.theme] : ["light", "dark"]) {
  for (const width of values.width ? [Number(values.width)] : [320, 400, 900]) {
    const page = await gallery.page({ width, colorScheme });
    for (const name of names) {
      await gallery.show(page, name, values.query);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
    await page.context().close();
  }
}
await gallery.close();
console.log(folder);
