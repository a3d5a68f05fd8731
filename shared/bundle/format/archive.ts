import { z } from 'zod';
import { count } from './scalars.ts';

/**
 * WARC records of an exchange in their order. `conversion` stands instead of `response` when a column was taken out: the same answer with the text
 * `[redacted]` in place of each value of the column. `upstream-response` is the age file of a sealed body, `cells` the bytes of that body: records of
 * type `resource`, whose block is the body itself. `metadata` and `columns`: versions 1 and 2 only.
 */
export const archivedRecords = [
  'request',
  'upstream-request',
  'response',
  'conversion',
  'upstream-response',
  'cells',
  'metadata',
  'columns',
] as const;
export const REDACTED_VALUE = '[redacted]';

/** What follows the key and the time in a line of the index: `urn:uuid:EXCHANGE TIMESTAMP {…}`. */
export const indexEntrySchema = z.strictObject({
  url: z.string(),
  mime: z.string(),
  status: z.string().optional(),
  record: z.enum(archivedRecords),
  filename: z.string(),
  offset: z.string().regex(/^\d+$/),
  length: z.string().regex(/^\d+$/),
});

/** A line of index.idx after the first: what follows the key and the time of the block's first line. `digest`: SHA-256 of the gzip member. */
export const indexBlockSchema = z.strictObject({
  offset: count,
  length: z.int().positive(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

export type IndexEntry = z.infer<typeof indexEntrySchema>;
export type IndexBlock = z.infer<typeof indexBlockSchema>;
