import { sink, permission, program, programs, question, taker, usualPrograms } from "../host/demo/programs";
import { MINUTE, profile, snapshot } from "../host/demo/profiles";
import { clock } from "../clock";
import type { GalleryState } from "./states";

export function programsStates(): Record<string, GalleryState> {
  const one = { snapshot: snapshot([profile()]) };
  const opened: NonNullable<GalleryState["play"]> = async (find) => {
    const details = (await find("programs")) as HTMLDetailsElement;
    details.open = true;
    details.scrollIntoView();
  };
  const deep = "/home/mia/.local/share/Steam/steamapps/common/Substance 3D Painter/bin/a-rather-long-program-name-2026";
  return {
    "programs-nobody": { ...one, programs: programs(), play: opened },
    "programs-signed-out": {
      ...one,
      programs: {
        ...usualPrograms(),
        sinks: [
          sink(1, "/home/mia/campaign/.env", { key: "ADOBE_ACCESS_TOKEN", isCurrent: false, isSignedOut: true }),
          sink(2, "/home/mia/bin/restart-render-farm", { isCommand: true, isCurrent: false, isSignedOut: true }),
        ],
      },
      play: opened,
    },
    "programs-some": { ...one, programs: usualPrograms(), play: opened },
    "programs-many": {
      ...one,
      programs: programs({
        takers: Array.from({ length: 30 }, (_, at) =>
          taker(`/opt/render/bin/worker-${at + 1}`, at * 7, { pid: 900 + at }),
        ),
      }),
      play: async (find) => {
        await opened(find);
        (await find("programs-all")).click();
      },
    },
    "programs-long": {
      ...one,
      programs: programs({
        takers: [
          taker(deep, 0, { manner: "as “a plug-in's own, very long forma”", today: 86_400 }),
          taker("", 70, { pid: null, manner: "as plain text" }),
        ],
        sinks: [sink(7, `${deep}/settings/firefly.json`, { key: "/values/0/value", isCurrent: false })],
        consumers: ["The plug-in of the packaging department with a long name"],
      }),
      play: opened,
    },
    "programs-trouble": {
      ...one,
      programs: programs({
        takers: [taker("/usr/bin/node", 3)],
        sinks: [
          sink(1, "/home/mia/campaign/.env", {
            key: "TOKEN",
            isCurrent: false,
            trouble: "its folder /home/mia/campaign is not there",
          }),
        ],
      }),
      replies: {
        removeSink: {
          kind: "failed",
          code: "programs_file",
          message: "This could not be changed",
          advice: "The list can’t be written (No space left on device). Everything is as it was.",
        },
      },
      play: async (find) => {
        await opened(find);
        const away = await find("away-sink-1");
        away.click();
        away.click();
      },
    },
    "programs-answers": {
      ...one,
      programs: programs({
        asksFirst: true,
        takers: [taker("/usr/bin/node", 3)],
        permissions: [
          permission(1, "/usr/bin/node"),
          permission(2, "/usr/bin/bash", { program: program("/usr/bin/bash", true), consent: "never", since: null }),
          permission(3, "/opt/blender/blender", { consent: "hour", until: clock.now() + 40 * MINUTE }),
          permission(4, "/usr/bin/make", { consent: "untilLocked" }),
        ],
      }),
      play: opened,
    },
    question: { snapshot: snapshot([profile()], { questions: [question(1, "/opt/blender/blender")] }) },
    "questions-all": {
      snapshot: snapshot([profile()], {
        questions: [
          question(1, "/usr/bin/python3.11", { runsAnything: true }),
          question(2, "", { isRemembered: false, pid: 77 }),
          question(3, deep, { isWaiting: false, program: program(deep, true) }),
        ],
        banners: [
          {
            code: "no_tray",
            level: "soon",
            headline: "This desktop shows no tray icons",
            advice: "Glowjar keeps working. Start it again to open this window.",
            action: null,
            dismissible: true,
          },
        ],
      }),
    },
    "question-lasts": {
      snapshot: snapshot([profile()], { questions: [question(1, "/opt/blender/blender", { lasts: true })] }),
    },
    "question-german": {
      snapshot: snapshot([profile({ name: "Frühlingskampagne" })], {
        language: "de",
        questions: [question(1, "/usr/bin/node", { runsAnything: true, profileName: "Frühlingskampagne" })],
      }),
    },
    "programs-german": {
      snapshot: snapshot([profile({ name: "Frühlingskampagne" })], { language: "de" }),
      programs: programs({ ...usualPrograms(), takers: [taker("/usr/bin/node", 3, { manner: "als Kopfzeilen" })] }),
      play: opened,
    },
  };
}
