import * as z from 'zod/mini';
import { Count, ExchangeId } from './scalars.ts';

export const DiffPart = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });
export type DiffPart = z.infer<typeof DiffPart>;

/** One line of the side-by-side view; a `changed` line has both sides, split into words. Line numbers count from 1. */
export const DiffLine = z.object({
  kind: z.enum(['same', 'added', 'removed', 'changed']),
  leftNumber: z.optional(Count),
  rightNumber: z.optional(Count),
  left: z.optional(z.array(DiffPart)),
  right: z.optional(z.array(DiffPart)),
});
export type DiffLine = z.infer<typeof DiffLine>;

export const DiffSide = z.object({ exchangeId: ExchangeId, number: Count, sql: z.string(), fingerprint: z.optional(z.string()) });

export const StatementDiff = z.object({
  left: DiffSide,
  right: DiffSide,
  /** Equal byte by byte. */
  identical: z.boolean(),
  /** Equal but for literals, white space and comments. */
  sameFingerprint: z.boolean(),
  lines: z.array(DiffLine),
  summary: z.object({ added: Count, removed: Count, changed: Count }),
});
export type StatementDiff = z.infer<typeof StatementDiff>;

export const AlignedSide = z.object({
  exchangeId: ExchangeId,
  number: Count,
  sql: z.string(),
  outcome: z.string(),
  effect: z.string(),
  totalBytesProcessed: z.optional(z.string()),
  totalRows: z.optional(z.string()),
  durationMs: z.optional(z.number()),
});
export type AlignedSide = z.infer<typeof AlignedSide>;

export const AlignedPair = z.object({
  /** `same` text, `changed` statement in the same place, only on the left (`removed`) or right (`added`). */
  kind: z.enum(['same', 'changed', 'removed', 'added']),
  left: z.optional(AlignedSide),
  right: z.optional(AlignedSide),
  /** What differs though the statement matched. */
  differences: z.array(z.enum(['text', 'outcome', 'effect', 'bytes', 'rows'])),
});
export type AlignedPair = z.infer<typeof AlignedPair>;

export const SessionDiff = z.object({
  pairs: z.array(AlignedPair),
  /** Index of the first pair that is not `same` without differences. */
  firstDivergence: z.optional(Count),
  summary: z.object({ same: Count, changed: Count, removed: Count, added: Count }),
});
export type SessionDiff = z.infer<typeof SessionDiff>;
