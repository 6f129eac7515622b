// An identity server that is not ours, on loopback: what `oidc-provider` understands of OAuth 2.0 is not what we
// wrote down twice. Nothing here is secret: every client, key and token lives as long as this process.
//
//   node server.mjs [--access-ttl SECONDS] [--refresh-ttl SECONDS] [--device-ttl SECONDS] [--port PORT]
//
// Prints JSON lines on stdout. The first says where it is and whom it knows:
//   {"ready":{"issuer","token_endpoint","access_ttl","clients":{"machine","basic","person","public"}}}
// each client with `client_id`, `auth` and, where it has them, `client_secret` and `refresh_token`.
// Every later line is one event: {"event":"grant.success"|"grant.error"|"grant.revoked"|"refresh_token.consumed",…}.
// Ends when its stdin closes, so that it never outlives the test that started it.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Provider } from 'oidc-provider';

const { values: options } = parseArgs({
  options: {
    'access-ttl': { type: 'string', default: process.env.ACCESS_TTL ?? '40' },
    'refresh-ttl': { type: 'string', default: process.env.REFRESH_TTL ?? '1209600' },
    'device-ttl': { type: 'string', default: '600' },
    port: { type: 'string', default: '0' },
  },
});

// Its own notices would otherwise stand between the events.
console.info = console.error;
console.warn = console.error;

const accessTtl = seconds('access-ttl');
const refreshTtl = seconds('refresh-ttl');
const scope = 'openid email offline_access firefly_api';
const accountId = 'designer';
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';

const clients = {
  machine: { client_id: 'machine', client_secret: 'machine+secret&with=signs%', auth: 'client_secret_post', grant: 'client_credentials' },
  basic: { client_id: 'basic', client_secret: 'basic+secret:with&signs%', auth: 'client_secret_basic', grant: 'client_credentials' },
  person: { client_id: 'person', client_secret: 'person-secret', auth: 'client_secret_post', grant: 'refresh_token' },
  public: { client_id: 'public', auth: 'none', grant: 'refresh_token' },
};

// The issuer names the port, so the port has to be known before there is a provider.
const server = createServer();
await new Promise((resolve, reject) => {
  server.once('error', reject);
  server.listen(Number(options.port), '127.0.0.1', resolve);
});
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: Object.values(clients).map(registration),
  scopes: scope.split(' '),
  jwks: { keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
  features: {
    clientCredentials: { enabled: true },
    // Its own pages to sign in, to consent and to go back at.
    devInteractions: { enabled: true },
    // With its own pages for a code as well (RFC 8628).
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  rotateRefreshToken: true,
  ttl: {
    DeviceCode: seconds('device-ttl'),
    AccessToken: accessTtl,
    ClientCredentials: accessTtl,
    RefreshToken: refreshTtl,
    Grant: refreshTtl,
    IdToken: accessTtl,
  },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@studio.example` }) }),
  claims: { openid: ['sub'], email: ['email'] },
});

provider.on('grant.success', (ctx) => say({ event: 'grant.success', ...request(ctx) }));
provider.on('grant.error', (ctx, error) => say({ event: 'grant.error', ...request(ctx), error: error.error, detail: error.error_detail ?? error.error_description }));
provider.on('grant.revoked', (ctx) => say({ event: 'grant.revoked', ...request(ctx) }));
provider.on('refresh_token.consumed', (token) => say({ event: 'refresh_token.consumed', client_id: token.clientId, rotations: token.rotations ?? 0 }));
provider.on('server_error', (_ctx, error) => console.error(error));

server.on('request', provider.callback());

for (const client of Object.values(clients)) {
  if (client.grant === 'refresh_token') client.refresh_token = await mintRefreshToken(client.client_id);
}
say({ ready: { issuer, token_endpoint: `${issuer}/token`, access_ttl: accessTtl, clients } });

process.stdin.resume();
process.stdin.on('error', stop);
process.stdin.on('close', stop);
process.stdin.on('end', stop);

/** What a browser sign-in would have left behind: a consent and the first refresh token of its chain. */
async function mintRefreshToken(clientId) {
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId,
    client: await provider.Client.find(clientId),
    grantId,
    gty: 'authorization_code',
    scope,
    authTime: Math.floor(Date.now() / 1000),
  });
  return token.save();
}

function registration({ client_id, client_secret, auth, grant }) {
  const signsIn = grant === 'refresh_token';
  return {
    client_id,
    ...(client_secret && { client_secret }),
    // 'web' public clients get refresh tokens whose end does not move with rotation.
    application_type: auth === 'none' ? 'native' : 'web',
    token_endpoint_auth_method: auth,
    grant_types: signsIn ? ['authorization_code', 'refresh_token', deviceCode] : [grant],
    // A native application may come back to any port of loopback (RFC 8252 section 7.3), a web one to https alone.
    redirect_uris: signsIn ? [auth === 'none' ? 'http://127.0.0.1/signed-in' : 'https://studio.example/back'] : [],
    response_types: signsIn ? ['code'] : [],
    scope: signsIn ? scope : 'firefly_api',
    // The default, RS256, would want a key that takes a second to make.
    id_token_signed_response_alg: 'ES256',
  };
}

function request(ctx) {
  return {
    path: ctx.path,
    client_id: ctx.oidc?.client?.clientId,
    grant_type: ctx.oidc?.params?.grant_type,
  };
}

function seconds(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name} wants whole seconds, not ${JSON.stringify(options[name])}`);
  process.exit(2);
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function stop() {
  process.exit(0);
}
