import * as z from 'zod/mini';
import { Count, ExchangeId, Instant, Milliseconds } from './scalars.ts';

export const Severity = z.enum(['high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof Severity>;

export const Finding = z.object({
  findingId: z.string(),
  detector: z.string(),
  severity: Severity,
  title: z.string(),
  explanation: z.string(),
  at: z.optional(Instant),
  exchanges: z.array(z.object({ exchangeId: ExchangeId, number: Count })),
});
export type Finding = z.infer<typeof Finding>;

export const Detector = z.object({ detector: z.string(), title: z.string(), description: z.string(), severity: Severity });
export type Detector = z.infer<typeof Detector>;

export const TimelineLane = z.object({
  key: z.string(),
  total: Count,
  /** Only buckets that hold something. `bucket` counts from 0. */
  buckets: z.array(z.object({ bucket: Count, exchanges: Count, denied: Count, failed: Count, bytesProcessed: z.string() })),
});

/** Aggregates to draw from: never one mark per exchange. */
export const Timeline = z.object({
  from: z.optional(Instant),
  to: z.optional(Instant),
  bucketMs: Milliseconds,
  buckets: Count,
  lanes: z.array(TimelineLane),
  /** Lanes that did not fit into `maxLanes`, folded into the last one. */
  foldedLanes: Count,
});
export type Timeline = z.infer<typeof Timeline>;

export const SearchHit = z.object({
  exchangeId: ExchangeId,
  number: Count,
  at: Instant,
  who: z.string(),
  where: z.enum(['sql', 'cell', 'parameter', 'error']),
  /** Of a cell: the column and the row (from 0) of the recorded result. */
  column: z.optional(z.string()),
  rowIndex: z.optional(Count),
  resultId: z.optional(z.string()),
  /** The text around the hit; `start` and `end` are UTF-16 offsets of the hit in it. */
  snippet: z.string(),
  start: Count,
  end: Count,
});
export type SearchHit = z.infer<typeof SearchHit>;

export const CustodyEntry = z.object({
  seq: Count,
  at: Instant,
  actor: z.string(),
  action: z.string(),
  detail: z.string(),
  /** SHA-256 over the previous entry's hash and this entry. */
  hash: z.string(),
});
export type CustodyEntry = z.infer<typeof CustodyEntry>;
