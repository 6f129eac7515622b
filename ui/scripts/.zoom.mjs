import { openGallery } from "/tmp/w/face/ui/scripts/gallery.mjs";
const [, , state, theme = "light", scale = "3", query = "", width = "400", height = "640"] = process.argv;
const g = await openGallery();
for (const s of state.split(",")) {
  const p = await g.page({ scale: Number(scale), colorScheme: theme, width: Number(width), height: Number(height) });
  await g.show(p, s, query);
  await p.waitForTimeout(200);
  await p.screenshot({ path: `/tmp/fs/zoom-${s}-${theme}.png` });
}
await g.close();
