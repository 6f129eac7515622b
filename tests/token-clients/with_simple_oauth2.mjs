// simple-oauth2, as its page on client_credentials has it: for each line, one call to Firefly.

import { createInterface } from "node:readline";
import { ClientCredentials } from "simple-oauth2";

const { ADOBE_CLIENT_ID, ADOBE_CLIENT_SECRET, ADOBE_IMS_BASE_URL, ADOBE_SCOPES, FIREFLY } = process.env;
const client = new ClientCredentials({
  client: { id: ADOBE_CLIENT_ID, secret: ADOBE_CLIENT_SECRET },
  auth: { tokenHost: ADOBE_IMS_BASE_URL, tokenPath: "/ims/token/v3" },
});
const signIn = async () => (await client.getToken({ scope: ADOBE_SCOPES })).token.access_token;
const call = (token) => fetch(`${FIREFLY}/v3/custom-models`, {
  headers: { authorization: `Bearer ${token}`, "x-api-key": ADOBE_CLIENT_ID },
});

let token = await signIn();
for await (const _ of createInterface({ input: process.stdin })) {
  let answer = await call(token);
  if (answer.status === 401) {
    token = await signIn();
    answer = await call(token);
  }
  console.log(await answer.text());
}
