import { z } from 'zod';
import { count, instant, sha256, text, word } from './scalars.ts';

/** Who touched the bundle. Hash-chained: `prev` is the SHA-256 of the line before, 64 zeros in the first. */
export const custodySchema = z.strictObject({
  seq: count,
  prev: sha256,
  at: instant,
  action: z.enum(['exported', 'redacted', 'opened', 'searched', 'revealed']),
  by: word,
  tool: word,
  reason: text.optional(),
  /** Digests of disclosures, of chunks and of columns that were taken out by this step. */
  redacted: z.array(sha256).optional(),
});

export type Custody = z.infer<typeof custodySchema>;
