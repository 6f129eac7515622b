/** As much understanding of a paste as the look of it needs. The application's own is in Rust. */

import type { RemarkView, UnderstoodView } from "../../bindings/view";

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
    return refusedPaste({
      code: "nothing_found",
      message: clientId ? "The client secret is missing." : "There is no client ID in this.",
      advice: "Ask your admin for the “View cURL command” text of the credential in the Developer Console.",
    });
  }
  const stage = text.includes("-stg1");
  const scopes =
    one(/scopes?["']?\s*[=:]\s*["']?([\w,. ]+)/i)
      ?.split(/[ ,]+/)
      .filter(Boolean) ?? [];
  const warnings: RemarkView[] = scopes.includes("firefly_api") ? [] : [noFirefly];
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

export const noFirefly: RemarkView = {
  code: "scope_missing",
  message: "The Firefly scope is missing.",
  advice:
    "Firefly will refuse the token. Ask your admin to add the Firefly API to the project, or add firefly_api yourself.",
};

export const shortSecret: RemarkView = {
  code: "secret_short",
  message: "The secret looks cut off.",
  advice: "Adobe’s have more than 30 characters, this one has 11. Copy it again from start to end.",
};
