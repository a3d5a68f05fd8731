import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { holdScopeSchema } from '../retention/hold.ts';
import type { Lifecycle } from '../retention/lifecycle.ts';
import { redactionSchema } from '../retention/redaction.ts';
import { adminError } from './admin-schemas.ts';
import * as shapes from './lifecycle-schemas.ts';

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** What acts upon recordings; rejects while their store cannot be opened. */
export type LifecycleView = { lifecycle(): Promise<Lifecycle> };

const answers = { 400: adminError, 401: adminError, 404: adminError, 409: adminError, 422: adminError, 503: adminError };
const schemaOf = <Body>(summary: string, ok: Body) => ({
  tags: ['recordings'],
  security: [{ adminToken: [] }],
  summary,
  response: { 200: ok, ...answers },
});

/** Retention, holds, redaction and erasure. Every act names who does it; the log of the gateway keeps that, and the reason. */
export function lifecycleRoutes(app: Routes, view: LifecycleView): void {
  app.setErrorHandler((error: Error & { validation?: unknown }, _request, reply) => answerWith(error, reply));

  const preview = {
    ...schemaOf('What would be deleted by then, and what a hold keeps', shapes.plan),
    querystring: z.object({ at: z.iso.datetime().optional() }),
  };
  app.get('/admin/retention/preview', { schema: preview }, async ({ query }) => {
    const plan = await (await view.lifecycle()).preview(query.at === undefined ? new Date() : new Date(query.at));
    return shapes.plan.parse(plan);
  });
  const run = { ...schemaOf('Delete now what has expired', shapes.deletionRun), body: shapes.act };
  app.post('/admin/retention/run', { schema: run }, async ({ body }) =>
    shapes.deletionRun.parse(await (await view.lifecycle()).sweep(body)),
  );

  app.get('/admin/holds', { schema: schemaOf('The holds that stand', shapes.holds) }, async () => ({
    holds: (await view.lifecycle()).holds.map(shapes.toHold),
  }));
  const place = {
    ...schemaOf('Place a hold: nothing that it covers is deleted, redacted or erased until it is lifted', shapes.placedHold),
    body: shapes.act.extend({ name: shapes.holdName, scope: holdScopeSchema }),
  };
  app.post('/admin/holds', { schema: place }, async ({ body }) => {
    const { hold, recordings, receipt } = await (await view.lifecycle()).placeHold(body);
    return { hold: shapes.toHold(hold), recordings, receipt };
  });
  const lift = { ...schemaOf('Lift a hold', shapes.liftedHold), params: z.object({ name: z.string() }), body: shapes.act };
  app.post('/admin/holds/:name/lift', { schema: lift }, async ({ params, body }) => {
    const { hold, released, receipt } = await (await view.lifecycle()).liftHold(params.name, body);
    return { hold: shapes.toHold(hold), released, receipt };
  });

  const redact = {
    ...schemaOf('Take fields, headers, columns or bodies out of a sealed session', shapes.redacted),
    body: shapes.act.extend({ session: z.string().min(1), redactions: z.array(redactionSchema).min(1).max(100) }),
  };
  app.post('/admin/redactions', { schema: redact }, async ({ body: { session, redactions, ...act } }) =>
    shapes.redacted.parse(await (await view.lifecycle()).redact(session, redactions, act)),
  );
  const erase = {
    ...schemaOf('Destroy the key of a subject: none of its recordings can be read any more, wherever copies lie', shapes.erased),
    body: shapes.act.extend({ issuer: z.string().min(1), subject: z.string().min(1), closeOpen: z.boolean().default(false) }),
  };
  app.post('/admin/erasures', { schema: erase }, async ({ body }) => await (await view.lifecycle()).erase(body));

  const redactPreview = {
    ...schemaOf('What a redaction would take out, where else the same text stands, and what is in its way', shapes.redactionPreview),
    body: z.object({ session: z.string().min(1), redactions: z.array(redactionSchema).min(1).max(100) }),
  };
  app.post('/admin/redactions/preview', { schema: redactPreview }, async ({ body: { session, redactions } }) => {
    const { lockedUntil, ...found } = await (await view.lifecycle()).previewRedaction(session, redactions);
    return shapes.redactionPreview.parse({ ...found, lockedUntil: lockedUntil?.toISOString() });
  });
  const erasePreview = {
    ...schemaOf('What an erasure would take, and what is in its way', shapes.erasurePreview),
    body: z.object({ issuer: z.string().min(1), subject: z.string().min(1) }),
  };
  app.post('/admin/erasures/preview', { schema: erasePreview }, async ({ body }) =>
    shapes.erasurePreview.parse(await (await view.lifecycle()).previewErasure(body)),
  );

  const search = {
    ...schemaOf('Was a value in an answer? Tells where, never any other value', shapes.valueSearch),
    body: z.object({ value: z.string().max(1_048_576), session: z.string().min(1).optional() }),
  };
  app.post('/admin/find-value', { schema: search }, async ({ body }) =>
    shapes.valueSearch.parse(await (await view.lifecycle()).findValue(body.value, body.session)),
  );
  app.get('/admin/receipts', { schema: schemaOf('Receipts of what was done, for "steno verify"', shapes.receipts) }, async () => ({
    receipts: (await view.lifecycle()).receipts().map(({ file, receipt }) => ({ file, receipt })),
  }));
}

const statusOf = (code: string): number => {
  if (code.endsWith('_UNKNOWN')) return 404;
  return code === 'NOTHING_TO_REDACT' || code === 'INPUT_UNUSABLE' ? 422 : 409;
};

async function answerWith(error: Error & { validation?: unknown; code?: string }, reply: FastifyReply): Promise<void> {
  if (error.validation !== undefined) await reply.code(400).send({ error: error.message.replace(/^body\/?/, '') });
  else if (error.name === 'LifecycleRefused') await reply.code(statusOf(error.code ?? '')).send({ error: error.message });
  else if (error.name === 'RecordingShredded') await reply.code(404).send({ error: error.message });
  else await reply.code(503).send({ error: error.message });
}
