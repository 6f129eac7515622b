import { openGallery } from "./gallery.mjs";
const g = await openGallery();
for (const [w, h, theme, q, names] of [
  [320, 640, "light", "", ["welcome", "live-long", "paste-warnings", "settings-errors", "secret-rejected"]],
  [320, 640, "dark", "?lang=de", ["live-long", "toasts-all", "removed-undo"]],
  [900, 640, "light", "", ["welcome", "many", "paste-wrong-secret", "settings", "strip-week"]],
  [400, 640, "dark", "?dir=rtl", ["arabic", "strip-told", "paste-understood", "many", "copied"]],
  [
    400,
    640,
    "light",
    "",
    [
      "many",
      "german",
      "searching",
      "strip-told",
      "strip-outage",
      "strip-empty",
      "strip-busy",
      "strip-short-life",
      "renaming",
      "long-name",
      "settings-filled",
    ],
  ],
]) {
  const p = await g.page({ width: w, height: h, colorScheme: theme });
  for (const n of names) {
    await g.show(p, n, q);
    await p.screenshot({ path: `/tmp/fs/w-${n}-${w}-${theme}${q.includes("rtl") ? "-rtl" : q ? "-de" : ""}.png` });
  }
  await p.context().close();
}
await g.close();
