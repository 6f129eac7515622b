/** The desktop application behind the window. No other file knows Tauri. */

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Reply, Request } from "../bindings/request";
import type { Snapshot } from "../bindings/view";
import type { Host } from "../host";

export const tauriHost: Host = {
  ask: (request: Request) => invoke<Reply>("ask", { request }),

  onSnapshot(listener) {
    const unlisten = listen<Snapshot>("snapshot", ({ payload }) => listener(payload));
    return () => void unlisten.then((stop) => stop());
  },
};
