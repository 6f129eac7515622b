/** As much understanding of a paste as the look of it needs. The application's own is in Rust. */

import type { RemarkView, UnderstoodView } from "../../bindings/view";
import { remark, say } from "./sentences";

export const FIREFLY_SCOPES = [
  "openid",
  "AdobeID",
  "session",
  "additional_info",
  "read_organizations",
  "firefly_api",
  "ff_apis",
];

export const CURL =
  "curl -X POST 'https://ims-na1.adobelogin.com/ims/token/v3' -H 'Content-Type: application/x-www-form-urlencoded' " +
  "-d 'grant_type=client_credentials&client_id=8f1c4a0d2b7e4f63&client_secret=p8e-not-a-real-secret-only-here-for-the-show" +
  "&scope=openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis'";

export function understood(part: Partial<UnderstoodView> = {}): UnderstoodView {
  return {
    handle: "demo",
    source: "curl",
    preset: "adobeIms",
    tokenEndpoint: "https://ims-na1.adobelogin.com/ims/token/v3",
    environment: "production",
    credentialType: "oauthServerToServer",
    grant: "client_credentials",
    clientId: "8f1c4a0d2b7e4f63",
    scopes: FIREFLY_SCOPES,
    api: "firefly",
    apiLabel: say("api-firefly"),
    hasSecret: true,
    secretLength: 44,
    hasRefreshToken: false,
    suggestedName: "Firefly",
    warnings: [],
    refusal: null,
    ...part,
  };
}

export function refusedPaste(refusal: RemarkView): UnderstoodView {
  return understood({
    handle: null,
    source: "nothing",
    clientId: "",
    scopes: [],
    api: null,
    apiLabel: "",
    hasSecret: false,
    secretLength: 0,
    refusal,
  });
}

export function understand(text: string): UnderstoodView {
  const one = (pattern: RegExp) => pattern.exec(text)?.[1];
  const clientId = one(/client_?id["']?\s*[=:]\s*["']?([\w-]+)/i);
  const secret = one(/client_?secret["']?\s*[=:]\s*["']?([^\s"'&,]+)/i);
  if (!clientId || !secret) {
    return refusedPaste(remark("nothing"));
  }
  const stage = text.includes("-stg1");
  const scopes =
    one(/scopes?["']?\s*[=:]\s*["']?([\w,. ]+)/i)
      ?.split(/[ ,]+/)
      .filter(Boolean) ?? [];
  const warnings: RemarkView[] = scopes.includes("firefly_api") ? [] : [remark("scope_missing")];
  return understood({
    clientId,
    scopes,
    secretLength: secret.length,
    source: text.trim().startsWith("{") ? "projectJson" : text.includes("curl") ? "curl" : "env",
    environment: stage ? "stage" : "production",
    preset: stage ? "adobeImsStage" : "adobeIms",
    warnings,
  });
}
