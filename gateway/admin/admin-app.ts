import type { IncomingMessage, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyBaseLogger, type FastifyHttpOptions, type FastifyInstance, type RawServerDefault } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { adminError, closedSession, health, openSessions, policyState, readiness, sessionParameters } from './admin-schemas.ts';
import { isAdmin } from './admin-token.ts';
import { type LifecycleView, lifecycleRoutes } from './lifecycle-routes.ts';
import type { Metrics } from './metrics.ts';
import { type TokenKeysView, tokenKeyRoutes } from './token-key-routes.ts';
import { type WriterKeysView, writerKeyRoutes } from './writer-key-routes.ts';

/** What the admin listener shows of the gateway. */
export type AdminView = {
  readonly recorder: { state(): { readonly ready: boolean; readonly reason?: string } };
  readonly folder: {
    readonly judge: { readonly policy: { readonly digest: string } } | undefined;
    readonly mistakes: readonly { readonly file: string; readonly message: string }[];
  };
  readonly sessions: {
    list(): readonly {
      readonly sessionId: string;
      readonly name: string;
      readonly issuer: string;
      readonly subject: string;
      readonly startedAt: Date;
      readonly lastSeenAt: number;
    }[];
    close(sessionId: string): Promise<boolean>;
  };
  readonly tokens: TokenKeysView;
  /** Undefined where nobody writes a log. */
  readonly writerKeys?: WriterKeysView | undefined;
  /** Undefined where nobody ends the gateway while it is asked. */
  readonly drain?: { readonly isClosing: boolean; readonly count: number };
  /** Undefined where nothing is sealed. */
  readonly lifecycle?: LifecycleView | undefined;
  readonly sealing?: { state(): { readonly waiting: number; readonly trouble: string | undefined } } | undefined;
};

export type AdminOptions = {
  readonly stages: AdminView;
  readonly metrics: Metrics;
  readonly token: string;
  /** A listener with TLS in place of a plain one. */
  readonly server?: FastifyHttpOptions<RawServerDefault>;
};

/**
 * The admin listener: health for whoever watches, the rest for who holds the admin token. `/openapi.json` describes it, `/docs` shows that
 * as a page.
 */
export async function createAdminApp({ stages, metrics, token, server = {} }: AdminOptions): Promise<FastifyInstance> {
  const app = Fastify({ ...server, logger: false });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, { openapi: { openapi: '3.1.0', ...about }, transform: jsonSchemaTransform });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, uiConfig: { layout: 'BaseLayout' } });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.register(async (scope) => watchRoutes(scope.withTypeProvider<ZodTypeProvider>(), stages, metrics));
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (isAdmin(request.headers.authorization, token)) return;
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer realm="steno-admin"')
        .send({ error: 'Send "Authorization: Bearer TOKEN" with the text of the file admin-token in the data directory' });
    });
    adminRoutes(scope.withTypeProvider<ZodTypeProvider>(), stages);
    tokenKeyRoutes(scope.withTypeProvider<ZodTypeProvider>(), stages.tokens);
    const { lifecycle, writerKeys } = stages;
    if (writerKeys !== undefined) scope.register(async (inner) => writerKeyRoutes(inner.withTypeProvider<ZodTypeProvider>(), writerKeys));
    if (lifecycle !== undefined) scope.register(async (inner) => lifecycleRoutes(inner.withTypeProvider<ZodTypeProvider>(), lifecycle));
  });
  return app;
}

const about = {
  info: {
    title: 'Steno gateway, admin API',
    version: '1',
    description: 'Operation of the recording gateway. Never for agents: it listens on loopback unless told.',
  },
  components: {
    securitySchemes: {
      adminToken: { type: 'http', scheme: 'bearer', description: 'The text of the file admin-token in the data directory' },
    },
  },
} as const;

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

function watchRoutes(app: Routes, stages: AdminView, metrics: Metrics): void {
  const tags = ['health'];
  app.get('/healthz', { schema: { tags, summary: 'Does the process live?', response: { 200: health } } }, async () => ({
    status: 'ok' as const,
  }));
  const ready = { tags, summary: 'Would an exchange be accepted now?', response: { 200: readiness, 503: readiness } };
  app.get('/readyz', { schema: ready }, async (_request, reply) => {
    const reasons = whyNotReady(stages);
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons, alarms: toAlarms(stages) });
  });
  app.get('/metrics', { schema: { tags, summary: "Metrics in Prometheus' text format" } }, async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

function adminRoutes(app: Routes, stages: AdminView): void {
  const schema = { tags: ['sessions'], security: [{ adminToken: [] }] };
  const list = { ...schema, summary: 'The sessions that are open', response: { 200: openSessions, 401: adminError } };
  app.get('/admin/sessions', { schema: list }, async () => ({ sessions: stages.sessions.list().map(toEntry) }));
  const close = { ...schema, summary: 'Close a session, so that it can be exported whole', params: sessionParameters };
  const closeAnswers = { 200: closedSession, 401: adminError, 404: adminError };
  app.post('/admin/sessions/:id/close', { schema: { ...close, response: closeAnswers } }, async ({ params }, reply) => {
    if (await stages.sessions.close(params.id)) return { closed: params.id };
    return reply.code(404).send({ error: `No open session ${params.id}: GET /admin/sessions lists them` });
  });
  const policy = { ...schema, tags: ['policy'], summary: 'Which policy is in force', response: { 200: policyState, 401: adminError } };
  app.get('/admin/policy', { schema: policy }, async () => {
    const { judge, mistakes } = stages.folder;
    return { ...(judge === undefined ? {} : { digest: judge.policy.digest }), mistakes: [...mistakes] };
  });
}

function whyNotReady({ recorder, folder, drain }: AdminView): string[] {
  const { ready, reason } = recorder.state();
  return [
    ...(drain?.isClosing === true ? [`shutting down: ${drain.count} exchanges are under way`] : []),
    ...(ready ? [] : [`recorder: ${reason ?? 'not ready'}`]),
    ...(folder.judge === undefined ? ['policy: no valid policy is loaded'] : []),
  ];
}

/** What a human should look at while work goes on. */
function toAlarms({ folder, sealing }: AdminView): string[] {
  const { trouble, waiting } = sealing?.state() ?? { trouble: undefined, waiting: 0 };
  return [
    ...folder.mistakes.map(({ file, message }) => `policy ${file}: ${message} (the last good policy stays in force)`),
    ...(trouble === undefined ? [] : [`recordings: ${trouble} (${waiting} closed sessions wait in the journal)`]),
  ];
}

const toEntry = ({ sessionId, name, issuer, subject, startedAt, lastSeenAt }: ReturnType<AdminView['sessions']['list']>[number]) => ({
  sessionId,
  name,
  issuer,
  subject,
  startedAt: startedAt.toISOString(),
  lastSeenAt: new Date(lastSeenAt).toISOString(),
});
