import { randomUUID } from 'node:crypto';
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf, isPlaced, type PlacedTable, toDuckRelation, typeOfField } from '../catalog/stored-table.ts';
import { getDecorated } from '../catalog/table-operations.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { ExtractOutcome, ExtractRequest } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import { toExportedValue } from './exported-value.ts';
import { extractAvro } from './extract-avro.ts';

/** DuckDB writes the file into the staging directory; it is then put where the caller wants it. */
export async function extractTable(core: CatalogCore, request: ExtractRequest): Promise<ExtractOutcome> {
  const table = getDecorated(core, request.source);
  if (!isPlaced(table)) throw createInvalid(`Cannot export a table of type ${table.resource.type}.`);
  const staged = join(core.duck.stagingDirectory, randomUUID());
  try {
    checkCompression(request);
    if (request.format === 'AVRO') await extractAvro(core, table, request, staged);
    else await core.duck.run(`COPY (${toSelect(table, request)}) TO ${quoteText(staged)} (${toCopyOptions(request)})`, request.signal);
    await copyFile(staged, request.outputPath);
    const [rows, bytes, { size }] = await Promise.all([core.sizes.rows(table), core.sizes.bytes(table), stat(staged)]);
    return { rows: String(rows), inputBytes: String(bytes), outputBytes: String(size) };
  } finally {
    await rm(staged, { force: true });
  }
}

function toSelect(table: PlacedTable, { format = 'CSV' }: ExtractRequest): string {
  const columns = fieldsOf(table).map((field) => {
    const type = typeOfField(field);
    if (format === 'CSV' && (type.kind === 'ARRAY' || type.kind === 'STRUCT')) {
      throw createInvalid(`Operation cannot be performed on a nested schema. Field: ${field.name}`);
    }
    return `${toExportedValue(quoteName(field.name), type, format)} AS ${quoteName(field.name)}`;
  });
  return `SELECT ${columns.join(', ')} FROM ${toDuckRelation(table)}`;
}

const compressions: Readonly<Record<string, readonly string[]>> = {
  CSV: ['GZIP'],
  NEWLINE_DELIMITED_JSON: ['GZIP'],
  PARQUET: ['GZIP', 'SNAPPY', 'ZSTD'],
  AVRO: ['DEFLATE', 'SNAPPY'],
};

function checkCompression({ format = 'CSV', compression = 'NONE' }: ExtractRequest): void {
  const known = compressions[format];
  if (known === undefined) throw createInvalid(`${format} is not a valid value for destinationFormat`);
  if (compression === 'NONE' || known.includes(compression)) return;
  throw createInvalid(`Operation cannot be performed: compression ${compression} is not supported for the destination format ${format}`);
}

function toCopyOptions({ format = 'CSV', compression = 'NONE', fieldDelimiter = ',', printHeader = true }: ExtractRequest): string {
  if (format === 'PARQUET') return `FORMAT parquet, COMPRESSION ${compression === 'NONE' ? 'uncompressed' : compression.toLowerCase()}`;
  const packing = compression === 'GZIP' ? ", COMPRESSION 'gzip'" : '';
  if (format === 'NEWLINE_DELIMITED_JSON') return `FORMAT json${packing}`;
  const delimiter = fieldDelimiter === '\\t' || fieldDelimiter.toLowerCase() === 'tab' ? '\t' : fieldDelimiter;
  return `FORMAT csv, HEADER ${printHeader}, DELIMITER ${quoteText(delimiter)}${packing}`;
}
