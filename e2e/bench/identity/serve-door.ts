// `node serve-door.ts bare|stage|jose ISSUER AUDIENCE DIRECTORY`: a minimal server behind one way of knowing who asks.
import { mkdirSync } from 'node:fs';
import Fastify from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { parseConfig } from '../../../gateway/config.ts';
import { Exchange } from '../../../gateway/exchange.ts';
import { GatewayTokens } from '../../../gateway/identity/gateway-tokens.ts';
import { Identity } from '../../../gateway/identity/identify.ts';
import { TokenVerifier } from '../../../gateway/identity/verify-token.ts';

const [, , kind, issuer, audience, directory] = process.argv as [string, string, string, string, string, string];
const app = Fastify({ logger: false });
const answer = { kind: 'bigquery#datasetList', datasets: [] };

if (kind === 'jose') {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  app.addHook('onRequest', async ({ headers, url }) => {
    if (url !== '/cpu') await jwtVerify(String(headers.authorization).slice(7), keys, { issuer, audience, algorithms: ['RS256', 'ES256'] });
  });
}
if (kind === 'stage') {
  mkdirSync(directory, { recursive: true });
  const config = parseConfig(
    `{ dataDirectory: d, policy: { directory: p }, connections: [{ name: c, projects: ['*'], credentials: none }], issuers: [{ issuer: '${issuer}', audience: '${audience}' }] }`,
    directory,
  );
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const verifier = new TokenVerifier(config.value.issuers, await GatewayTokens.open(directory));
  let identity = new Identity(verifier);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url === '/forget') {
      identity = new Identity(verifier);
      return done();
    }
    if (request.url === '/cpu') return done();
    const pending = identity.identify(new Exchange(request.raw, reply.raw));
    if (pending === undefined) done();
    else pending.then(() => done(), done);
  });
}
app.get('/cpu', async () => {
  const { user, system } = process.cpuUsage();
  return String(user + system);
});
app.get('/*', async () => answer);
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
