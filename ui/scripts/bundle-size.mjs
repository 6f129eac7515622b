// Prints what the window loads, gzipped, and fails when it is more than we allow ourselves.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const limit = 200_000;
const assets = fileURLToPath(new URL("../dist/assets/", import.meta.url));

let total = 0;
for (const name of (await readdir(assets)).filter((name) => /\.(js|css)$/.test(name))) {
  total += gzipSync(await readFile(assets + name), { level: 9 }).length;
}
console.log(`JS and CSS, gzipped: ${(total / 1000).toFixed(1)} kB of at most ${limit / 1000} kB`);
if (total > limit) process.exit(1);
