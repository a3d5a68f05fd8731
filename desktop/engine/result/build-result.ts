import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { Column } from '../../../shared/contract/cell.ts';
import { countMisfits, toCasts, toStageColumns } from '../../../shared/derived/result/cast-rows.ts';
import type { ResultPageRead } from '../../../shared/derived/result/read-result-pages.ts';
import { rowIndex, toTextField } from '../../../shared/derived/result/result-type.ts';
import { misfitProblem, type StagedResult, stageResult } from '../../../shared/derived/result/stage-result.ts';
import { openTableWriter, type TableWriter } from '../../../shared/derived/table-writer.ts';
import { toResultColumn } from './result-column.ts';

export type BuiltResult = Omit<StagedResult, 'fields'> & { readonly columns: readonly Column[]; readonly problems: readonly string[] };

/** The table to be made. */
export type ResultTarget = { readonly connection: DuckDBConnection; readonly catalog: string; readonly table: string };

export type BuildOptions = ResultTarget & {
  /** Where the answers carry no schema (tabledata.list). */
  readonly findSchema: () => Promise<readonly TableFieldSchema[] | undefined>;
  readonly problems: string[];
};

/** `undefined`: none of the answers has columns. Rows are streamed: first as text as they came, then cast in DuckDB, column by column. */
export async function buildResult(pages: AsyncIterable<ResultPageRead>, options: BuildOptions): Promise<BuiltResult | undefined> {
  const staged = await stageRows(pages, options);
  if (staged === undefined) return undefined;
  const { fields, ...facts } = staged;
  const columns = await castRows(fields, options);
  return { ...facts, columns, problems: options.problems };
}

async function stageRows(pages: AsyncIterable<ResultPageRead>, options: BuildOptions): Promise<StagedResult | undefined> {
  const { connection, catalog, problems, findSchema } = options;
  let writer: TableWriter | undefined;
  const staged = await stageResult(pages, {
    findSchema,
    onProblem: toTeller(problems),
    begin: async (fields) => {
      await connection.run(`CREATE TABLE ${catalog}.stage (${rowIndex} BIGINT, ${toStageColumns(fields)})`);
      const own = await openTableWriter(connection, catalog, 'stage');
      writer = own;
      return (index, cells) => own.write([index, ...cells]);
    },
  });
  writer?.close();
  return staged;
}

/** Collects problems as sentences. */
export const toTeller =
  (problems: string[]) =>
  (problem: string, exchange?: number): void =>
    void problems.push(exchange === undefined ? problem : `Exchange ${exchange} ${problem}`);

/** A column of which one cell does not fit its type is kept as text whole: evidence is never turned into NULL. */
async function castRows(recorded: readonly TableFieldSchema[], { connection, catalog, table, problems }: BuildOptions): Promise<Column[]> {
  const misfits = await countMisfits(connection, `${catalog}.stage`, recorded);
  const fields = recorded.map((field, index) => {
    if (misfits[index] === 0n) return field;
    problems.push(misfitProblem(misfits[index]!, field));
    return toTextField(field);
  });
  await connection.run(`CREATE TABLE ${catalog}.${table} AS SELECT ${rowIndex}, ${toCasts(fields)} FROM ${catalog}.stage`);
  await connection.run(`DROP TABLE ${catalog}.stage`);
  return fields.map(toResultColumn);
}
