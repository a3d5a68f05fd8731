import { stat } from 'node:fs/promises';
import type { CallInput, CallOutput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { quoteName, quoteText } from '../../../shared/derived/quote.ts';
import { rowIndex } from '../../../shared/derived/result/result-type.ts';
import type { SqlValue } from '../database/case-database.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import { toSafeColumn } from './formula-safe.ts';

type Exported = { readonly query: string; readonly values: readonly SqlValue[] };

/** Writes rows to a file by DuckDB's own COPY: any size, bounded memory. Throws EXPORT_FAILED when the file cannot be written. */
export async function writeExport(
  review: ReviewCase,
  results: ResultRelations,
  request: CallInput<'export:write'>,
): Promise<CallOutput<'export:write'>> {
  const { what, format, path } = request;
  if (review.bundles.some((bundle) => bundle.path === path))
    throw new EngineError({ code: 'EXPORT_OVER_BUNDLE', message: 'This file is a bundle of the case: bundles are never written to.' });
  const exported = what.kind === 'result' ? await toResultQuery(results, what.exchangeId) : toExchangesQuery(what.filter);
  const connection = await review.database.connect();
  try {
    await review.database.gate.shared(async () => {
      // A view over parameters cannot be made; a table of the answer can, and COPY takes no parameters.
      await connection.run(`CREATE TEMP TABLE exported AS ${exported.query}`, [...exported.values]);
      const query = format === 'csv' ? await toSafeQuery(connection) : 'SELECT * FROM exported';
      await connection.run(`COPY (${query}) TO ${quoteText(path)} (${formatOptions[format]})`);
    });
    const reader = await connection.runAndReadAll('SELECT count(*) FROM exported');
    return { path, rows: Number(reader.getRows()[0]?.[0] ?? 0), bytes: (await stat(path)).size };
  } catch (error) {
    throw new EngineError(
      { code: 'EXPORT_FAILED', message: `The file could not be written: ${error instanceof Error ? error.message : String(error)}` },
      { cause: error },
    );
  } finally {
    connection.closeSync();
  }
}

const formatOptions: Readonly<Record<CallInput<'export:write'>['format'], string>> = {
  csv: 'FORMAT csv, HEADER true',
  ndjson: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
};

async function toResultQuery(results: ResultRelations, exchangeId: string): Promise<Exported> {
  const { catalog, resultId } = await results.open(exchangeId);
  return { query: `SELECT * EXCLUDE (${rowIndex}) FROM ${catalog}.${resultId} ORDER BY ${rowIndex}`, values: [] };
}

function toExchangesQuery(filter: string): Exported {
  const { where, values } = filterToSql(parseFilter(filter));
  const query = `SELECT e.* EXCLUDE (sql_preview, has_result), s.sql FROM (SELECT * FROM exchange WHERE ${where}) e
    LEFT JOIN statement s USING (bundle_id, number) ORDER BY number`;
  return { query, values };
}

async function toSafeQuery(connection: Awaited<ReturnType<ReviewCase['database']['connect']>>): Promise<string> {
  const reader = await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE exported)`);
  const columns = reader
    .getRows()
    .map(([name, type]) => `${toSafeColumn(quoteName(String(name)), String(type))} AS ${quoteName(String(name))}`);
  return `SELECT ${columns.join(', ')} FROM exported`;
}
