// Renders icons/source into the app and tray icons that are committed beside it: `npm run icons`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { Resvg } from "@resvg/resvg-js";
import { IconIcns, IconIco } from "@shockpkg/icon-encoder";

const icons = fileURLToPath(new URL("../../icons/", import.meta.url));
const levels = ["fresh", "soon", "busy", "attention", "off"];

// Each kind of bar fills in the classes of the tray drawings. "any" carries a light casing around dark lines, since
// a Linux panel doesn't tell its colour; "template" is black and alpha only, macOS does the colouring.
const bars = {
  any: {
    line: "#25262e",
    glow: "#ffb020",
    spark: "#fff6d8",
    mark: "#25262e",
    alarm: "#d7373f",
    onAlarm: "#fff",
    casing: "#fff",
  },
  "light-bar": {
    line: "#25262e",
    glow: "#ffab12",
    spark: "#fff6d8",
    mark: "#25262e",
    alarm: "#c9252d",
    onAlarm: "#fff",
  },
  "dark-bar": {
    line: "#f4f4f8",
    glow: "#ffb938",
    spark: "#fffdf2",
    mark: "#f4f4f8",
    alarm: "#ff6a6a",
    onAlarm: "#1b1b20",
  },
  template: { line: "#000", glow: "#000", spark: null, mark: "#000", alarm: "#000", onAlarm: null },
};

function style(bar) {
  return `
    .line { fill: none; stroke: ${bar.line}; stroke-width: 5; stroke-linejoin: round }
    .lid { fill: ${bar.line} }
    .glow { fill: ${bar.glow} }
    .mark { fill: ${bar.mark} }
    .alarm { fill: ${bar.alarm}; stroke: ${bar.alarm}; stroke-width: 5; stroke-linejoin: round }
    .casing { ${bar.casing ? `fill: ${bar.casing}; stroke: ${bar.casing}; stroke-width: 9.5; stroke-linejoin: round` : "display: none"} }
    .spark { fill: ${bar.spark ?? "#fff"} }
    .alarm-mark { stroke: ${bar.onAlarm ?? "#fff"}; stroke-width: 6; stroke-linecap: round }
    .alarm-dot { fill: ${bar.onAlarm ?? "#fff"} }`;
}

function render(svg, size) {
  return new Resvg(svg, { fitTo: { mode: "width", value: size }, font: { loadSystemFonts: false } }).render();
}

async function write(path, bytes) {
  await mkdir(dirname(icons + path), { recursive: true });
  await writeFile(icons + path, bytes);
}

/** White on black in the drawing becomes a hole: a template image has only its alpha to speak with. */
function cutHoles(svg) {
  const holes = [...svg.matchAll(/<[a-z]+ class="(?:spark|alarm-mark|alarm-dot)"[^>]*\/>/g)].map(
    ([element]) => element,
  );
  if (holes.length === 0) return svg;
  const solid = holes.reduce((text, hole) => text.replace(hole, ""), svg);
  const dark = holes.map((hole) =>
    hole
      .replace(/class="alarm-mark"/, 'stroke="#000" stroke-width="6" stroke-linecap="round"')
      .replace(/class="[a-z-]+"/, 'fill="#000"'),
  );
  return solid
    .replace(
      "</title>",
      `</title><mask id="holes"><rect width="64" height="64" fill="#fff"/>${dark.join("")}</mask><g mask="url(#holes)">`,
    )
    .replace("</svg>", "</g></svg>");
}

const app = await readFile(`${icons}source/app.svg`, "utf8");
for (const size of [32, 128, 256, 512]) await write(`app/${size}.png`, render(app, size).asPng());
await write("app/icon.png", render(app, 512).asPng());

const ico = new IconIco();
for (const size of [16, 24, 32, 48, 64, 256]) await ico.addFromPng(render(app, size).asPng());
await write("app/icon.ico", ico.encode());

const icns = new IconIcns();
for (const [type, size] of Object.entries({ ic11: 32, ic12: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 })) {
  await icns.addFromPng(render(app, size).asPng(), [type]);
}
await write("app/icon.icns", icns.encode());

for (const level of levels) {
  const source = await readFile(`${icons}source/tray/${level}.svg`, "utf8");
  for (const [name, bar] of Object.entries(bars)) {
    const drawing = (name === "template" ? cutHoles(source) : source).replace(
      "</title>",
      `</title><style>${style(bar)}</style>`,
    );
    // Windows shows 16 pixels at 100 % and scales badly what is of another size; its bar's shade is known.
    const ofWindows = name.endsWith("-bar") ? [16, 20, 24, 40] : [];
    for (const size of [22, 32, 44, 64, ...ofWindows])
      await write(`tray/${name}/${level}-${size}.png`, render(drawing, size).asPng());
    if (name === "any") await write(`tray/${level}.png`, render(drawing, 64).asPng());
  }
}
