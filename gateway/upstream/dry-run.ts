import type { DryRunFacts, TablePath } from '../exchange.ts';

/** The job that asks BigQuery what a statement would do, without doing it. The cache would hide the tables. */
export function toDryRunJob(query: Readonly<Record<string, unknown>>, location: string | undefined, projectId: string): string {
  const { destinationTable: _d, writeDisposition: _w, createDisposition: _c, ...kept } = query;
  return JSON.stringify({
    configuration: { dryRun: true, query: { ...kept, useLegacySql: false, useQueryCache: false } },
    ...(location === undefined ? {} : { jobReference: { projectId, location } }),
  });
}

/** Undefined when the answer is no job resource of a dry run. */
export function readDryRun(body: string): DryRunFacts | undefined {
  const statistics = parse(body)?.['statistics'] as Record<string, unknown> | undefined;
  const query = statistics?.['query'] as Record<string, unknown> | undefined;
  const bytes = query?.['totalBytesProcessed'] ?? statistics?.['totalBytesProcessed'];
  if (query === undefined || typeof bytes !== 'string' || !/^\d{1,19}$/.test(bytes)) return undefined;
  const tables = query['referencedTables'] ?? [];
  if (!Array.isArray(tables) || !tables.every(isTablePath)) return undefined;
  return {
    statementType: toText(query['statementType']),
    totalBytesProcessed: bytes,
    totalBytesProcessedAccuracy: toText(query['totalBytesProcessedAccuracy']),
    referencedTables: tables.map(({ projectId, datasetId, tableId }) => ({ projectId, datasetId, tableId })),
  };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const isTablePath = (value: unknown): value is TablePath => {
  const { projectId, datasetId, tableId } = (value ?? {}) as Record<string, unknown>;
  return typeof projectId === 'string' && typeof datasetId === 'string' && typeof tableId === 'string';
};

const toText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
