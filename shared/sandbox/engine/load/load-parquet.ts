import { randomUUID } from 'node:crypto';
import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBType } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf, typeOfField } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { LoadOutcome, LoadRequest, LoadSource } from '../engine.ts';
import type { TableSchema } from '../resource.ts';
import { type Fill, writeTable } from '../rows/write-table.ts';
import { checkParquetType, toFieldOfDuckType, withDecimals } from './field-of-duck-type.ts';
import { LoadFailure } from './load-failure.ts';
import { toWriteRequest } from './load-table.ts';
import { toFileSchema } from './to-file-schema.ts';

/** DuckDB reads the files itself, out of the staging directory. The schema is the files' own where the request gives none. */
export async function loadParquet(core: CatalogCore, request: LoadRequest): Promise<LoadOutcome> {
  const paths = await Promise.all(request.sources.map((source) => stage(core, source)));
  try {
    const from = `read_parquet([${paths.map(quoteText).join(', ')}], union_by_name = true)`;
    const { own, types } = await describe(core, from);
    const schema = toFileSchema(core, request, (decimalTargetTypes) => withDecimals(own, types, decimalTargetTypes));
    const fill: Fill = async (connection, table) => {
      const fields = fieldsOf(table).filter(({ name }) => findField(own, name));
      for (const field of fields) checkParquetType(findField(own, field.name)!, field);
      const values = fields.map((field) => `CAST(${quoteName(field.name)} AS ${duckType(typeOfField(field))})`);
      const columns = fields.map(({ name }) => quoteName(name)).join(', ');
      const result = await connection.run(
        `INSERT INTO ${toDuckTable(table.place)} (${columns}) SELECT ${values.join(', ')} FROM ${from}`,
        request.signal,
      );
      return BigInt(result.rowsChanged);
    };
    const { rows, table } = await writeTable(core, toWriteRequest(request, schema), fill);
    const inputBytes = (await Promise.all(paths.map((path) => stat(path)))).reduce((sum, { size }) => sum + size, 0);
    return {
      outputRows: String(rows),
      outputBytes: String(await core.sizes.bytes(table)),
      inputFiles: String(paths.length),
      inputFileBytes: String(inputBytes),
      badRecords: '0',
      warnings: [],
    };
  } finally {
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }
}

async function stage(core: CatalogCore, source: LoadSource): Promise<string> {
  const path = join(core.duck.stagingDirectory, `${randomUUID()}.parquet`);
  if ('path' in source) await copyFile(source.path, path);
  else await writeFile(path, source.stream);
  return path;
}

const findField = ({ fields }: TableSchema, wanted: string): TableFieldSchema | undefined =>
  fields.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());

async function describe(core: CatalogCore, from: string): Promise<{ readonly own: TableSchema; readonly types: readonly DuckDBType[] }> {
  try {
    const result = await core.duck.use((connection) => connection.run(`SELECT * FROM ${from} LIMIT 0`));
    const types = result.columnTypes();
    return { own: { fields: result.columnNames().map((name, index) => toFieldOfDuckType(name, types[index]!)) }, types };
  } catch (error) {
    throw new LoadFailure(`Input file is not in Parquet format. ${error instanceof Error ? error.message.split('\n')[0] : ''}`.trim(), []);
  }
}
