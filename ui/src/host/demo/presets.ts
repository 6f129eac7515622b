import type { ApiView, FamilyView, PresetView } from "../../bindings/request";
import { help, say, tell } from "./sentences";

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
    preset: "keeper",
    label: say("preset-keeper"),
    help: help("preset-keeper"),
    tokenEndpoint: "",
    encoding: "form",
    clientAuthentication: "body",
    grants: ["client_credentials"],
    defaultScopes: "",
    customEndpoint: true,
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

export const apis = (): ApiView[] => {
  const api = (id: string, scopes: string): ApiView => {
    const words = `api-${id.replace("-", "_")}`;
    const grant = id === "lightroom" ? "refresh_token" : "client_credentials";
    return { api: id, label: say(words), help: help(words), scopes, grant, hasEnded: false };
  };
  const ended = (id: string): ApiView => ({
    api: `ended-${id}`,
    label: say(`api-${id}_1`),
    help: tell(`paste-ended_${id}`).advice,
    scopes: "",
    grant: "client_credentials",
    hasEnded: true,
  });
  return [
    api("firefly", FIREFLY),
    api("photoshop", "openid,AdobeID,read_organizations"),
    api("indesign", "openid,AdobeID,indesign_services,creative_cloud,creative_sdk"),
    api("illustrator", "openid,AdobeID,ff_apis,firefly_enterprise,illustrator_services_beta"),
    api("express", "openid,AdobeID,ee.express_api"),
    api("audio-video", "openid,AdobeID,firefly_enterprise"),
    api("pdf-services", "openid,AdobeID,DCAPI"),
    api("lightroom", "openid,AdobeID,lr_partner_apis,lr_partner_rendition_apis,offline_access"),
    ended("photoshop"),
    ended("lightroom"),
  ];
};

export const families = (): FamilyView[] => {
  const family = (family: string, names: string, hasToken: boolean): FamilyView => ({
    family,
    label: say(`family-${family.replaceAll("-", "_")}`),
    names,
    hasToken,
  });
  return [
    family("firefly-services", "FIREFLY_SERVICES_ACCESS_TOKEN, FIREFLY_SERVICES_CLIENT_ID", true),
    family("firefly", "FIREFLY_CLIENT_ID", false),
    family("ims-s2s", "IMS_OAUTH_S2S_CLIENT_ID", false),
    family("adobe", "ADOBE_ACCESS_TOKEN, ADOBE_API_KEY", true),
    family("postman", "ACCESS_TOKEN, API_KEY", true),
  ];
};
