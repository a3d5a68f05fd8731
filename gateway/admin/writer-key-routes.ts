import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { adminError } from './admin-schemas.ts';
import { act } from './lifecycle-schemas.ts';

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

type WriterKey = { readonly keyEpoch: number; readonly key: string; readonly validFrom: string; readonly validTo?: string | undefined };

/** The keys that sign the log. */
export type WriterKeysView = {
  list(): readonly WriterKey[];
  /** `undefined`: made, and not in the log yet. Throws RotationRefused while an earlier rotation is under way. */
  rotate(order: {
    readonly overlapMs: number;
    readonly by: string;
    readonly reason?: string | undefined;
  }): Promise<readonly WriterKey[] | undefined>;
};

const HOUR_MS = 3_600_000;
const DEFAULT_OVERLAP_HOURS = 24;

const keyList = z.object({
  keys: z.array(
    z.object({
      keyEpoch: z.int(),
      key: z.string().describe('As "steno pin" takes it'),
      validFrom: z.string(),
      validTo: z.string().optional().describe('When the overlap with the next key ends, and the private key is destroyed'),
    }),
  ),
});
const order = act.extend({
  overlapHours: z
    .number()
    .min(0)
    .max(8_760)
    .default(DEFAULT_OVERLAP_HOURS)
    .describe('How long the old key signs beside the new one; 0 after a theft'),
});

/** A rotation stands in the log with who asked and why, under a checkpoint that both keys signed. */
export function writerKeyRoutes(app: Routes, keys: WriterKeysView): void {
  app.setErrorHandler(async (error: Error & { validation?: unknown }, _request, reply) => {
    const status = error.validation !== undefined ? 400 : error.name === 'RotationRefused' ? 409 : 503;
    await reply.code(status).send({ error: error.message.replace(/^body\/?/, '') });
  });
  const schema = { tags: ['keys'], security: [{ adminToken: [] }] };
  const list = { ...schema, summary: 'The keys that signed this gateway’s log, oldest first', response: { 200: keyList, 401: adminError } };
  app.get('/admin/writer-keys', { schema: list }, async () => ({ keys: keys.list().map(toPublic) }));
  const rotate = {
    ...schema,
    summary: 'A new key for the log; the old one signs beside it for the overlap, and is destroyed then',
    body: order,
    response: { 200: keyList, 400: adminError, 401: adminError, 409: adminError, 503: adminError },
  };
  app.post('/admin/writer-keys/rotate', { schema: rotate }, async ({ body }, reply) => {
    const { by, reason, overlapHours } = body;
    const epochs = await keys.rotate({ overlapMs: Math.round(overlapHours * HOUR_MS), by, reason });
    if (epochs !== undefined) return { keys: epochs.map(toPublic) };
    return reply.code(503).send({
      error: 'The key is made, and not yet in the log: /readyz says what keeps the recorder. GET /admin/writer-keys shows when it is.',
    });
  });
}

/** Proofs of rotations travel with exports; here they would only be long. */
const toPublic = ({ keyEpoch, key, validFrom, validTo }: WriterKey): z.output<typeof keyList>['keys'][number] => ({
  keyEpoch,
  key,
  validFrom,
  ...(validTo === undefined ? {} : { validTo }),
});
