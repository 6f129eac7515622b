import { profile, snapshot } from "../host/demo/profiles";
import { tell } from "../host/demo/sentences";
import { pick } from "./play";
import type { GalleryState } from "./states";

type Find = (testId: string) => Promise<HTMLElement>;

export function connectStates(): Record<string, GalleryState> {
  const one = { snapshot: snapshot([profile()]) };
  const open = async (find: Find) => {
    ((await find("programs")) as HTMLDetailsElement).open = true;
    (await find("connect-program")).click();
    await find("recipe");
  };
  const choose = async (find: Find, name: string) => {
    pick(await find("field-program"), name);
  };
  const letIn = async (find: Find) => {
    await open(find);
    await choose(find, "n8n");
    (await find("let-in")).click();
    (await find("let-in-done")).scrollIntoView();
  };
  const preview = async (find: Find) => {
    await open(find);
    const path = (await find("field-path")) as HTMLInputElement;
    path.value = "~/.config/Claude/claude_desktop_config.json";
    path.dispatchEvent(new Event("input"));
    (await find("file-preview")).click();
  };
  return {
    connect: { ...one, play: open },
    "connect-secret": { ...one, play: letIn },
    "connect-secret-german": { snapshot: snapshot([profile()], { language: "de" }), play: letIn },
    "connect-preview": {
      ...one,
      play: async (find) => {
        await preview(find);
        (await find("file-said")).scrollIntoView();
      },
    },
    "connect-changed": {
      ...one,
      play: async (find) => {
        await preview(find);
        (await find("file-apply")).click();
        (await find("file-undo")).scrollIntoView();
      },
    },
    "connect-german": {
      snapshot: snapshot([profile()], { language: "de" }),
      play: async (find) => {
        await preview(find);
        (await find("file-said")).scrollIntoView();
      },
    },
    "connect-refused": {
      ...one,
      replies: {
        connectFile: {
          kind: "failed",
          code: "connect_nothing",
          message: tell("failed-connect_nothing").headline,
          advice: tell("failed-connect_nothing").advice,
        },
      },
      play: async (find) => {
        await preview(find);
        (await find("failure")).scrollIntoView();
      },
    },
  };
}
