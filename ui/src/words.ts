/** Every word of the window, from the catalogue in `words/`. Sentences of a snapshot come translated already. */

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

import german from "../../words/de/window.ftl?raw";
import english from "../../words/en/window.ftl?raw";
import type { Language } from "./bindings/view";

const catalogues: Record<Language, string> = { en: english, de: german };

let language: Language = "en";
let bundle = bundleOf(language, catalogues[language]);

/** Later calls of {@link t} answer in `wanted`. Whoever shows words has to be drawn anew. */
export function speak(wanted: Language): void {
  if (wanted === language) return;
  language = wanted;
  bundle = bundleOf(wanted, catalogues[wanted]);
}

/** The language of the words; dates and numbers follow the person's region where it speaks the same language. */
export function locale(): string {
  const wishes = typeof navigator === "undefined" ? [] : (navigator.languages as readonly string[] | undefined);
  return wishes?.find((wish) => wish.split("-")[0] === language) ?? language;
}

/** The words of `id`. An id that nobody wrote down shows as itself; a test keeps that from happening. */
export function t(id: string, args?: Record<string, string | number>): string {
  const message = bundle.getMessage(id);
  if (!message?.value) return id;
  return bundle.formatPattern(message.value, args && isolated(args), []);
}

export function bundleOf(wanted: Language, catalogue: string): FluentBundle {
  // Isolating marks around every name would be copied and read along; they go only where they matter.
  const made = new FluentBundle(wanted, { useIsolating: false });
  made.addResource(new FluentResource(catalogue));
  return made;
}

function isolated(args: Record<string, string | number>): Record<string, FluentVariable> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" && RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value,
    ]),
  );
}

const RIGHT_TO_LEFT = /\p{Script=Hebrew}|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Nko}/u;
