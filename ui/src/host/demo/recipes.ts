/** Some of what "Connect a program" offers, as its own files have it. */

import appBuilder from "../../../../crates/connect/recipes/app-builder.toml?raw";
import mcp from "../../../../crates/connect/recipes/mcp.toml?raw";
import n8n from "../../../../crates/connect/recipes/n8n.toml?raw";
import type { FileChangeView, RecipeView } from "../../bindings/view";
import { spoken } from "./sentences";

export function recipes(): RecipeView[] {
  return [
    recipe("mcp", mcp, { hasFile: true }),
    recipe("n8n", n8n, { letInAs: "n8n", command: "glowjar http add n8n --profile 'Campaign Studio'" }),
    recipe("app-builder", appBuilder, {}),
  ];
}

/** As much of TOML as these files have: strings, and a part for German. */
function recipe(name: string, file: string, more: Partial<RecipeView>): RecipeView {
  const [english = "", german = ""] = file.split("\n[de]\n");
  const words = spoken() === "de" ? german : english;
  const text = (part: string, key: string) => {
    const found = new RegExp(`^${key} = (?:"""\\n([^]*?)"""|"(.*)")$`, "m").exec(part);
    return (found?.[1] ?? found?.[2] ?? "").replaceAll("\n", " ").trim();
  };
  return {
    name,
    title: text(words, "title"),
    mints: text(english, "way") === "mints",
    steps: text(words, "steps"),
    limits: text(words, "limits"),
    command: text(english, "command"),
    letInAs: null,
    hasFile: false,
    ...more,
  };
}

export function fileChange(): FileChangeView {
  return {
    servers: [
      {
        server: "firefly",
        line: "glowjar exec --mint firefly -- npx -y firefly-mcp",
        gone: ["FIREFLY_CLIENT_ID", "FIREFLY_CLIENT_SECRET"],
      },
    ],
    backup: "/home/mia/.config/Claude/claude_desktop_config.json.before-glowjar",
  };
}
