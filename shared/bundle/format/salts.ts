import { z } from 'zod';
import { bodySides } from './body-sides.ts';
import { bodySideSchema } from './exchange-parts.ts';
import { MAX_CHUNK_BYTES } from './limits.ts';
import { count, salt, uuid } from './scalars.ts';

/**
 * A line of salts.ndjson: of the bodies of one exchange, where its end stands among the leaves; one salt for each chunk. A body that was taken out is
 * not in it: its salts went first. Exchanges without salts have no line.
 */
export const bodySaltsSchema = z.strictObject({
  exchange: count,
  bodies: z
    .array(z.strictObject({ side: bodySideSchema, salts: z.array(salt).min(1) }))
    .min(1)
    .max(bodySides.length),
});

const columnSalts = { columns: z.array(z.strictObject({ salt: salt.optional() })), rest: salt.optional() };
/**
 * A line of salts.ndjson: of the columns of one answer, where its leaf `columns` stands. The salt of a column that was taken out is gone; where the
 * whole answer was, that of the rest is gone too.
 */
export const columnSaltsSchema = z.strictObject({ exchange: count, ...columnSalts });

/** Versions 1 and 2: the same in the WARC records `metadata` and `columns` of an exchange. */
export const warcMetadataSchema = z.strictObject({
  exchangeId: uuid,
  bodies: z.array(
    z.strictObject({ side: bodySideSchema, chunks: z.array(z.strictObject({ length: z.int().min(1).max(MAX_CHUNK_BYTES), salt })) }),
  ),
});
export const warcColumnSaltsSchema = z.strictObject({ exchangeId: uuid, ...columnSalts });

export type BodySalts = z.infer<typeof bodySaltsSchema>;
export type ColumnSalts = Omit<z.infer<typeof columnSaltsSchema>, 'exchange'>;
export type WarcMetadata = z.infer<typeof warcMetadataSchema>;
