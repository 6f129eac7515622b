import "./style/all.css";
import { GlowjarApp } from "./app";
import { tauriHost } from "./host/tauri";

const app = new GlowjarApp();
// Only `npm run dev` brings the demo along: the window has no use for it.
app.host =
  import.meta.env.DEV && !("__TAURI_INTERNALS__" in window) ? (await import("./host/demo")).demoHost() : tauriHost;
document.body.replaceChildren(app);
