// Every call between a screen and the engine, in one table. Both directions are parsed; failures are data (failure.ts).
import * as z from 'zod/mini';
import { CaseState, Overview } from './case.ts';
import { SessionDiff, StatementDiff } from './diff.ts';
import { BODY_SIDES, BodyWindow, ExchangeDetail, ExchangeRow, ExchangeSort, FilterSuggestion, FilterTerm } from './exchange.ts';
import { EngineFailure } from './failure.ts';
import { CustodyEntry, Detector, Finding, SearchHit, Timeline } from './finding.ts';
import { BundleIntegrity, PinnedKey } from './integrity.ts';
import { ReplayLabel, ReplayState, ReplayTarget } from './replay.ts';
import { OpenedResult, ResultDifference, ResultPage, SqlAnswer, SqlRelation } from './result.ts';
import { BundleId, Count, ExchangeId, Instant, windowFields } from './scalars.ts';

const nothing = z.strictObject({});
const filter = z.string().check(z.maxLength(10_000));
const statement = z.string().check(z.minLength(1), z.maxLength(1_000_000));
const name = z.string().check(z.minLength(1), z.maxLength(200));

export const CALLS = {
  /** Opens bundles into the case, beside those already open. Answers at once; `case:progress` tells the rest. Fails only when no path is a bundle. */
  'case:open': {
    input: z.strictObject({ paths: z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(100)) }),
    output: CaseState,
  },
  'case:state': { input: nothing, output: CaseState },
  /** Stops verification and loading; what is loaded stays. */
  'case:cancel': { input: nothing, output: CaseState },
  'case:close': { input: nothing, output: CaseState },
  'case:overview': { input: nothing, output: Overview },

  'integrity:report': { input: nothing, output: z.object({ bundles: z.array(BundleIntegrity), pinnedKeys: z.array(PinnedKey) }) },
  /** Trusts a signer from now on, and judges the open bundles again. `fingerprint`: of a signer in the case, or a whole key as `steno keys` prints it. */
  'key:pin': {
    input: z.strictObject({ fingerprint: z.string().check(z.minLength(8)), label: name }),
    output: z.object({ pinnedKeys: z.array(PinnedKey) }),
  },
  'key:unpin': { input: z.strictObject({ fingerprint: z.string() }), output: z.object({ pinnedKeys: z.array(PinnedKey) }) },

  /** A window of the exchanges that match the filter. Default order: `number` ascending. */
  'exchange:list': {
    input: z.strictObject({ filter, sort: z.optional(ExchangeSort), ...windowFields }),
    output: z.object({ total: Count, rows: z.array(ExchangeRow) }),
  },
  /** Where an exchange stands in a list; absent when the filter leaves it out. */
  'exchange:locate': {
    input: z.strictObject({ exchangeId: ExchangeId, filter, sort: z.optional(ExchangeSort) }),
    output: z.object({ offset: z.optional(Count) }),
  },
  'exchange:get': { input: z.strictObject({ exchangeId: ExchangeId }), output: ExchangeDetail },
  /** `length` at most 1 MiB. Content encodings are undone unless `decoded` is false. */
  'exchange:body': {
    input: z.strictObject({
      exchangeId: ExchangeId,
      side: z.enum(BODY_SIDES),
      offset: Count,
      length: z.int().check(z.minimum(1), z.maximum(1_048_576)),
      decoded: z.optional(z.boolean()),
    }),
    output: BodyWindow,
  },
  /** Says what is wrong with a filter while it is typed, and what could stand at the cursor (a UTF-16 offset). */
  'filter:assist': {
    input: z.strictObject({ filter, cursor: Count }),
    output: z.object({
      terms: z.array(FilterTerm),
      problem: z.optional(EngineFailure),
      /** The text to replace by a suggestion's `insert`. */
      replace: z.object({ start: Count, end: Count }),
      suggestions: z.array(FilterSuggestion),
    }),
  },

  /** The rows of the exchange's job as a typed relation, made on first use. */
  'result:open': { input: z.strictObject({ exchangeId: ExchangeId }), output: OpenedResult },
  'result:page': {
    input: z.strictObject({
      resultId: z.string(),
      ...windowFields,
      sort: z.optional(z.strictObject({ column: z.string(), direction: z.enum(['asc', 'desc']) })),
    }),
    output: ResultPage,
  },

  /** Runs in a process of its own. The caller names the run, so that it can cancel it before the answer. */
  'sql:run': {
    input: z.strictObject({
      runId: name,
      sql: statement,
      maxRows: z.int().check(z.minimum(1), z.maximum(100_000)),
      timeoutMs: z.optional(z.int().check(z.minimum(1), z.maximum(600_000))),
    }),
    output: SqlAnswer,
  },
  'sql:cancel': { input: z.strictObject({ runId: name }), output: z.object({ cancelled: z.boolean() }) },
  'sql:schema': { input: nothing, output: z.object({ relations: z.array(SqlRelation) }) },

  'diff:statements': { input: z.strictObject({ left: ExchangeId, right: ExchangeId }), output: StatementDiff },
  'diff:sessions': {
    input: z.strictObject({
      left: z.strictObject({ bundleId: BundleId, sessionId: z.string() }),
      right: z.strictObject({ bundleId: BundleId, sessionId: z.string() }),
    }),
    output: SessionDiff,
  },
  /** Compares two recorded results, by key columns or (no keys) as multisets. */
  'diff:results': {
    input: z.strictObject({
      left: ExchangeId,
      right: ExchangeId,
      keys: z.array(z.string()),
      samples: z.int().check(z.minimum(0), z.maximum(200)),
    }),
    output: ResultDifference,
  },

  /** Replays one session (the first, when none is named), or the statements of it that match the filter. */
  'replay:start': {
    input: z.strictObject({
      target: ReplayTarget,
      session: z.optional(z.strictObject({ bundleId: BundleId, sessionId: z.string() })),
    }),
    output: ReplayState,
  },
  'replay:state': { input: z.strictObject({ ...windowFields, label: z.optional(ReplayLabel) }), output: ReplayState },
  'replay:cancel': { input: nothing, output: ReplayState },

  /** At most `maxLanes` lanes, the busiest first; `from` and `to` default to the first and last exchange. */
  'timeline:lanes': {
    input: z.strictObject({
      filter,
      by: z.enum(['principal', 'table', 'outcome', 'statementType']),
      buckets: z.int().check(z.minimum(1), z.maximum(4000)),
      maxLanes: z.int().check(z.minimum(1), z.maximum(200)),
      from: z.optional(Instant),
      to: z.optional(Instant),
    }),
    output: Timeline,
  },
  'finding:list': { input: nothing, output: z.object({ detectors: z.array(Detector), findings: z.array(Finding) }) },
  /** Looks in every statement, and in every returned cell when `cells`. */
  'search:run': {
    input: z.strictObject({ text: z.string().check(z.minLength(1), z.maxLength(1000)), cells: z.boolean(), ...windowFields }),
    output: z.object({ total: Count, hits: z.array(SearchHit) }),
  },

  /** Writes a file. CSV cells that a spreadsheet would take for a formula are defused. */
  'export:write': {
    input: z.strictObject({
      what: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('exchanges'), filter }),
        z.strictObject({ kind: z.literal('result'), exchangeId: ExchangeId }),
      ]),
      format: z.enum(['csv', 'ndjson', 'parquet']),
      path: z.string().check(z.minLength(1)),
    }),
    output: z.object({ path: z.string(), rows: Count, bytes: Count }),
  },
  /** Who did what with the case: hash-chained. */
  'custody:list': { input: nothing, output: z.object({ intact: z.boolean(), entries: z.array(CustodyEntry) }) },
} as const;

export type CallName = keyof typeof CALLS;
export type CallInput<Name extends CallName> = z.input<(typeof CALLS)[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<(typeof CALLS)[Name]['output']>;

export const isCallName = (text: string): text is CallName => Object.hasOwn(CALLS, text);
