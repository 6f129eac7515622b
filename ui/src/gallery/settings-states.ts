import type { Choices, SettingsView } from "../bindings/view";
import { profile, settings, snapshot } from "../host/demo/profiles";
import { saidIn, say, tell } from "../host/demo/sentences";
import type { GalleryState } from "./states";

export function settingsStates(): Record<string, GalleryState> {
  const open = async (find: (testId: string) => Promise<HTMLElement>) => {
    (await find("open-settings")).click();
    await find("settings");
  };
  const toPrograms: NonNullable<GalleryState["play"]> = async (find) => {
    await open(find);
    (await find("settings-programs")).scrollIntoView();
  };
  const type = (element: HTMLElement, value: string) => {
    (element as HTMLInputElement).value = value;
    element.dispatchEvent(new Event("input"));
    element.dispatchEvent(new Event("change"));
  };
  const choosing = (part: Partial<Choices>): SettingsView => ({
    ...settings,
    choices: { ...settings.choices, ...part },
  });
  const ignored = () => [
    { key: "clientSecret", why: say("managed-secret") },
    { key: "StartAtLogin", why: say("managed-other_spelling", { name: "startAtLogin" }) },
    { key: "renewEarlyMinutes", why: say("managed-not_a_number", { least: 1, most: 1440 }) },
  ];
  const managed: SettingsView = {
    ...choosing({
      clearClipboardAfterSeconds: 20,
      lockWithScreen: true,
      lockAfterMinutes: 10,
      proxy: { kind: "at", address: "http://proxy.studio.example:8080" },
      extraCa: "/etc/ssl/certs/studio-root.pem",
    }),
    updatesAreOffered: true,
    managed: {
      source: "/etc/glowjar/managed.json",
      keys: [
        "startAtLogin",
        "lookForUpdates",
        "clearClipboardAfterSeconds",
        "lockWithScreen",
        "lockAfterMinutes",
        "proxy",
        "extraCa",
        "keepers",
        "onlyKeepers",
      ],
      keepers: ["https://keeper1.studio.example:7443/ims/token/v3", "https://keeper2.studio.example:7443/ims/token/v3"],
      ignored: ignored(),
    },
  };
  return {
    settings: { snapshot: snapshot([profile()]), play: open },
    "settings-filled": {
      snapshot: snapshot([profile()], {
        settings: {
          ...choosing({
            copyShortcut: "Ctrl+Alt+T",
            proxy: { kind: "at", address: "http://proxy.example.com:8080" },
            extraCa: "/etc/ssl/certs/company-root.pem",
            renewEarlyMinutes: 30,
            lockWithScreen: true,
            lockAfterMinutes: 15,
            lookForUpdates: true,
          }),
          screenLockIsTold: false,
          idlenessIsTold: false,
          updatesAreOffered: true,
        },
      }),
      play: async (find) => {
        await open(find);
        (await find("export-diagnostics")).click();
        (await find("diagnostics-saved")).scrollIntoView();
      },
    },
    "settings-managed": {
      snapshot: snapshot([profile()], { settings: managed }),
      play: open,
    },
    "settings-managed-network": {
      snapshot: snapshot([profile()], { settings: managed }),
      play: async (find) => {
        await open(find);
        (await find("field-lock-with-screen")).scrollIntoView();
      },
    },
    "settings-managed-german": {
      snapshot: snapshot([profile()], {
        language: "de",
        settings: { ...managed, managed: { ...managed.managed, ignored: saidIn("de", ignored) } },
      }),
      play: open,
    },
    "settings-managed-unusable": {
      snapshot: snapshot([profile()], {
        settings: {
          ...settings,
          managed: { ...settings.managed, ignored: [{ key: "", why: say("managed-writable_by_others") }] },
        },
        banners: [
          {
            code: "managed:writable_by_others",
            level: "off",
            ...tell("banner-managed"),
            action: "openSettings",
            dismissible: true,
          },
        ],
      }),
    },
    "settings-webhook": {
      snapshot: snapshot([profile()]),
      play: async (find) => {
        await open(find);
        (await find("webhook-make")).click();
        (await find("webhook")).scrollIntoView();
      },
    },
    "settings-webhook-on": {
      snapshot: snapshot([profile()], { settings: { ...settings, webhook: "https://alerts.studio.example" } }),
      play: async (find) => {
        await open(find);
        (await find("webhook-try")).click();
        (await find("webhook")).scrollIntoView();
      },
    },
    "settings-webhook-errors": {
      snapshot: snapshot([profile()]),
      replies: {
        setWebhook: {
          kind: "invalid",
          fields: [
            { field: "webhookAddress", message: say("field-webhook_address") },
            { field: "webhookSecret", message: say("field-webhook_secret") },
          ],
        },
      },
      play: async (find) => {
        await open(find);
        (await find("webhook-begin")).click();
        (await find("webhook")).scrollIntoView();
      },
    },
    "settings-programs": { snapshot: snapshot([profile()]), play: toPrograms },
    "settings-programs-german": { snapshot: snapshot([profile()], { language: "de" }), play: toPrograms },
    "settings-programs-nobody": {
      snapshot: snapshot([profile()]),
      permissions: { permissions: [], consumers: [] },
      play: toPrograms,
    },
    "settings-errors": {
      snapshot: snapshot([profile()], {
        settings: choosing({ copyShortcut: "Ctrl+Alt+T", proxy: { kind: "at", address: "proxy" } }),
      }),
      replies: {
        changeSettings: {
          kind: "invalid",
          fields: [
            { field: "copyShortcut", message: say("field-shortcut_taken") },
            { field: "extraCa", message: say("field-extra_ca_no_certificate") },
            {
              field: "startAtLogin",
              message: say("field-start_at_login"),
              cause: "Permission denied (os error 13)",
            },
            { field: "proxy", message: say("field-proxy_malformed") },
          ],
        },
      },
      play: async (find) => {
        await open(find);
        type(await find("field-extra-ca"), "/nowhere.pem");
        await find("error-extra-ca");
        type(await find("field-clear-clipboard-after-seconds"), "2");
        await find("error-clear-clipboard-after-seconds");
      },
    },
  };
}
