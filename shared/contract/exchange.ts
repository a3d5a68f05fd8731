import * as z from 'zod/mini';
import { Principal } from './case.ts';
import { BundleId, Count, ExchangeId, Instant, Int64Text, Milliseconds, Sha256 } from './scalars.ts';

export const Effect = z.enum(['allow', 'deny', 'ask', 'error']);
/** `unfinished`: the journal holds no end and no reconciliation of it. */
export const Outcome = z.enum(['answered', 'refused', 'upstream-error', 'transport-failed', 'aborted', 'reconciled', 'unfinished']);
export type Outcome = z.infer<typeof Outcome>;

export const EXCHANGE_SORTS = [
  'number',
  'at',
  'durationMs',
  'who',
  'methodId',
  'statementType',
  'outcome',
  'status',
  'totalBytesProcessed',
  'totalRows',
  'bytesToClient',
] as const;
export const ExchangeSort = z.object({ by: z.enum(EXCHANGE_SORTS), direction: z.enum(['asc', 'desc']) });
export type ExchangeSort = z.infer<typeof ExchangeSort>;

export const ExchangeRow = z.object({
  exchangeId: ExchangeId,
  /** Place in the case, from 1: what people say ("exchange 17") and what names `result_17`. */
  number: Count,
  bundleId: BundleId,
  sessionId: z.string(),
  at: Instant,
  durationMs: z.optional(Milliseconds),
  who: z.string(),
  tool: z.optional(z.string()),
  httpMethod: z.string(),
  target: z.string(),
  methodId: z.optional(z.string()),
  statementType: z.optional(z.string()),
  /** The first 300 characters. */
  sql: z.optional(z.string()),
  dryRun: z.boolean(),
  effect: Effect,
  rules: z.array(z.string()),
  outcome: Outcome,
  status: z.optional(z.int()),
  errorReason: z.optional(z.string()),
  jobId: z.optional(z.string()),
  tables: z.array(z.string()),
  totalBytesProcessed: z.optional(Int64Text),
  totalRows: z.optional(Int64Text),
  bytesToClient: z.optional(Int64Text),
  cacheHit: z.optional(z.boolean()),
  /** Its answer holds rows, or belongs to a job whose rows were recorded. */
  hasResult: z.boolean(),
});
export type ExchangeRow = z.infer<typeof ExchangeRow>;

export const Header = z.object({ name: z.string(), value: z.string() });
export type Header = z.infer<typeof Header>;

export const BODY_SIDES = ['request', 'upstream-request', 'response', 'upstream-response', 'cells'] as const;
export const BodySide = z.enum(BODY_SIDES);
export type BodySide = z.infer<typeof BodySide>;

export const BodyInfo = z.object({
  side: BodySide,
  bytes: Count,
  sha256: z.optional(Sha256),
  contentType: z.optional(z.string()),
  contentEncoding: z.optional(z.string()),
  /** False when the record says there was a body and the bundle does not hold it (damaged or redacted). */
  present: z.boolean(),
});
export type BodyInfo = z.infer<typeof BodyInfo>;

export const ReferencedTable = z.object({
  /** `project.dataset.table`. */
  table: z.string(),
  /** `unknown`: a statement that may write, and does not say which of its tables. */
  access: z.enum(['read', 'write', 'unknown']),
  /** Seen in the statement's text before it ran, or in BigQuery's own statistics. */
  source: z.enum(['statement', 'job']),
});
export type ReferencedTable = z.infer<typeof ReferencedTable>;

export const Parameter = z.object({ name: z.optional(z.string()), type: z.string(), value: z.string() });

export const ExchangeDetail = z.object({
  row: ExchangeRow,
  principal: Principal,
  seq: Int64Text,
  leafHash: z.optional(Sha256),
  client: z.object({ address: z.optional(z.string()), door: z.optional(z.string()) }),
  connection: z.optional(z.string()),
  projectId: z.optional(z.string()),
  statement: z.optional(
    z.object({
      sql: z.string(),
      fingerprint: z.optional(z.string()),
      statementType: z.optional(z.string()),
      dryRun: z.boolean(),
      parameterMode: z.optional(z.string()),
      parameters: z.array(Parameter),
      defaultDataset: z.optional(z.string()),
    }),
  ),
  decision: z.object({
    effect: Effect,
    rules: z.array(z.string()),
    reason: z.optional(z.string()),
    policyDigest: z.optional(z.string()),
  }),
  referencedTables: z.array(ReferencedTable),
  /** What the gateway measured, in the order it happened. */
  timings: z.array(z.object({ name: z.string(), ms: Milliseconds })),
  job: z.optional(
    z.object({
      projectId: z.optional(z.string()),
      jobId: z.optional(z.string()),
      location: z.optional(z.string()),
      /** BigQuery's own words and values, flat. */
      statistics: z.array(z.object({ name: z.string(), value: z.string() })),
      errorReason: z.optional(z.string()),
      errorMessage: z.optional(z.string()),
    }),
  ),
  /** Other exchanges of the same job (polling, further pages), in order. */
  sameJob: z.array(z.object({ exchangeId: ExchangeId, number: Count, methodId: z.optional(z.string()) })),
  request: z.object({ httpMethod: z.string(), target: z.string(), httpVersion: z.optional(z.string()), headers: z.array(Header) }),
  response: z.optional(z.object({ status: z.optional(z.int()), headers: z.array(Header) })),
  end: z.optional(
    z.object({
      outcome: z.string(),
      framing: z.optional(z.string()),
      reason: z.optional(z.string()),
      bytesFromUpstream: z.optional(Int64Text),
      bytesToClient: z.optional(Int64Text),
    }),
  ),
  reconcile: z.optional(z.object({ state: z.string(), detail: z.optional(z.string()) })),
  bodies: z.array(BodyInfo),
  /** The records as they stand in the bundle, for the raw view: JSON text. */
  record: z.object({ intent: z.string(), end: z.optional(z.string()) }),
});
export type ExchangeDetail = z.infer<typeof ExchangeDetail>;

/** One window of a body. `text` when it is UTF-8 (cut at character borders), else `base64`. Offsets are bytes of the decoded body. */
export const BodyWindow = z.object({
  offset: Count,
  bytes: Count,
  totalBytes: Count,
  contentType: z.optional(z.string()),
  /** The content encoding that was undone to get here. */
  decodedFrom: z.optional(z.string()),
  text: z.optional(z.string()),
  base64: z.optional(z.string()),
});
export type BodyWindow = z.infer<typeof BodyWindow>;

export const FilterTerm = z.object({
  kind: z.enum(['field', 'word']),
  start: z.int(),
  end: z.int(),
  field: z.optional(z.string()),
});
export const FilterSuggestion = z.object({ label: z.string(), insert: z.string(), detail: z.optional(z.string()) });
export type FilterSuggestion = z.infer<typeof FilterSuggestion>;
