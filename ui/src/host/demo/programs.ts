/** Programs that may have to do with a profile. */

import type {
  ConsumerView,
  SinkView,
  PermissionsView,
  PermissionView,
  ProgramsView,
  ProgramView,
  QuestionView,
  TakerView,
} from "../../bindings/view";
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
    lasts: false,
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

export function sink(number: number, target: string, part: Partial<SinkView> = {}): SinkView {
  return { number, target, key: null, isCommand: false, isCurrent: true, isSignedOut: false, trouble: null, ...part };
}

export function permission(number: number, file: string, part: Partial<PermissionView> = {}): PermissionView {
  return {
    number,
    profileName: "Campaign Studio",
    program: program(file),
    consent: "always",
    since: clock.now() - 3 * 24 * 60 * MINUTE,
    until: null,
    lastTaken: clock.now() - 12 * MINUTE,
    ...part,
  };
}

export function consumer(name: string, part: Partial<ConsumerView> = {}): ConsumerView {
  return { name, profileName: null, untilItEnds: false, lastTaken: clock.now() - 90 * MINUTE, ...part };
}

export function usualPermissions(): PermissionsView {
  const hour = { consent: "hour", since: clock.now() - 20 * MINUTE, until: clock.now() + 40 * MINUTE } as const;
  return {
    permissions: [
      permission(1, "/usr/bin/node"),
      permission(2, "/opt/blender/blender", hour),
      permission(3, "/usr/bin/bash", {
        program: program("/usr/bin/bash", true),
        consent: "untilLocked",
        lastTaken: null,
      }),
      permission(4, "/tmp/unknown", { profileName: "Packaging", consent: "never", since: null, lastTaken: null }),
    ],
    consumers: [
      consumer("n8n"),
      consumer("ComfyUI", { profileName: "Packaging", lastTaken: null }),
      consumer("python make.py", { profileName: "Campaign Studio", untilItEnds: true }),
    ],
  };
}

export function programs(part: Partial<ProgramsView> = {}): ProgramsView {
  return { asksFirst: false, permissions: [], takers: [], sinks: [], consumers: [], ...part };
}

export function usualPrograms(): ProgramsView {
  return programs({
    takers: [
      taker("/usr/bin/node", 3, { today: 12 }),
      taker("/usr/bin/bash", 48, { program: program("/usr/bin/bash", true), manner: "for curl", pid: 31877 }),
      taker("Postman", 26 * 60, { pid: null, manner: "over HTTP", today: 0 }),
    ],
    sinks: [
      sink(1, "/home/mia/campaign/.env", { key: "FIREFLY_SERVICES_ACCESS_TOKEN" }),
      sink(2, "/home/mia/bin/restart-render-farm", { isCommand: true }),
    ],
    consumers: ["Postman"],
  });
}
