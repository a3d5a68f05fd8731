import { randomUUID } from 'node:crypto';
import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf, typeOfField } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { LoadOutcome, LoadRequest, LoadSource } from '../engine.ts';
import type { TableSchema } from '../resource.ts';
import { type Fill, writeTable } from '../rows/write-table.ts';
import { toFieldOfDuckType } from './field-of-duck-type.ts';
import { LoadFailure } from './load-failure.ts';
import { toWriteRequest } from './load-table.ts';

/** DuckDB reads the files itself, out of the staging directory. The schema is the files' own where the request gives none. */
export async function loadParquet(core: CatalogCore, request: LoadRequest): Promise<LoadOutcome> {
  const paths = await Promise.all(request.sources.map((source) => stage(core, source)));
  try {
    const from = `read_parquet([${paths.map(quoteText).join(', ')}], union_by_name = true)`;
    const own = await describe(core, from);
    const fill: Fill = async (connection, table) => {
      const fields = fieldsOf(table).filter(({ name }) => own.fields.some((field) => field.name.toLowerCase() === name.toLowerCase()));
      const values = fields.map((field) => `CAST(${quoteName(field.name)} AS ${duckType(typeOfField(field))})`);
      const columns = fields.map(({ name }) => quoteName(name)).join(', ');
      const result = await connection.run(
        `INSERT INTO ${toDuckTable(table.place)} (${columns}) SELECT ${values.join(', ')} FROM ${from}`,
        request.signal,
      );
      return BigInt(result.rowsChanged);
    };
    const existing = core.state.table(request.destination);
    const keeps = existing !== undefined && fieldsOf(existing).length > 0 && !request.writeDisposition?.startsWith('WRITE_TRUNCATE');
    const mayAdd = (request.schemaUpdateOptions?.length ?? 0) > 0;
    const { rows, table } = await writeTable(core, toWriteRequest(request, request.schema ?? (keeps && !mayAdd ? undefined : own)), fill);
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

async function describe(core: CatalogCore, from: string): Promise<TableSchema> {
  try {
    const result = await core.duck.use((connection) => connection.run(`SELECT * FROM ${from} LIMIT 0`));
    return { fields: result.columnNames().map((name, index) => toFieldOfDuckType(name, result.columnType(index))) };
  } catch (error) {
    throw new LoadFailure(`Input file is not in Parquet format. ${error instanceof Error ? error.message.split('\n')[0] : ''}`.trim(), []);
  }
}
