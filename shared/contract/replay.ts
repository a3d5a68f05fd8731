import * as z from 'zod/mini';
import { EngineFailure } from './failure.ts';
import { ResultDifference } from './result.ts';
import { Count, ExchangeId, Instant, Int64Text, Milliseconds } from './scalars.ts';

export const ReplayTarget = z.enum(['recorded', 'recomputed']);
export type ReplayTarget = z.infer<typeof ReplayTarget>;

export const REPLAY_LABELS = ['RECORDED', 'RECOMPUTED-EQUAL', 'RECOMPUTED-DIFFERENT', 'UNSUPPORTED', 'UNKNOWN'] as const;
export const ReplayLabel = z.enum(REPLAY_LABELS);
export type ReplayLabel = z.infer<typeof ReplayLabel>;

/** How one side of the comparison ended. */
export const ReplaySide = z.object({
  rows: z.optional(Int64Text),
  errorReason: z.optional(z.string()),
  errorMessage: z.optional(z.string()),
});

export const ReplayOutcome = z.object({
  exchangeId: ExchangeId,
  number: Count,
  statementType: z.optional(z.string()),
  sql: z.string(),
  label: ReplayLabel,
  /** One sentence: why this label. */
  explanation: z.string(),
  /** Of UNSUPPORTED: the construct. */
  construct: z.optional(z.string()),
  /** Of UNKNOWN: the tables or answers whose data was not recorded. */
  missing: z.array(z.string()),
  recorded: ReplaySide,
  replayed: z.optional(ReplaySide),
  difference: z.optional(ResultDifference),
  elapsedMs: Milliseconds,
});
export type ReplayOutcome = z.infer<typeof ReplayOutcome>;

export const ReplayCounts = z.record(ReplayLabel, Count);

export const ReplayProgress = z.object({
  replayId: z.string(),
  target: ReplayTarget,
  phase: z.enum(['idle', 'preparing', 'running', 'done', 'cancelled', 'failed']),
  startedAt: z.optional(Instant),
  elapsedMs: Milliseconds,
  done: Count,
  total: Count,
  counts: ReplayCounts,
  /** The loopback address that answered, for pointing an agent's own program at it. */
  endpoint: z.optional(z.string()),
  problem: z.optional(EngineFailure),
});
export type ReplayProgress = z.infer<typeof ReplayProgress>;

export const ReplayState = z.extend(ReplayProgress, {
  /** What the run could start from: each rebuilt table and where its rows come from. */
  tables: z.array(z.object({ table: z.string(), rows: Int64Text, source: z.string() })),
  outcomes: z.array(ReplayOutcome),
});
export type ReplayState = z.infer<typeof ReplayState>;
