import {
  type Chunk,
  type Intent,
  MAX_TABLES_IN_LEAF,
  MAX_TEXT_IN_LEAF,
  type SessionLeaf,
  type WriterLeaf,
} from '../../shared/bundle/format.ts';
import { withoutSecretText } from './credentials.ts';
import type { DecisionInput, Int64, JobReferenceInput, JobStatisticsInput, StatementInput } from './record-input.ts';

/**
 * Canonical JSON without sorting at run time: every object here is written with its keys in the order of RFC 8785,
 * so that JSON.stringify yields the canonical text. A test holds each kind of leaf against a real canonicaliser.
 */
export const leafText = (leaf: SessionLeaf | WriterLeaf): string => JSON.stringify(leaf);

/** Free text as a leaf may hold it: well-formed, bounded, no credentials. */
export function leafWords(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bounded = text.length > MAX_TEXT_IN_LEAF ? `${text.slice(0, MAX_TEXT_IN_LEAF - 1)}…` : text;
  return withoutSecretText(bounded.toWellFormed());
}

/** A name that the schema wants present: `-` where the client sent nothing. */
export const leafName = (name: string): string => (name === '' ? '-' : name.slice(0, 1_024).toWellFormed());
const maybeName = (name: string | undefined): string | undefined => (name === undefined || name === '' ? undefined : leafName(name));

const toInt64 = (value: Int64 | undefined): string | undefined => {
  const digits = value === undefined ? undefined : String(value);
  return digits !== undefined && /^-?\d{1,19}$/.test(digits) ? digits : undefined;
};

export function leafJob(job: JobReferenceInput | undefined) {
  if (job === undefined) return undefined;
  return { jobId: leafName(job.jobId), location: maybeName(job.location), projectId: leafName(job.projectId) };
}

export function leafDecision(decision: DecisionInput): Intent['decision'] {
  return {
    effect: decision.effect,
    policyDigest: decision.policyDigest?.slice(0, 128),
    reason: leafWords(decision.reason),
    rules: decision.rules.slice(0, 100).map((rule) => rule.slice(0, 256).toWellFormed()),
  };
}

/** As many names as fit a leaf whatever their length: an `end` must never be too large to write. */
const MAX_TABLE_CHARACTERS = 12_000;

function leafTables(tables: readonly string[] = []): string[] {
  let left = MAX_TABLE_CHARACTERS;
  const kept: string[] = [];
  for (const table of tables.slice(0, MAX_TABLES_IN_LEAF)) {
    left -= table.length;
    if (left < 0 || table.length > 1_500) break;
    kept.push(table.toWellFormed());
  }
  return kept;
}

const omitted = (tables: readonly string[] = []): number | undefined => tables.length - leafTables(tables).length || undefined;

export function leafStatement(statement: StatementInput | undefined): Intent['statement'] {
  if (statement === undefined) return undefined;
  const bytes = toInt64(statement.estimate?.totalBytesProcessed);
  return {
    dryRun: statement.dryRun,
    estimate: bytes === undefined ? undefined : { accuracy: maybeName(statement.estimate?.accuracy), totalBytesProcessed: bytes },
    fingerprint: statement.fingerprint,
    referencedTables: leafTables(statement.referencedTables),
    referencedTablesOmitted: omitted(statement.referencedTables),
    statementType: maybeName(statement.statementType),
  };
}

export function leafStatistics(job: JobStatisticsInput | undefined) {
  if (job === undefined) return undefined;
  return {
    cacheHit: job.cacheHit,
    jobReference: leafJob(job.jobReference),
    numDmlAffectedRows: toInt64(job.numDmlAffectedRows),
    referencedTables: job.referencedTables === undefined ? undefined : leafTables(job.referencedTables),
    referencedTablesOmitted: omitted(job.referencedTables),
    statementType: maybeName(job.statementType),
    totalBytesBilled: toInt64(job.totalBytesBilled),
    totalBytesProcessed: toInt64(job.totalBytesProcessed),
    totalRows: toInt64(job.totalRows),
  };
}

export const leafChunk = (chunk: Chunk): Chunk => ({
  digest: chunk.digest,
  length: chunk.length,
  offset: chunk.offset,
  side: chunk.side,
  stored: chunk.stored,
});

/** Milliseconds since the exchange began → whole microseconds. */
export const toMicroseconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.max(0, Math.round(ms * 1000));
