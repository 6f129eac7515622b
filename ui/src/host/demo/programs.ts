/** Programs that may have to do with a profile. */

import type { OutletView, ProgramsView, ProgramView, QuestionView, TakerView } from "../../bindings/view";
import { clock } from "../../clock";
import { MINUTE } from "./profiles";

export function program(file: string, byCommand = false): ProgramView {
  return { name: file.split("/").at(-1) ?? "", file: file.includes("/") ? file : null, byCommand };
}

export function question(number: number, file: string, part: Partial<QuestionView> = {}): QuestionView {
  return {
    number,
    profileName: "Campaign Studio",
    program: program(file),
    pid: 4242,
    askedAt: clock.now() - 4 * MINUTE,
    isWaiting: true,
    runsAnything: false,
    isRemembered: true,
    ...part,
  };
}

export function taker(file: string, minutesAgo: number, part: Partial<TakerView> = {}): TakerView {
  return {
    program: program(file),
    pid: 4242,
    at: clock.now() - minutesAgo * MINUTE,
    manner: "as headers",
    today: 1,
    ...part,
  };
}

export function outlet(number: number, target: string, part: Partial<OutletView> = {}): OutletView {
  return { number, target, key: null, isCommand: false, isCurrent: true, trouble: null, ...part };
}

export function programs(part: Partial<ProgramsView> = {}): ProgramsView {
  return { asksFirst: false, permissions: [], takers: [], outlets: [], consumers: [], ...part };
}

export function usualPrograms(): ProgramsView {
  return programs({
    takers: [
      taker("/usr/bin/node", 3, { today: 12 }),
      taker("/usr/bin/bash", 48, { program: program("/usr/bin/bash", true), manner: "for curl", pid: 31877 }),
      taker("Postman", 26 * 60, { pid: null, manner: "over HTTP", today: 0 }),
    ],
    outlets: [
      outlet(1, "/home/mia/campaign/.env", { key: "FIREFLY_SERVICES_ACCESS_TOKEN" }),
      outlet(2, "/home/mia/bin/restart-render-farm", { isCommand: true }),
    ],
    consumers: ["Postman"],
  });
}
