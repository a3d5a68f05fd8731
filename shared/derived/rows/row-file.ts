import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import { toCasts, toStageColumns, toTypedColumns } from '../result/cast-rows.ts';
import { resultNumber, rowIndex } from '../result/result-type.ts';
import { openTableWriter, type TableWriter } from '../table-writer.ts';

/** Rows of results with the same columns, on their way into one Parquet file: staged as text, then cast into a table. */
export type RowFile = {
  readonly fields: readonly TableFieldSchema[];
  readonly path: string;
  /** Temporary tables: what does not fit into memory goes to disk, and nothing waits for the disk. */
  readonly stage: string;
  readonly table: string;
  /** Characters of text that were cast. */
  size: number;
};

const hidden = `${resultNumber} BIGINT, ${rowIndex} BIGINT`;

export async function createRowFile(
  connection: DuckDBConnection,
  fields: readonly TableFieldSchema[],
  path: string,
  number: number,
): Promise<RowFile> {
  const file = { fields, path, stage: `stage_${number}`, table: `rows_${number}`, size: 0 };
  await connection.run(`CREATE TEMP TABLE ${file.table} (${hidden}, ${toTypedColumns(fields)})`);
  return file;
}

export async function openStage(connection: DuckDBConnection, { stage, fields }: RowFile): Promise<TableWriter> {
  await connection.run(`CREATE TEMP TABLE ${stage} (${hidden}, ${toStageColumns(fields)})`);
  return await openTableWriter(connection, 'temp', stage);
}

/** Rows of `from`'s stage that fit the columns of `to`. */
export async function castStage(connection: DuckDBConnection, from: RowFile, to: RowFile, where: string): Promise<void> {
  await connection.run(
    `INSERT INTO ${to.table} SELECT ${resultNumber}, ${rowIndex}, ${toCasts(to.fields)} FROM ${from.stage} WHERE ${where}`,
  );
}
