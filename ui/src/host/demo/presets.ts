import type { PresetView } from "../../bindings/request";
import { help, say } from "./sentences";

const FIREFLY = "openid,AdobeID,session,additional_info,read_organizations,firefly_api,ff_apis";

export const presets = (): PresetView[] => [
  {
    preset: "adobeIms",
    label: say("preset-adobe_ims"),
    help: help("preset-adobe_ims"),
    tokenEndpoint: "https://ims-na1.adobelogin.com/ims/token/v3",
    encoding: "form",
    clientAuthentication: "body",
    grants: ["client_credentials", "refresh_token"],
    defaultScopes: FIREFLY,
    customEndpoint: false,
  },
  {
    preset: "adobeImsStage",
    label: say("preset-adobe_ims_stage"),
    help: help("preset-adobe_ims_stage"),
    tokenEndpoint: "https://ims-na1-stg1.adobelogin.com/ims/token/v3",
    encoding: "form",
    clientAuthentication: "body",
    grants: ["client_credentials", "refresh_token"],
    defaultScopes: FIREFLY,
    customEndpoint: false,
  },
  {
    preset: "tutorial",
    label: say("preset-tutorial"),
    help: help("preset-tutorial"),
    tokenEndpoint: "",
    encoding: "json",
    clientAuthentication: "body",
    grants: ["refresh_token"],
    defaultScopes: "",
    customEndpoint: true,
  },
  {
    preset: "custom",
    label: say("preset-custom"),
    help: help("preset-custom"),
    tokenEndpoint: "",
    encoding: "form",
    clientAuthentication: "basic",
    grants: ["client_credentials", "refresh_token"],
    defaultScopes: "",
    customEndpoint: true,
  },
  {
    preset: "sandbox",
    label: say("preset-sandbox"),
    help: help("preset-sandbox"),
    tokenEndpoint: "http://127.0.0.1:9170/ims/token/v3",
    encoding: "form",
    clientAuthentication: "body",
    grants: ["client_credentials", "refresh_token"],
    defaultScopes: "openid,firefly_api",
    customEndpoint: false,
  },
];
