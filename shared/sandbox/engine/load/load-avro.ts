import type { DuckDBValue } from '@duckdb/node-api';
import { isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf } from '../catalog/stored-table.ts';
import type { LoadOutcome, LoadRequest } from '../engine.ts';
import { appendRows } from '../rows/append-rows.ts';
import { type Fill, writeTable } from '../rows/write-table.ts';
import { parseAvroSchema, toAvroFields } from './avro-schema.ts';
import { createReadFields } from './avro-value.ts';
import { BadRecords } from './load-failure.ts';
import { toOutcome, toWriteRequest } from './load-table.ts';
import { type AvroFile, openAvro } from './open-avro.ts';
import { openSource } from './open-source.ts';
import { toFileSchema } from './to-file-schema.ts';

/** Columns are matched by name. Where files differ, the schema is that of the last one. */
export async function loadAvro(core: CatalogCore, request: LoadRequest): Promise<LoadOutcome> {
  const opened = request.sources.map(openSource);
  const files = await Promise.all(opened.map(({ bytes }) => openAvro(bytes)));
  const record = parseAvroSchema(files.at(-1)!.schema);
  const useLogicalTypes = request.useAvroLogicalTypes ?? false;
  const schema = toFileSchema(core, request, (decimalTargetTypes) => toAvroFields(record, { useLogicalTypes, decimalTargetTypes }));
  const bad = new BadRecords('AVRO', request.maxBadRecords ?? 0);
  const fill: Fill = async (connection, table) => {
    let rows = 0n;
    for (const file of files) rows += await appendRows(connection, table, readRows(file, fieldsOf(table), bad), request.signal);
    return rows;
  };
  const { rows, table } = await writeTable(core, toWriteRequest(request, schema), fill);
  return toOutcome(opened, rows, await core.sizes.bytes(table), bad);
}

async function* readRows(file: AvroFile, columns: readonly TableFieldSchema[], bad: BadRecords): AsyncGenerator<readonly DuckDBValue[]> {
  const readers = createReadFields(parseAvroSchema(file.schema), columns);
  let row = 0;
  for await (const record of file.records) {
    row++;
    const values = readers.map((read) => read(record));
    const fault = columns.findIndex((column, index) => values[index] === undefined || (values[index] === null && isRequired(column)));
    if (fault < 0) yield values as DuckDBValue[];
    else bad.add(toFault(columns[fault]!, record, row), row);
  }
}

function toFault({ name }: TableFieldSchema, record: Readonly<Record<string, unknown>>, row: number): string {
  const value = JSON.stringify(record[name] ?? null, (_key, each) => (typeof each === 'bigint' ? String(each) : each));
  return `Avro parsing error in row ${row}: the value ${value} does not fit the column ${name}`;
}
