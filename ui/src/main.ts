import "./style/all.css";
import { GlowjarApp } from "./app";

const app = new GlowjarApp();
app.host =
  "__TAURI_INTERNALS__" in window ? (await import("./host/tauri")).tauriHost : (await import("./host/demo")).demoHost();
document.body.append(app);
