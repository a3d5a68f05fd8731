// One RFC 6962 tree per session.
import { z } from 'zod';
import { bodySides } from './body-sides.ts';
import {
  approvalReference,
  bodySummary,
  chunkSchema,
  decision,
  jobReference,
  jobStatistics,
  statementFacts,
  timingsUs,
} from './exchange-parts.ts';
import { count, instant, sha256, text, uuid, word } from './scalars.ts';

const leaf = {
  /** 0-based place in the session. */
  seq: count,
  /** RFC 6962 leaf hash of the leaf before; 64 zeros at seq 0. */
  prev: sha256,
  at: instant,
  /** Microseconds on the writer's monotonic clock, since the writer opened. */
  monoUs: count,
};
const exchange = { exchange: count, exchangeId: uuid };

const sessionOpenSchema = z.strictObject({
  kind: z.literal('session-open'),
  ...leaf,
  formatVersion: z.int().positive(),
  writer: word,
  sessionId: uuid,
  /** Sessions of a writer are numbered from 1: a whole missing session shows. */
  number: z.int().positive(),
  name: word,
  startedAt: instant,
  disclosed: z.strictObject({ 'session-identity': sha256 }),
});

const intentSchema = z.strictObject({
  kind: z.literal('intent'),
  ...leaf,
  ...exchange,
  door: word,
  httpMethod: word,
  httpVersion: word,
  methodId: word.optional(),
  projectId: word.optional(),
  connection: word.optional(),
  /** No body of this exchange is kept, and `sql` is the statement's shape with `?` for every value. Absent: all is kept. */
  content: z.literal('content-free').optional(),
  statement: statementFacts.optional(),
  job: jobReference.optional(),
  decision,
  approval: approvalReference.optional(),
  disclosed: z.strictObject({ identity: sha256, request: sha256, sql: sha256.optional(), parameters: sha256.optional() }),
});

/** A full chunk of a body still under way; the last chunks of an exchange stand in its `end` or `reconcile`. */
const chunkLeafSchema = z.strictObject({ kind: z.literal('chunk'), ...leaf, ...exchange, chunk: chunkSchema });

const endSchema = z.strictObject({
  kind: z.literal('end'),
  ...leaf,
  ...exchange,
  outcome: z.enum(['answered', 'refused', 'upstream-error', 'transport-failed', 'aborted']),
  status: z.int().min(100).max(599).optional(),
  framing: z.enum(['complete', 'close-delimited', 'truncated']),
  reason: text.optional(),
  bytesFromUpstream: count,
  bytesToClient: count,
  timingsUs,
  job: jobStatistics.optional(),
  bodies: z.array(bodySummary).max(bodySides.length),
  chunks: z.array(chunkSchema).max(16),
  disclosed: z.strictObject({
    response: sha256.optional(),
    'upstream-request': sha256.optional(),
    'job-error': sha256.optional(),
    'result-names': sha256.optional(),
  }),
});

/** What recovery found out about an exchange whose `end` was never written. It never claims a delivery. */
const reconcileSchema = z.strictObject({
  kind: z.literal('reconcile'),
  ...leaf,
  ...exchange,
  state: z.enum(['done', 'failed', 'running', 'not-started', 'unknown']),
  reason: text.optional(),
  job: jobStatistics.optional(),
  bodies: z.array(bodySummary).max(bodySides.length),
  chunks: z.array(chunkSchema).max(16),
  disclosed: z.strictObject({ response: sha256.optional(), 'upstream-request': sha256.optional(), 'job-error': sha256.optional() }),
});

/**
 * What the rows of an answer were, column by column, so that one column can be taken out later and the others still be proved.
 * Comes after the end of its exchange and before the session closes; see result-columns.ts for the digests.
 */
const columnsLeafSchema = z.strictObject({
  kind: z.literal('columns'),
  ...leaf,
  ...exchange,
  /** Why there are none although they were due: the gateway ended before they were made. Then nothing is disclosed, and nothing is salted. */
  missing: text.optional(),
  disclosed: z.strictObject({ 'result-columns': sha256.optional() }),
});

/** A decision made after the intent, or on an exchange that has none of its own. */
const decisionLeafSchema = z.strictObject({ kind: z.literal('decision'), ...leaf, exchangeId: uuid, decision });

const approvalLeafSchema = z.strictObject({
  kind: z.literal('approval'),
  ...leaf,
  exchangeId: uuid,
  approval: approvalReference,
  group: word.optional(),
  /** Digest of exactly what the approver was shown. */
  shownDigest: sha256.optional(),
  requestDigest: sha256.optional(),
  expiresAt: instant.optional(),
  reason: text.optional(),
  disclosed: z.strictObject({ identity: sha256.optional() }),
});

const sessionCloseSchema = z.strictObject({
  kind: z.literal('session-close'),
  ...leaf,
  reason: word,
  exchanges: count,
});

export const sessionLeafSchema = z.discriminatedUnion('kind', [
  sessionOpenSchema,
  intentSchema,
  chunkLeafSchema,
  endSchema,
  reconcileSchema,
  columnsLeafSchema,
  decisionLeafSchema,
  approvalLeafSchema,
  sessionCloseSchema,
]);

export type SessionLeaf = z.infer<typeof sessionLeafSchema>;
export type SessionOpen = z.infer<typeof sessionOpenSchema>;
export type Intent = z.infer<typeof intentSchema>;
export type End = z.infer<typeof endSchema>;
export type Reconcile = z.infer<typeof reconcileSchema>;
export type ColumnsLeaf = z.infer<typeof columnsLeafSchema>;
