/**
 * The jar. Its light is the remaining life: higher, brighter and wider the more there is.
 * A state is told by what is in the jar, never by colour alone: light, dots, a pause, an exclamation mark, nothing.
 */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { Level } from "../bindings/view";
import { t } from "../words";

interface Jar {
  level: Level;
  fraction: number;
  live: boolean;
  paused: boolean;
}

/** The big one, with a firefly. */
export function jar({ level, fraction, live, paused }: Jar): TemplateResult {
  const surface = SHOULDER + (FLOOR - SHOULDER) * (1 - light(fraction, live));
  const label = live ? t("jar-label", { percent: Math.round(fraction * 100) }) : t("jar-empty");
  return html`<svg class="jar" viewBox="36 60 440 404" role="img" aria-label=${label} data-level=${level}>
    <defs>
      <radialGradient id="halo">
        <stop offset=".1" stop-color="var(--glow)" stop-opacity=".75" />
        <stop offset=".5" stop-color="var(--glow)" stop-opacity=".36" />
        <stop offset=".78" stop-color="var(--glow)" stop-opacity=".1" />
        <stop offset="1" stop-color="var(--glow)" stop-opacity="0" />
      </radialGradient>
      <radialGradient id="heart">
        <stop offset="0" stop-color="#fffbe8" />
        <stop offset=".35" stop-color="#fff0b8" stop-opacity=".9" />
        <stop offset="1" stop-color="#ffd166" stop-opacity="0" />
      </radialGradient>
      <linearGradient id="light" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1=${surface - FEATHER} y2=${FLOOR}>
        <stop offset="0" stop-color="#ffc247" stop-opacity="0" />
        <stop offset=${(2 * FEATHER) / (FLOOR - surface + FEATHER)} stop-color="#ffc247" />
        <stop offset="1" stop-color="#ff9f1a" />
      </linearGradient>
      <clipPath id="inside"><path d=${BODY} /></clipPath>
    </defs>
    ${
      live
        ? svg`<circle class="halo" cx="256" cy="300" r=${170 + 60 * fraction} fill="url(#halo)" opacity=${0.5 + 0.5 * fraction} />`
        : nothing
    }
    <path class="glass" d=${BODY} />
    ${
      live
        ? svg`<g clip-path="url(#inside)" class=${paused ? "resting" : ""}>
          <rect x="140" y=${surface - FEATHER} width="232" height=${FLOOR - surface + FEATHER + 10} fill="url(#light)" />
          ${firefly(Math.min(surface + 92, FLOOR - 64), fraction)}
        </g>`
        : nothing
    }
    <path class="outline" d=${BODY} />
    <path class="shine" d="M186 286c0-19 6-32 19-43" />
    <rect class="lid" x="184" y="96" width="144" height="54" rx="20" />
    ${mark(level, live, paused)}
  </svg>`;
}

/** The small one beside a name, drawn like the tray's icons. */
export function smallJar({ level, fraction, live, paused }: Jar): TemplateResult {
  const empty = 100 * (1 - light(fraction, live));
  const alarm = level === "attention";
  return html`<svg class="small-jar" viewBox="4 1 58 62" aria-hidden="true" data-level=${level}>
    ${live ? svg`<path class="small-light" d=${SMALL_BODY} style=${`clip-path: inset(${empty}% 0 0 0)`} />` : nothing}
    <path class="small-outline" d=${SMALL_BODY} />
    <rect class="small-lid" x="18" y="5" width="28" height="10" rx="4" />
    ${
      alarm
        ? svg`<g class="badge"><circle cx="49" cy="49" r="14" /><path d="M49 41.5v8" /><circle class="dot" cx="49" cy="55.5" r="2.4" /></g>`
        : nothing
    }
    ${
      level === "soon" && live
        ? svg`<g class="badge wait"><path class="triangle" d="M49 36l13 24H36z" /><path d="M49 44.5v7" /><circle class="dot" cx="49" cy="56" r="2" /></g>`
        : nothing
    }
    ${level === "busy" ? svg`<g class="dots">${[22, 32, 42].map((x) => svg`<circle cx=${x} cy="43" r="3.6" />`)}</g>` : nothing}
    ${paused ? svg`<g class=${live ? "bars lit" : "bars"}><path d="M27 36v14M37 36v14" /></g>` : nothing}
  </svg>`;
}

