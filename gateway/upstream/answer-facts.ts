import type { JobRef } from '../exchange.ts';

/** What an answer of BigQuery says about its job. int64 as text. */
export type AnswerFacts = {
  jobReference?: JobRef;
  totalBytesProcessed?: string;
  totalBytesBilled?: string;
  totalRows?: string;
  numDmlAffectedRows?: string;
  cacheHit?: boolean;
  statementType?: string;
  /** As `project.dataset.table`. */
  referencedTables?: readonly string[];
  /** BigQuery's own session, where one was made. */
  bigQuerySession?: string;
};

const int64Names = ['totalBytesProcessed', 'totalBytesBilled', 'totalRows', 'numDmlAffectedRows'] as const;
const int64Patterns = int64Names.map((name) => new RegExp(`"${name}"\\s*:\\s*"(-?\\d{1,19})"`));
const jobReferencePattern = /"jobReference"\s*:\s*(\{[^{}]*\})/;
const cacheHitPattern = /"cacheHit"\s*:\s*(true|false)/;
const statementTypePattern = /"statementType"\s*:\s*"(\w{1,64})"/;
const referencedTablesPattern = /"referencedTables"\s*:\s*(\[[^[\]]*\])/;
const sessionPattern = /"sessionInfo"\s*:\s*\{\s*"sessionId"\s*:\s*"([^"\\]{1,512})"/;

/**
 * Reads the facts beside the rows without parsing them: an answer may be larger than memory. A quote inside a JSON string is escaped,
 * so no value can look like one of these keys; the text must not begin inside of a string, or may end anywhere.
 */
export function readAnswerFacts(text: string, facts: AnswerFacts): void {
  for (const [index, pattern] of int64Patterns.entries()) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) facts[int64Names[index]!] = value;
  }
  const reference = jobReferencePattern.exec(text)?.[1];
  if (reference !== undefined) readJobReference(reference, facts);
  const cacheHit = cacheHitPattern.exec(text)?.[1];
  if (cacheHit !== undefined) facts.cacheHit = cacheHit === 'true';
  const statementType = statementTypePattern.exec(text)?.[1];
  if (statementType !== undefined) facts.statementType = statementType;
  const tables = referencedTablesPattern.exec(text)?.[1];
  if (tables !== undefined) readReferencedTables(tables, facts);
  const session = sessionPattern.exec(text)?.[1];
  if (session !== undefined) facts.bigQuerySession = session;
}

function readJobReference(json: string, facts: AnswerFacts): void {
  try {
    const { projectId, jobId, location } = JSON.parse(json) as Record<string, unknown>;
    if (typeof projectId !== 'string' || typeof jobId !== 'string') return;
    facts.jobReference = { projectId, jobId, ...(typeof location === 'string' ? { location } : {}) };
  } catch {
    // Not JSON after all: then nothing is known.
  }
}

function readReferencedTables(json: string, facts: AnswerFacts): void {
  try {
    const tables = JSON.parse(json) as Readonly<Record<string, unknown>>[];
    facts.referencedTables = tables.map(({ projectId, datasetId, tableId }) => `${projectId}.${datasetId}.${tableId}`);
  } catch {
    // Not JSON after all: then nothing is known.
  }
}
