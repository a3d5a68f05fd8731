// Rows are staged as text, one column `c0`, `c1` … each, and cast in DuckDB.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import { quoteName, quoteText } from '../quote.ts';
import { isNested, resultNumber, toEngineType, toTextShape } from './result-type.ts';

/** Columns of the stage, for CREATE TABLE. */
export const toStageColumns = (fields: readonly TableFieldSchema[]): string => fields.map((_, at) => `c${at} VARCHAR`).join(', ');

/** `"name" TYPE, …`: the columns of the rows as they end, for CREATE TABLE. */
export const toTypedColumns = (fields: readonly TableFieldSchema[]): string =>
  fields.map((field) => `${quoteName(field.name)} ${toEngineType(field)}`).join(', ');

/** The stage's columns as what they are, for SELECT. */
export const toCasts = (fields: readonly TableFieldSchema[]): string =>
  fields.map((field, at) => `${toCast(field, `c${at}`)} AS ${quoteName(field.name)}`).join(', ');

/** Cells of each column that its cast would lose. Nested columns are cast strictly: a try-cast would drop single leaves in silence. */
export async function countMisfits(connection: DuckDBConnection, stage: string, fields: readonly TableFieldSchema[]): Promise<bigint[]> {
  const plain = [...fields.entries()].filter(([, field]) => !isNested(field) && toEngineType(field) !== 'VARCHAR');
  const lost = new Map<number, bigint>();
  if (plain.length > 0) {
    const reader = await connection.runAndReadAll(`SELECT ${plain.map(([at, field]) => countLost(field, at)).join(', ')} FROM ${stage}`);
    for (const [place, [at]] of plain.entries()) lost.set(at, reader.getRows()[0]![place] as bigint);
  }
  const misfits: bigint[] = [];
  for (const [at, field] of fields.entries())
    misfits.push(isNested(field) ? await countColumn(connection, stage, field, at) : (lost.get(at) ?? 0n));
  return misfits;
}

/** Of a nested column, whether there is one. */
async function countColumn(connection: DuckDBConnection, stage: string, field: TableFieldSchema, at: number, where = 'true') {
  const count = isNested(field) ? `count(*) FILTER (false), count(${toCast(field, `c${at}`)})` : countLost(field, at);
  try {
    const reader = await connection.runAndReadAll(`SELECT ${count} FROM ${stage} WHERE ${where}`);
    return reader.getRows()[0]![0] as bigint;
  } catch {
    return 1n;
  }
}

const countLost = (field: TableFieldSchema, at: number): string =>
  `count(*) FILTER (c${at} IS NOT NULL AND ${toCast(field, `c${at}`)} IS NULL)`;

/** The same by result, where a stage holds rows of several; results of which every cell fits are not in it. */
export async function countMisfitsByResult(
  connection: DuckDBConnection,
  stage: string,
  fields: readonly TableFieldSchema[],
  results: readonly number[],
): Promise<Map<number, bigint[]>> {
  const found = new Map<number, bigint[]>();
  const add = (result: number, at: number, count: bigint): void => {
    if (count === 0n) return;
    const counts = found.get(result) ?? fields.map(() => 0n);
    counts[at] = count;
    found.set(result, counts);
  };
  for (const [at, misfits] of (await countMisfits(connection, stage, fields)).entries()) {
    const field = fields[at]!;
    if (misfits === 0n) continue;
    if (isNested(field)) {
      for (const result of results) add(result, at, await countColumn(connection, stage, field, at, `${resultNumber} = ${result}`));
    } else {
      const reader = await connection.runAndReadAll(`SELECT ${resultNumber}, ${countLost(field, at)} FROM ${stage} GROUP BY ALL`);
      for (const [result, count] of reader.getRows()) add(Number(result), at, count as bigint);
    }
  }
  return found;
}

function toCast(field: TableFieldSchema, column: string): string {
  const type = toEngineType(field);
  if (type === 'VARCHAR') return column;
  if (!isNested(field)) return `TRY_CAST(${column} AS ${type})`;
  // The shape is JSON: a type's own name, as text. Strictly: what has another shape is an error, not NULL.
  return `CAST(from_json_strict(${column}, ${quoteText(JSON.stringify(toTextShape(field)))}) AS ${type})`;
}
