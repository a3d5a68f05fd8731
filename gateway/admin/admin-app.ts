import Fastify, { type FastifyInstance } from 'fastify';
import { isAdmin } from './admin-token.ts';
import type { Metrics } from './metrics.ts';

/** What the admin listener shows of the gateway. */
export type AdminView = {
  readonly recorder: { state(): { readonly ready: boolean; readonly reason?: string } };
  readonly folder: { readonly judge: unknown; readonly mistakes: readonly { readonly file: string; readonly message: string }[] };
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
};

export type AdminOptions = { readonly stages: AdminView; readonly metrics: Metrics; readonly token: string };

/** The admin listener: health for whoever watches, sessions for who holds the admin token. */
export function createAdminApp({ stages, metrics, token }: AdminOptions): FastifyInstance {
  const app = Fastify({ logger: false });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const reasons = whyNotReady(stages);
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons, alarms: toAlarms(stages) });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (isAdmin(request.headers.authorization, token)) return;
      await reply
        .code(401)
        .header('www-authenticate', 'Bearer realm="steno-admin"')
        .send({ error: 'Send "Authorization: Bearer TOKEN" with the text of the file admin-token in the data directory' });
    });
    scope.get('/admin/sessions', async () => ({ sessions: stages.sessions.list().map(toEntry) }));
    scope.post<{ Params: { id: string } }>('/admin/sessions/:id/close', async ({ params }, reply) => {
      const closed = await stages.sessions.close(params.id);
      return closed
        ? { closed: params.id }
        : reply.code(404).send({ error: `No open session ${params.id}: GET /admin/sessions lists them` });
    });
  });
  return app;
}

function whyNotReady({ recorder, folder }: AdminView): string[] {
  const { ready, reason } = recorder.state();
  return [
    ...(ready ? [] : [`recorder: ${reason ?? 'not ready'}`]),
    ...(folder.judge === undefined ? ['policy: no valid policy is loaded'] : []),
  ];
}

/** What a human should look at while work goes on. */
const toAlarms = ({ folder }: AdminView): string[] =>
  folder.mistakes.map(({ file, message }) => `policy ${file}: ${message} (the last good policy stays in force)`);

const toEntry = ({ sessionId, name, issuer, subject, startedAt, lastSeenAt }: ReturnType<AdminView['sessions']['list']>[number]) => ({
  sessionId,
  name,
  issuer,
  subject,
  startedAt: startedAt.toISOString(),
  lastSeenAt: new Date(lastSeenAt).toISOString(),
});
