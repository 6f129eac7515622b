// Lets Adobe's own clients obtain tokens, and says what became of it in one line of JSON.
//
// Standard input: { sandbox, client_id, client_secret, odd_secret, wrong_secret, scopes, refresh_token }. Both clients know
// one host only; what they send there goes to the sandbox instead, below them, so that not a line of theirs is changed.

import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const IMS = "ims-na1.adobelogin.com";

const given = JSON.parse(await text(process.stdin));
const sandbox = new URL(given.sandbox);

function redirectRequests() {
  https.request = (options, answered) => {
    allow(options.hostname);
    const { hostname, port } = sandbox;
    const there = { ...options, protocol: "http:", host: hostname, hostname, port, agent: undefined };
    return http.request(there, answered);
  };
}

// The way that undici documents for whoever has another copy of it than Node's own.
async function redirectFetch() {
  const dispatcher = Symbol.for("undici.globalDispatcher.1");
  await fetch("data:,");
  const usual = globalThis[dispatcher];
  const dispatch = (options, handler) => {
    allow(new URL(options.origin).hostname);
    return usual.dispatch({ ...options, origin: sandbox.origin }, handler);
  };
  globalThis[dispatcher] = Object.create(usual, { dispatch: { value: dispatch } });
}

function allow(host) {
  if (host !== IMS) throw new Error(`nobody may talk to ${host} here`);
}

const said = (promise) => promise.then(
  (value) => ({ value }),
  (error) => ({ error: String(error.message ?? error) }),
);

redirectRequests();
await redirectFetch();
const require = createRequire(import.meta.url);
const { Ims } = require("@adobe/aio-lib-ims");
const { ServerToServerTokenProvider } = require("@adobe/firefly-services-common-apis");

const ims = new Ims("prod");
const { client_id, client_secret, wrong_secret, scopes } = given;
const mint = (secret) => said(ims.getAccessTokenByClientCredentials(client_id, secret, "org@AdobeOrg", scopes));
const minted = await mint(client_secret);
const firefly = async (secret) => {
  const details = { clientId: client_id, clientSecret: secret, scopes: scopes.join(",") };
  const provider = new ServerToServerTokenProvider(details, { autoRefresh: true });
  const authenticated = await said(provider.authenticate());
  return { authenticated, token: await said(provider.getToken()) };
};

const outcome = {
  aio: {
    minted,
    refused: await mint(wrong_secret),
    refreshed: await said(ims.getAccessToken(given.refresh_token, client_id, client_secret, scopes.join(","))),
    validated: await said(ims.validateToken(minted.value?.access_token?.token ?? "", client_id)),
  },
  firefly: {
    accepted: await firefly(client_secret),
    refused: await firefly(wrong_secret),
    unencoded: await firefly(given.odd_secret),
  },
};
process.stdout.write(`${JSON.stringify(outcome)}\n`);