/** A state's own little shape, beside its words. */
export function glyph(level: Level): TemplateResult {
  const shape = {
    fresh: svg`<circle cx="8" cy="8" r="7" /><path class="cut" d="M4.8 8.3l2.2 2.2 4.2-4.7" />`,
    soon: svg`<path d="M8 1.2l7.2 13.3H.8z" /><path class="cut" d="M8 6v4" /><circle class="cut-dot" cx="8" cy="12.2" r=".9" />`,
    busy: svg`<circle class="ring" cx="8" cy="8" r="6" />`,
    attention: svg`<path d="M8 .6L15.4 8 8 15.4.6 8z" /><path class="cut" d="M8 4.6v4" /><circle class="cut-dot" cx="8" cy="11" r=".95" />`,
    off: svg`<rect x="3" y="2.5" width="3.6" height="11" rx="1.2" /><rect x="9.4" y="2.5" width="3.6" height="11" rx="1.2" />`,
  }[level];
  return html`<svg class="glyph" viewBox="0 0 16 16" aria-hidden="true" data-level=${level}>${shape}</svg>`;
}

function light(fraction: number, live: boolean): number {
  return live ? LEAST_LIGHT + (1 - LEAST_LIGHT) * fraction : 0;
}

function firefly(y: number, fraction: number): SVGTemplateResult {
  return svg`<circle class="heart" cx="256" cy=${y + 12} r=${64 + 34 * fraction} fill="url(#heart)" />
    <g class="firefly" transform="translate(256 ${y}) scale(.92)">
      <path class="wing" d="M-5-12C-22-46-66-58-78-38-86-20-44-2-5-6z" />
      <path class="wing" d="M5-12C22-46 66-58 78-38 86-20 44-2 5-6z" />
      <path class="tail" d="M-17 0C-15-13 15-13 17 0 21 26 11 50 0 56-11 50-21 26-17 0z" />
      <ellipse class="thorax" cx="0" cy="-13" rx="12.5" ry="11.5" />
      <circle class="head" cx="0" cy="-29" r="8.5" />
      <path class="feeler" d="M-4-35c-2-9-8-15-15-16M4-35c2-9 8-15 15-16" />
    </g>`;
}

function mark(level: Level, live: boolean, paused: boolean): SVGTemplateResult | typeof nothing {
  if (level === "attention" && !live) {
    return svg`<g class="alarm"><path d="M256 262v64" /><circle class="dot" cx="256" cy="366" r="13" /></g>`;
  }
  if (level === "attention") {
    return svg`<g class="alarm badge"><circle cx="352" cy="398" r="44" /><path d="M352 374v26" /><circle class="dot" cx="352" cy="420" r="7" /></g>`;
  }
  if (paused) return svg`<g class="bars"><path d="M234 270v76M278 270v76" /></g>`;
  if (level === "busy") {
    return svg`<g class="dots">${[212, 256, 300].map((x) => svg`<circle cx=${x} cy="318" r="14" />`)}</g>`;
  }
  return nothing;
}

const BODY =
  "M206 164h100v8c0 17 9 27 24 40 17 14 26 33 26 56v98c0 33-25 56-58 56h-84c-33 0-58-23-58-56v-98c0-23 9-42 26-56 15-13 24-23 24-40z";
const SMALL_BODY =
  "M22 19v1c0 4-2.5 6-5 8.5C13.8 31.6 12 34.5 12 39v8.5C12 54 16.5 58 23 58h18c6.5 0 11-4 11-10.5V39c0-4.5-1.8-7.4-5-10.5-2.5-2.5-5-4.5-5-8.5v-1z";
const SHOULDER = 196;
const FLOOR = 422;
/** How softly the light ends, in units of the drawing. */
const FEATHER = 26;
/** A live token is never shown as an empty jar. */
const LEAST_LIGHT = 0.14;
