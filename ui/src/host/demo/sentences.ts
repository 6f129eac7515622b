/** What the application says, in its own words: the demo invents none, so that pictures show what people will read. */

import type { FluentBundle } from "@fluent/bundle";

import german from "../../../../words/de/agent.ftl?raw";
import english from "../../../../words/en/agent.ftl?raw";
import type { Language, RemarkView } from "../../bindings/view";
import { bundleOf } from "../../words";

type Arguments = Record<string, string | number>;

const bundles: Record<Language, FluentBundle> = { en: bundleOf("en", english), de: bundleOf("de", german) };

/** `?lang=de` in the address, where there is one. */
export const asked: Language = typeof location !== "undefined" && /[?&]lang=de\b/.test(location.search) ? "de" : "en";

let language = asked;

export function spoken(): Language {
  return language;
}

/** Later sentences are in `wanted`. */
export function speakLike(wanted: Language): void {
  language = wanted;
}

/** What `make` says in another language. */
export function saidIn<T>(wanted: Language, make: () => T): T {
  const before = language;
  language = wanted;
  const made = make();
  language = before;
  return made;
}

export function say(id: string, args: Arguments = {}): string {
  return said(id, undefined, args);
}

/** A headline with its advice, which may be empty. */
export function tell(id: string, args: Arguments = {}): { headline: string; advice: string } {
  return { headline: said(id, undefined, args), advice: said(id, "advice", args) };
}

/** About a paste. */
export function remark(code: string, args: Arguments = {}): RemarkView {
  const { headline, advice } = tell(`paste-${code}`, args);
  return { code, message: headline, advice };
}

export function help(id: string): string {
  return said(id, "help", {});
}

function said(id: string, attribute: string | undefined, args: Arguments): string {
  const bundle = bundles[language];
  const message = bundle.getMessage(id);
  if (!message) throw new Error(`The application never says ${id}`);
  const pattern = attribute === undefined ? message.value : message.attributes[attribute];
  return pattern ? bundle.formatPattern(pattern, args) : "";
}
