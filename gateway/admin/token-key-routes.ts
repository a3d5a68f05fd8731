import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { adminError } from './admin-schemas.ts';

type Routes = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** The keys that sign the gateway's own tokens. */
export type TokenKeysView = {
  readonly keys: {
    toJwks(): { readonly keys: readonly { readonly kid?: string }[] };
    rotate(options: { readonly endOld?: boolean }): Promise<void>;
  };
};

const keyList = z.object({ keys: z.array(z.string()).describe('Ids of the keys that verify now, oldest first') });
const order = z.object({
  endOld: z
    .boolean()
    .default(false)
    .describe('After a leak: the new key signs at once, and every token issued before ends. Otherwise nobody notices a rotation'),
});

export function tokenKeyRoutes(app: Routes, { keys }: TokenKeysView): void {
  const schema = { tags: ['tokens'], security: [{ adminToken: [] }], response: { 200: keyList, 401: adminError } };
  const list = (): z.output<typeof keyList> => ({ keys: keys.toJwks().keys.map(({ kid }) => kid ?? '') });
  app.get('/admin/token-keys', { schema: { ...schema, summary: 'The keys that verify tokens of /v1/token' } }, async () => list());
  const rotate = { ...schema, summary: 'A new key for the tokens of /v1/token', body: order.nullish() };
  app.post('/admin/token-keys/rotate', { schema: rotate }, async ({ body }) => {
    await keys.rotate({ endOld: body?.endOld ?? false });
    return list();
  });
}
