// What leaves say of an exchange.
import { z } from 'zod';
import { bodySides } from './body-sides.ts';
import { MAX_CHUNK_BYTES } from './limits.ts';
import { count, int64, sha256, tableNames, text, word } from './scalars.ts';

export const bodySideSchema = z.enum(bodySides);
/**
 * `verbatim`: the bytes are in the bundle. `digest`: only their digest was recorded (what came from upstream before masking; content-free answers).
 * `sealed`: encrypted to the escrow's age recipients; chunks, lengths and digests speak of the clear bytes. `withheld`: not even a digest (token exchanges).
 */
export const storedForms = ['verbatim', 'digest', 'sealed', 'withheld'] as const;
const stored = z.enum(storedForms);

/** At most 1 MiB of one body: `digest` = SHA-256(salt ‖ bytes). */
export const chunkSchema = z.strictObject({
  side: bodySideSchema,
  offset: count,
  length: z.int().min(1).max(MAX_CHUNK_BYTES),
  digest: sha256,
  stored,
});
export const bodySummary = z.strictObject({
  side: bodySideSchema,
  length: count,
  chunks: count,
  stored,
  /** The age file of a `sealed` body, so that a stranger can tell that it is the one that was recorded. Absent: the seal was never finished. */
  sealed: z.strictObject({ length: count, sha256 }).optional(),
});

export const jobReference = z.strictObject({ projectId: word, jobId: word, location: word.optional() });

export const statementFacts = z.strictObject({
  fingerprint: sha256.optional(),
  statementType: word.optional(),
  dryRun: z.boolean().optional(),
  referencedTables: tableNames,
  /** How many more tables there were than a leaf may name. */
  referencedTablesOmitted: count.optional(),
  estimate: z.strictObject({ totalBytesProcessed: int64, accuracy: word.optional() }).optional(),
});

export const decision = z.strictObject({
  effect: z.enum(['allow', 'deny', 'ask', 'error']),
  rules: z.array(z.string().max(256)).max(100),
  reason: text.optional(),
  policyDigest: z.string().max(128).optional(),
});

export const approvalReference = z.strictObject({
  approvalId: word,
  state: z.enum(['requested', 'approved', 'rejected', 'expired', 'withdrawn']),
});

export const jobStatistics = z.strictObject({
  jobReference: jobReference.optional(),
  totalBytesProcessed: int64.optional(),
  totalBytesBilled: int64.optional(),
  totalRows: int64.optional(),
  numDmlAffectedRows: int64.optional(),
  cacheHit: z.boolean().optional(),
  statementType: word.optional(),
  referencedTables: tableNames.optional(),
  referencedTablesOmitted: count.optional(),
});

/** Microseconds since the exchange began. */
export const timingsUs = z.strictObject({
  identity: count.optional(),
  policy: count.optional(),
  intentDurable: count.optional(),
  upstreamFirstByte: count.optional(),
  upstreamLastByte: count.optional(),
});

export type Chunk = z.infer<typeof chunkSchema>;
export type StoredForm = (typeof storedForms)[number];
