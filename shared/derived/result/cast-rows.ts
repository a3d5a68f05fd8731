// Rows are staged as text, one column `c0`, `c1` … each, and cast in DuckDB.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import { quoteName, quoteText } from '../quote.ts';
import { isNested, toEngineType, toTextShape } from './result-type.ts';

/** Columns of the stage, for CREATE TABLE. */
export const toStageColumns = (fields: readonly TableFieldSchema[]): string => fields.map((_, at) => `c${at} VARCHAR`).join(', ');

/** `"name" TYPE, …`: the columns of the rows as they end, for CREATE TABLE. */
export const toTypedColumns = (fields: readonly TableFieldSchema[]): string =>
  fields.map((field) => `${quoteName(field.name)} ${toEngineType(field)}`).join(', ');

/** The stage's columns as what they are, for SELECT. */
export const toCasts = (fields: readonly TableFieldSchema[]): string =>
  fields.map((field, at) => `${toCast(field, `c${at}`)} AS ${quoteName(field.name)}`).join(', ');

/** Cells of each column that its cast would lose. Nested columns are cast strictly: a try-cast would drop single leaves in silence. */
export async function countMisfits(
  connection: DuckDBConnection,
  stage: string,
  fields: readonly TableFieldSchema[],
  where = 'true',
): Promise<bigint[]> {
  const misfits: bigint[] = [];
  for (const [at, field] of fields.entries()) {
    const cast = toCast(field, `c${at}`);
    const lost = isNested(field) ? `count(*) FILTER (false), count(${cast})` : `count(*) FILTER (c${at} IS NOT NULL AND ${cast} IS NULL)`;
    try {
      const reader = await connection.runAndReadAll(`SELECT ${lost} FROM ${stage} WHERE ${where}`);
      misfits.push(reader.getRows()[0]![0] as bigint);
    } catch {
      misfits.push(1n);
    }
  }
  return misfits;
}

function toCast(field: TableFieldSchema, column: string): string {
  const type = toEngineType(field);
  if (type === 'VARCHAR') return column;
  if (!isNested(field)) return `TRY_CAST(${column} AS ${type})`;
  // The shape is JSON: a type's own name, as text. Strictly: what has another shape is an error, not NULL.
  return `CAST(from_json_strict(${column}, ${quoteText(JSON.stringify(toTextShape(field)))}) AS ${type})`;
}
