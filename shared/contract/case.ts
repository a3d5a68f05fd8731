import * as z from 'zod/mini';
import { EngineFailure } from './failure.ts';
import { BundleId, Count, Instant, Int64Text, Milliseconds, Sha256 } from './scalars.ts';

export const Verdict = z.enum(['sound', 'sound-unknown-key', 'not-sound']);
export type Verdict = z.infer<typeof Verdict>;

/** Who, by which tool, and through which actors (RFC 8693 `act`). */
export const Principal = z.object({
  kind: z.enum(['agent', 'person', 'unknown']),
  issuer: z.string(),
  subject: z.string(),
  /** What screens show: e-mail, else name, else subject. */
  label: z.string(),
  email: z.optional(z.string()),
  name: z.optional(z.string()),
  groups: z.array(z.string()),
  /** Delegation, outermost actor first (RFC 8693 `act`). */
  actChain: z.array(z.string()),
  tool: z.optional(z.string()),
});
export type Principal = z.infer<typeof Principal>;

export const BundlePhase = z.enum(['opening', 'verifying', 'loading', 'ready', 'cancelled', 'failed']);

export const BundleState = z.object({
  bundleId: BundleId,
  path: z.string(),
  fileName: z.string(),
  phase: BundlePhase,
  verdict: z.optional(Verdict),
  manifestSha256: z.optional(Sha256),
  sessionName: z.optional(z.string()),
  checksDone: Count,
  /** While it is verified: the bytes of its files as they are hashed, then of its archive as records are compared. */
  verifying: z.optional(z.strictObject({ step: z.enum(['hashing', 'checking']), doneBytes: Count, totalBytes: Count })),
  exchangesLoaded: Count,
  exchangesTotal: z.optional(Count),
  /** Exchanges per second since loading began. */
  rate: z.optional(z.number()),
  elapsedMs: Milliseconds,
  /** Why the bundle did not open, or what of it is missing from the tables. */
  problems: z.array(EngineFailure),
});
export type BundleState = z.infer<typeof BundleState>;

export const CaseState = z.object({
  phase: z.enum(['empty', 'opening', 'ready', 'failed']),
  bundles: z.array(BundleState),
  /** Grows with every change of the tables: screens ask again when it differs. */
  revision: Count,
});
export type CaseState = z.infer<typeof CaseState>;

export const SessionSummary = z.object({
  bundleId: BundleId,
  sessionId: z.string(),
  name: z.string(),
  principal: Principal,
  startedAt: z.optional(Instant),
  endedAt: z.optional(Instant),
  /** How the session ended, in the recorder's word. */
  state: z.optional(z.string()),
  closeReason: z.optional(z.string()),
  exchanges: Count,
  statements: Count,
  verdict: z.optional(Verdict),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

export const DatasetSummary = z.object({
  /** `project.dataset`. */
  dataset: z.string(),
  tables: z.array(z.object({ table: z.string(), reads: Count, writes: Count })),
  reads: Count,
  writes: Count,
  denied: Count,
});

export const Overview = z.object({
  sessions: z.array(SessionSummary),
  totals: z.object({
    exchanges: Count,
    statements: Count,
    denied: Count,
    failed: Count,
    dryRuns: Count,
    rowsReturned: Int64Text,
    bytesProcessed: Int64Text,
    bytesToClient: Int64Text,
  }),
  firstAt: z.optional(Instant),
  lastAt: z.optional(Instant),
  outcomes: z.array(z.object({ outcome: z.string(), effect: z.string(), exchanges: Count })),
  statementTypes: z.array(z.object({ statementType: z.string(), exchanges: Count, denied: Count, bytesProcessed: Int64Text })),
  tools: z.array(z.object({ tool: z.string(), exchanges: Count })),
  rules: z.array(z.object({ rule: z.string(), effect: z.string(), exchanges: Count })),
  datasets: z.array(DatasetSummary),
  /** The dearest statements, most bytes first. */
  dearest: z.array(z.object({ exchangeId: z.string(), number: Count, sql: z.string(), bytesProcessed: Int64Text })),
  findings: z.object({ high: Count, medium: Count, low: Count, info: Count }),
});
export type Overview = z.infer<typeof Overview>;
