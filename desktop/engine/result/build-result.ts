import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { Column } from '../../../shared/contract/cell.ts';
import { openTableWriter, type TableWriter } from '../../../shared/derived/table-writer.ts';
import { quoteName, quoteText } from '../database/case-database.ts';
import { toCellText } from './cell-text.ts';
import { takeNewRows } from './new-rows.ts';
import { isNested, toEngineType, toResultColumn, toTextShape } from './result-column.ts';
import type { ResultPageRead } from './result-pages.ts';

/** Hidden column of every result table: the row's index in BigQuery's result, from 0. */
export const rowIndex = '__row_index';

export type BuiltResult = {
  readonly columns: readonly Column[];
  readonly total: number;
  readonly reportedRows: string | undefined;
  readonly pages: readonly { readonly exchangeId: string; readonly number: number; readonly rows: number }[];
  readonly problems: readonly string[];
};

export type BuildOptions = {
  readonly connection: DuckDBConnection;
  readonly catalog: string;
  readonly table: string;
  /** Where the answers carry no schema (tabledata.list). */
  readonly findSchema: () => Promise<readonly TableFieldSchema[] | undefined>;
  readonly problems: string[];
};

/** `undefined`: none of the answers has columns. Rows are streamed: first as text as they came, then cast in DuckDB, column by column. */
export async function buildResult(pages: AsyncIterable<ResultPageRead>, options: BuildOptions): Promise<BuiltResult | undefined> {
  const staged = await stageRows(pages, options);
  if (staged === undefined) return undefined;
  const columns = await castRows(staged.fields, options);
  return { ...staged, columns, problems: options.problems };
}

type Staged = Omit<BuiltResult, 'columns' | 'problems'> & { readonly fields: readonly TableFieldSchema[] };

async function stageRows(pages: AsyncIterable<ResultPageRead>, options: BuildOptions): Promise<Staged | undefined> {
  const { connection, catalog, problems } = options;
  let fields: readonly TableFieldSchema[] | undefined;
  let writer: TableWriter | undefined;
  let total = 0;
  let reportedRows: string | undefined;
  const used: { exchangeId: string; number: number; rows: number }[] = [];
  for await (const page of takeNewRows(pages, (problem) => problems.push(problem))) {
    const { exchangeId, number, start, rows, timestampFormat } = page;
    reportedRows = page.reportedRows ?? reportedRows;
    if (writer === undefined) {
      fields = withUniqueNames(page.fields ?? (await options.findSchema()) ?? guessFields(rows[0]?.f.length, problems));
      if (fields.length === 0) continue;
      await connection.run(
        `CREATE TABLE ${catalog}.stage (${[`${rowIndex} BIGINT`, ...fields.map((_, at) => `c${at} VARCHAR`)].join(', ')})`,
      );
      writer = await openTableWriter(connection, catalog, 'stage');
    }
    for (const [index, { f: cells }] of rows.entries())
      writer.write([start + index, ...fields!.map((field, at) => toCellText(cells[at]?.v, field, timestampFormat))]);
    if (rows.length > 0 || used.length === 0) used.push({ exchangeId, number, rows: rows.length });
    total += rows.length;
  }
  writer?.close();
  return writer === undefined || fields === undefined ? undefined : { fields, total, reportedRows, pages: used };
}

function withUniqueNames(fields: readonly TableFieldSchema[]): TableFieldSchema[] {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const key = field.name.toLowerCase();
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return times === 0 ? field : { ...field, name: `${field.name}_${times + 1}` };
  });
}

function guessFields(count: number | undefined, problems: string[]): TableFieldSchema[] {
  if (count === undefined) return [];
  problems.push('No schema was recorded for these rows: columns are numbered and shown as text.');
  return Array.from({ length: count }, (_, index) => ({ name: `column_${index + 1}`, type: 'STRING' }));
}

/** A column of which one cell does not fit its type is kept as text whole: evidence is never turned into NULL. */
async function castRows(fields: readonly TableFieldSchema[], options: BuildOptions): Promise<Column[]> {
  const { connection, catalog, table, problems } = options;
  const casts = fields.map((field, index) => toCast(field, `c${index}`));
  const misfits = await countMisfits(options, fields, casts);
  const columns = fields.map((field, index): Column => {
    const column = toResultColumn(field);
    if (misfits[index] === 0n) return column;
    problems.push(`${misfits[index]} cells of "${field.name}" are not ${column.type}: the column is shown as text.`);
    return { name: field.name, type: 'STRING', mode: 'NULLABLE', engineType: 'VARCHAR' };
  });
  const selected = fields.map((field, index) => `${misfits[index] === 0n ? casts[index] : `c${index}`} AS ${quoteName(field.name)}`);
  await connection.run(`CREATE TABLE ${catalog}.${table} AS SELECT ${[rowIndex, ...selected].join(', ')} FROM ${catalog}.stage`);
  await connection.run(`DROP TABLE ${catalog}.stage`);
  return columns;
}

/** Cells of each column that its cast would lose. Nested columns are cast strictly: a try-cast would drop single leaves in silence. */
async function countMisfits(
  { connection, catalog }: BuildOptions,
  fields: readonly TableFieldSchema[],
  casts: readonly string[],
): Promise<bigint[]> {
  const misfits: bigint[] = [];
  for (const [index, field] of fields.entries()) {
    const lost = isNested(field) ? 'count(*) FILTER (false)' : `count(*) FILTER (c${index} IS NOT NULL AND ${casts[index]} IS NULL)`;
    const probe = isNested(field) ? `, count(${casts[index]})` : '';
    try {
      const reader = await connection.runAndReadAll(`SELECT ${lost}${probe} FROM ${catalog}.stage`);
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
  // from_json takes the shape as JSON, and a type's own name for a leaf.
  return `CAST(from_json(${column}, ${quoteText(JSON.stringify(toTextShape(field)))}) AS ${type})`;
}
