import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBValue } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf, type PlacedTable, toDuckRelation } from '../catalog/stored-table.ts';
import { quoteName } from '../duck/quote.ts';
import type { ExtractRequest } from '../engine.ts';
import { type CodecName, toBlockBytes, toHeaderBytes } from './avro-container.ts';
import { toAvroRecord } from './avro-export.ts';
import { toAvscType } from './open-avro.ts';

const codecs: Readonly<Record<string, CodecName>> = { NONE: 'null', DEFLATE: 'deflate', SNAPPY: 'snappy' };

/** One block per chunk of DuckDB's: rows never gather here. */
export async function extractAvro(core: CatalogCore, table: PlacedTable, request: ExtractRequest, path: string): Promise<void> {
  const columns = fieldsOf(table).map(({ name }) => quoteName(name));
  const sql = `SELECT ${columns.join(', ') || 'NULL'} FROM ${toDuckRelation(table)}`;
  await core.duck.use(async (connection) => {
    async function* batches(): AsyncGenerator<readonly DuckDBValue[][]> {
      for await (const chunk of connection.chunks(sql, request.signal)) yield chunk.getRows();
    }
    const { compression = 'NONE', useAvroLogicalTypes = false } = request;
    await pipeline(
      Readable.from(writeAvro(fieldsOf(table), batches(), codecs[compression]!, useAvroLogicalTypes)),
      createWriteStream(path),
    );
  });
}

async function* writeAvro(
  fields: readonly TableFieldSchema[],
  batches: AsyncIterable<readonly DuckDBValue[][]>,
  codec: CodecName,
  useLogicalTypes: boolean,
): AsyncGenerator<Buffer> {
  const { schema, toRecord } = toAvroRecord(fields, useLogicalTypes);
  const type = toAvscType(schema);
  const header = { schema, codec, sync: randomBytes(16) };
  yield toHeaderBytes(header);
  for await (const rows of batches) {
    const data = Buffer.concat(rows.map((row) => type.toBuffer(toRecord(row))));
    yield await toBlockBytes(header, { count: rows.length, data });
  }
}
