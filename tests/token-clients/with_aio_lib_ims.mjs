// Adobe's own @adobe/aio-lib-ims, whose address is a property: for each line, one call to Firefly.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Ims } = createRequire(import.meta.url)("@adobe/aio-lib-ims");
const { ADOBE_CLIENT_ID, ADOBE_CLIENT_SECRET, ADOBE_IMS_BASE_URL, ADOBE_SCOPES, FIREFLY } = process.env;
const ims = new Ims("prod");
ims.endpoint = ADOBE_IMS_BASE_URL;
const signIn = async () => {
  const minted = await ims.getAccessTokenByClientCredentials(
    ADOBE_CLIENT_ID, ADOBE_CLIENT_SECRET, "org@AdobeOrg", ADOBE_SCOPES.split(","));
  return minted.access_token.token;
};
const call = (token) => fetch(`${FIREFLY}/v3/custom-models`, {
  headers: { authorization: `Bearer ${token}`, "x-api-key": ADOBE_CLIENT_ID },
});

let token = await signIn();
for await (const _ of createInterface({ input: process.stdin })) {
  if (!(await ims.validateToken(token, ADOBE_CLIENT_ID)).valid) token = await signIn();
  console.log(await (await call(token)).text());
}
