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

type Reader = { readonly value: RegExp; readonly read: (text: string, facts: AnswerFacts) => void };

const int64 = (name: 'totalBytesProcessed' | 'totalBytesBilled' | 'totalRows' | 'numDmlAffectedRows'): Reader => ({
  value: /"(-?\d{1,19})"/y,
  read: (text, facts) => {
    facts[name] = text;
  },
});

/** How the value of each fact looks, from behind its colon. */
const readers: Readonly<Record<string, Reader>> = {
  totalBytesProcessed: int64('totalBytesProcessed'),
  totalBytesBilled: int64('totalBytesBilled'),
  totalRows: int64('totalRows'),
  numDmlAffectedRows: int64('numDmlAffectedRows'),
  jobReference: { value: /(\{[^{}]*\})/y, read: readJobReference },
  cacheHit: {
    value: /(true|false)/y,
    read: (text, facts) => {
      facts.cacheHit = text === 'true';
    },
  },
  statementType: {
    value: /"(\w{1,64})"/y,
    read: (text, facts) => {
      facts.statementType = text;
    },
  },
  referencedTables: { value: /(\[[^[\]]*\])/y, read: readReferencedTables },
  sessionInfo: {
    value: /\{\s*"sessionId"\s*:\s*"([^"\\]{1,512})"/y,
    read: (text, facts) => {
      facts.bigQuerySession = text;
    },
  },
};
const key = new RegExp(`"(${Object.keys(readers).join('|')})"\\s*:\\s*`, 'g');

/**
 * Reads the facts beside the rows without parsing them: an answer may be larger than memory. Of a key that stands twice, the first value that fits
 * counts. A quote inside a JSON string is escaped,
 * so no value can look like one of these keys; the text must not begin inside of a string, or may end anywhere.
 */
export function readAnswerFacts(text: string, facts: AnswerFacts): void {
  const seen: string[] = [];
  for (const found of text.matchAll(key)) {
    const name = found[1]!;
    if (seen.includes(name)) continue;
    const { value, read } = readers[name]!;
    value.lastIndex = found.index + found[0].length;
    const fitting = value.exec(text)?.[1];
    if (fitting === undefined) continue;
    seen.push(name);
    read(fitting, facts);
  }
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
