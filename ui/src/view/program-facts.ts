/** A program in words: what it is called, and how it can be told from others. */

import type { ProgramView } from "../bindings/view";
import { t } from "../words";

export function called({ name }: ProgramView): string {
  return name || t("programs-unnamed");
}

export function facts({ file, byCommand }: ProgramView, pid: number | null, ...more: string[]): string {
  const known = [
    file,
    pid === null ? null : t("programs-pid", { pid: String(pid) }),
    byCommand ? t("programs-by-command") : null,
  ];
  return [...known.filter((fact) => fact !== null), ...more].join(" · ");
}
