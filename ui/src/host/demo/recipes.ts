/** Some of what "Connect a program" offers. */

import type { FileChangeView, RecipeView } from "../../bindings/view";

export function recipes(): RecipeView[] {
  return [
    {
      name: "mcp",
      title: "An MCP client: Claude, Cursor, VS Code and others",
      mints: true,
      steps:
        "The client's settings (claude_desktop_config.json, mcp.json) name a command for each server, and often have the client secret beside it in clear. `glowjar connect mcp FILE` shows what would be changed in there: the command is run through Glowjar, and id and secret go.",
      limits:
        "The server has to let its token address be set (FIREFLY_TOKEN_URL, ADOBE_IMS_TOKEN_URL or the like). One that has Adobe's address in its code can't be led here.",
      command: "glowjar exec --mint firefly -- npx -y your-firefly-mcp-server",
      letInAs: null,
      hasFile: true,
    },
    {
      name: "n8n",
      title: "n8n",
      mints: true,
      steps:
        "The line below prints a secret for n8n alone, and an address. Make a credential of the kind OAuth2 API with the grant type Client Credentials. Access Token URL: the address with /ims/token/v3. Client ID: yours. Client Secret: the one that was printed.",
      limits: "n8n in a container does not reach 127.0.0.1 of this machine unless it shares its network.",
      command: "glowjar http add n8n --profile 'Campaign Studio'",
      letInAs: "n8n",
      hasFile: false,
    },
    {
      name: "app-builder",
      title: "App Builder on this machine",
      mints: false,
      steps: "The actions find a live token in AIO_COMMERCE_AUTH_IMS_TOKEN. Leave the secrets out of .env.",
      limits: "",
      command: "glowjar exec --names aio-commerce -- aio app dev",
      letInAs: null,
      hasFile: false,
    },
  ];
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
