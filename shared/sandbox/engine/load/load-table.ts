import type { DuckDBValue } from '@duckdb/node-api';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { fieldsOf } from '../catalog/stored-table.ts';
import type { LoadOutcome, LoadRequest, LoadSource } from '../engine.ts';
import { createInvalid, createNotImplemented } from '../failure.ts';
import type { TableSchema } from '../resource.ts';
import { appendRows } from '../rows/append-rows.ts';
import { type Fill, type WriteRequest, writeTable } from '../rows/write-table.ts';
import { detectCsvSchema, detectDelimiter } from './detect-csv-schema.ts';
import { detectJsonSchema } from './detect-json-schema.ts';
import { loadAvro } from './load-avro.ts';
import { BadRecords } from './load-failure.ts';
import { loadParquet } from './load-parquet.ts';
import { decode, type OpenSource, openSource } from './open-source.ts';
import { type CsvRecord, parseCsv } from './parse-csv.ts';
import { createDialect, readCsvRows } from './read-csv-rows.ts';
import { parseLine, readJsonRows, readLines } from './read-json-rows.ts';
import { Replayable, takeFirst } from './replayable.ts';

/** BigQuery looks at up to 500 rows of the first file. */
const SAMPLE_ROWS = 500;

export async function loadTable(core: CatalogCore, request: LoadRequest): Promise<LoadOutcome> {
  const format = request.format ?? 'CSV';
  if (request.sources.length === 0) throw createInvalid('Required parameter is missing: sourceUris');
  if (format === 'PARQUET') return loadParquet(core, request);
  if (format === 'AVRO') return loadAvro(core, request);
  if (format === 'CSV') return loadText(core, request, new BadRecords('CSV', request.maxBadRecords ?? 0), planCsv);
  if (format === 'NEWLINE_DELIMITED_JSON') return loadText(core, request, new BadRecords('JSON', request.maxBadRecords ?? 0), planJson);
  throw createNotImplemented(`Loading ${format} is not supported by the sandbox: use CSV, NEWLINE_DELIMITED_JSON, PARQUET or AVRO`);
}

/** What is known once the beginning of the first source has been seen. */
type Plan = {
  readonly schema: TableSchema | undefined;
  readonly rows: (text: AsyncIterable<string>, schema: TableSchema) => AsyncIterable<readonly DuckDBValue[]>;
};
type Planner = (core: CatalogCore, request: LoadRequest, first: Replayable, bad: BadRecords) => Promise<Plan>;

async function loadText(core: CatalogCore, request: LoadRequest, bad: BadRecords, planner: Planner): Promise<LoadOutcome> {
  const opened = request.sources.map((source: LoadSource) => openSource(source));
  const texts = opened.map(({ bytes }) => new Replayable(decode(bytes, request.encoding)));
  const plan = await planner(core, request, texts[0]!, bad);
  const fill: Fill = async (connection, table) => {
    let rows = 0n;
    for (const text of texts) {
      rows += await appendRows(connection, table, plan.rows(text.replay(), { fields: fieldsOf(table) }), request.signal);
    }
    return rows;
  };
  const { rows, table } = await writeTable(core, toWriteRequest(request, plan.schema), fill);
  return toOutcome(opened, rows, await core.sizes.bytes(table), bad);
}

export function toWriteRequest(request: LoadRequest, schema: TableSchema | undefined): WriteRequest {
  const { destination, writeDisposition = 'WRITE_APPEND', createDisposition, schemaUpdateOptions } = request;
  const { timePartitioning, rangePartitioning, clustering, labels, description } = request;
  const shape = {
    ...(timePartitioning && { timePartitioning }),
    ...(rangePartitioning && { rangePartitioning }),
    ...(clustering && { clustering }),
    ...(labels && { labels }),
    ...(description !== undefined && { description }),
  };
  return {
    destination,
    writeDisposition,
    ...(createDisposition && { createDisposition }),
    ...(schemaUpdateOptions && { schemaUpdateOptions }),
    ...(schema && { schema }),
    ...(Object.keys(shape).length > 0 && { shape }),
  };
}

export function toOutcome(opened: readonly OpenSource[], rows: bigint, bytes: bigint, bad: BadRecords): LoadOutcome {
  return {
    outputRows: String(rows),
    outputBytes: String(bytes),
    inputFiles: String(opened.length),
    inputFileBytes: String(opened.reduce((sum, { bytesRead }) => sum + bytesRead(), 0)),
    badRecords: String(bad.count),
    warnings: bad.details.map((message) => ({ reason: 'invalid', message: `Error while reading data, error message: ${message}` })),
  };
}

const planCsv: Planner = async (core, request, first, bad) => {
  const known = knownSchema(core, request);
  const firstLine = (await takeFirst(readLines(first.peek()), 1))[0]?.text ?? '';
  const dialect = createDialect(request, request.autodetect ? detectDelimiter(firstLine) : ',');
  const sample = request.autodetect ? await takeFirst<CsvRecord>(parseCsv(first.peek(), dialect), SAMPLE_ROWS) : [];
  const detected = request.autodetect ? detectCsvSchema(sample, request.skipLeadingRows) : undefined;
  const skip = request.skipLeadingRows ?? detected?.headerRows ?? 0;
  const schema = known.given ?? (known.existing ? undefined : detected?.schema);
  checkSchema(request, schema ?? known.existing);
  return { schema, rows: (text, { fields }) => readCsvRows(text, fields, request, dialect, skip, bad) };
};

const planJson: Planner = async (core, request, first, bad) => {
  const known = knownSchema(core, request);
  const sample = request.autodetect ? await takeFirst(readLines(first.peek()), SAMPLE_ROWS) : [];
  const objects = sample.map(({ text }) => parseLine(text)).filter((row) => row !== undefined);
  const mayAdd = request.schemaUpdateOptions?.includes('ALLOW_FIELD_ADDITION') ?? false;
  const detected = request.autodetect && (!known.existing || mayAdd) ? detectJsonSchema(objects) : undefined;
  const schema = known.given ?? detected;
  checkSchema(request, schema ?? known.existing);
  return { schema, rows: (text, { fields }) => readJsonRows(readLines(text), fields, request.ignoreUnknownValues ?? false, bad) };
};

/** The request's own schema, and the one of a table that keeps its columns. */
function knownSchema(
  core: CatalogCore,
  request: LoadRequest,
): { readonly given: TableSchema | undefined; readonly existing: TableSchema | undefined } {
  const given = request.schema?.fields?.length ? request.schema : undefined;
  const table = core.state.table(request.destination);
  const isReplaced = request.writeDisposition?.startsWith('WRITE_TRUNCATE') ?? false;
  const existing = table && fieldsOf(table).length > 0 && !(isReplaced && request.autodetect) ? table.resource.schema : undefined;
  return { given, existing };
}

function checkSchema({ destination }: LoadRequest, schema: TableSchema | undefined): void {
  if (schema) return;
  throw createInvalid(
    `No schema specified on job or table. (table: ${destination.projectId}:${destination.datasetId}.${destination.tableId})`,
  );
}
