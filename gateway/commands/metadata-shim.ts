import Fastify, { type FastifyInstance } from 'fastify';
import type { AccessToken } from './exchange-at-gateway.ts';

export type MetadataFacts = {
  readonly token: () => Promise<AccessToken>;
  /** What clients print as their account. */
  readonly email: string;
  readonly projectId: string;
  readonly universeDomain: string;
};

const scopes = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/cloud-platform'];
const flavor = ['metadata-flavor', 'Google'] as const;
const ownNames = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|metadata|metadata\.google\.internal)(:\d+)?$/;

/**
 * What the metadata server of Compute Engine answers to Google's auth libraries, as far as they ask: machines without any credential
 * file get the gateway's tokens. As there, a request needs `Metadata-Flavor: Google` and must not be forwarded: a browser, or a
 * server tricked into fetching an address, can do neither. A foreign Host is refused against DNS rebinding.
 */
export function createMetadataShim({ token, email, projectId, universeDomain }: MetadataFacts): FastifyInstance {
  const app = Fastify({ logger: false, routerOptions: { ignoreTrailingSlash: true } });
  app.addHook('onRequest', async ({ headers, url }, reply) => {
    reply
      .header(...flavor)
      .header('server', 'Metadata Server for VM')
      .header('cache-control', 'no-store');
    if (!ownNames.test(headers.host ?? '')) return reply.code(403).send('This Host is not the metadata server.');
    if (headers['x-forwarded-for'] !== undefined) return reply.code(403).send('A forwarded request is not answered.');
    if (url !== '/' && headers['metadata-flavor'] !== 'Google') return reply.code(403).send('Missing Metadata-Flavor:Google header.');
    return undefined;
  });
  const text = (path: string, value: string): void => {
    app.get(`/computeMetadata/v1${path}`, async (_request, reply) => reply.type('application/text').send(value));
  };
  const account = { aliases: ['default'], email, scopes };
  app.get('/', async (_request, reply) => reply.type('application/text').send('computeMetadata/\n'));
  text('', 'instance/\nproject/\nuniverse/\n');
  text('/project', 'numeric-project-id\nproject-id\n');
  text('/project/project-id', projectId);
  text('/project/numeric-project-id', '0');
  text('/universe/universe-domain', universeDomain);
  text('/instance', 'id\nservice-accounts/\nzone\n');
  text('/instance/id', '0');
  text('/instance/zone', `projects/0/zones/local-a`);
  app.get<{ Querystring: { recursive?: string } }>('/computeMetadata/v1/instance/service-accounts', async ({ query }, reply) =>
    isRecursive(query) ? { default: account, [email]: account } : reply.type('application/text').send(`${email}/\ndefault/\n`),
  );
  for (const name of ['default', ':account']) {
    const base = `/computeMetadata/v1/instance/service-accounts/${name}`;
    app.get<{ Querystring: { recursive?: string } }>(base, async ({ query }, reply) =>
      isRecursive(query) ? account : reply.type('application/text').send('aliases\nemail\nscopes\ntoken\n'),
    );
    app.get(`${base}/email`, async (_request, reply) => reply.type('application/text').send(email));
    app.get(`${base}/aliases`, async (_request, reply) => reply.type('application/text').send('default\n'));
    app.get(`${base}/scopes`, async (_request, reply) => reply.type('application/text').send(`${scopes.join('\n')}\n`));
    app.get(`${base}/token`, async () => {
      const { token: accessToken, expiresAt } = await token();
      return { access_token: accessToken, expires_in: Math.floor((expiresAt - Date.now()) / 1000), token_type: 'Bearer' };
    });
  }
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('application/text').send('Not offered by this metadata server.'));
  app.setErrorHandler((error: Error, _request, reply) => {
    console.error(error.message);
    return reply.code(503).type('application/text').send(error.message);
  });
  return app;
}

const isRecursive = ({ recursive }: { readonly recursive?: string }): boolean => recursive?.toLowerCase() === 'true';
