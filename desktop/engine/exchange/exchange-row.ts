import type { ExchangeRow } from '../../../shared/contract/exchange.ts';
import type { SqlRow } from '../database/case-database.ts';

/** A row of the view `exchange` as screens take it. */
export function toExchangeRow(row: SqlRow): ExchangeRow {
  return dropAbsent({
    exchangeId: String(row['exchange_id']),
    number: Number(row['number']),
    bundleId: Number(row['bundle_id']),
    sessionId: sessionIdOf(row),
    at: toInstant(row['started_at']),
    durationMs: row['duration_ms'],
    who: String(row['who']),
    tool: row['tool'],
    httpMethod: String(row['http_method']),
    target: String(row['target']),
    methodId: row['method_id'],
    statementType: row['statement_type'],
    sql: row['sql_preview'],
    dryRun: row['dry_run'] === true,
    effect: row['effect'],
    rules: row['rules'] ?? [],
    outcome: row['outcome'],
    status: row['status'],
    errorReason: row['error_reason'],
    jobId: row['job_id'],
    tables: row['tables'] ?? [],
    totalBytesProcessed: toText(row['total_bytes_processed']),
    totalRows: toText(row['total_rows']),
    bytesToClient: toText(row['bytes_to_client']),
    cacheHit: row['cache_hit'],
    hasResult: row['has_result'] === true,
  }) as ExchangeRow;
}

const sessionIdOf = (row: SqlRow): string => String(row['session_id'] ?? '');

/** INT64 columns as exact text; NULL is absent. */
export const toText = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value));

/** DuckDB timestamps reach JavaScript as Dates: milliseconds are what the recorder writes. */
export const toInstant = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/** SQL NULL in a row becomes an absent field. */
export const dropAbsent = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
