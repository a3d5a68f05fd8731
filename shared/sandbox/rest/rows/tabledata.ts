import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { toTableName } from '../../../bigquery/job.ts';
import type { Engine, InsertOptions, InsertRow } from '../../engine/engine.ts';
import type { TableReference } from '../../engine/resource.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { parseFlag, textParameter } from '../query-parameters.ts';
import { type JsonObject, type RestCall, tableOf } from '../rest-call.ts';
import { type PageLimits, parsePageRequest, readPage } from './read-page.ts';
import type { RowSource } from './row-source.ts';
import { selectFields } from './select-fields.ts';

export async function listTableData(engine: Engine, limits: PageLimits, call: RestCall): Promise<Answer> {
  const selected = textParameter(call.match.query, 'selectedFields')?.split(',');
  const source = await openTable(engine, tableOf(call), selected);
  return answerTableData(call, source, limits);
}

export function answerTableData(call: RestCall, source: RowSource, limits: PageLimits): Answer {
  const boundTo = `tabledata ${toTableName(tableOf(call))}`;
  const request = parsePageRequest(call.match.query, boundTo);
  const page = readPage(source, request, boundTo, limits, call.signal);
  return { body: { kind: 'bigquery#tableDataList', etag: `rows-${source.totalRows}`, totalRows: String(source.totalRows) }, page };
}

async function openTable(engine: Engine, table: TableReference, selected: readonly string[] | undefined): Promise<RowSource> {
  const { schema = { fields: [] }, type } = engine.catalog.getTable(table);
  if (type === 'VIEW')
    throw new BigQueryError({ reason: 'invalid', message: `Cannot list a table of type VIEW: ${toTableName(table)}`, location: 'query' });
  const fields = selected === undefined ? schema.fields : selectFields(schema.fields, selected);
  return openRows(engine, table, { fields }, await engine.countRows(table), selected);
}

/** A table of the engine, anonymous ones included, as rows to page through. */
export const openRows = (
  engine: Engine,
  table: TableReference,
  schema: RowSource['schema'],
  totalRows: bigint,
  selectedFields?: readonly string[],
): RowSource => ({
  schema,
  totalRows,
  timestampFormat: 'INT64',
  read: (startIndex, maxResults, signal) =>
    engine.readRows(table, {
      startIndex,
      signal,
      ...(maxResults === undefined ? {} : { maxResults }),
      ...(selectedFields === undefined ? {} : { selectedFields }),
    }),
});

export async function insertAll(engine: Engine, call: RestCall): Promise<Answer> {
  const body = await call.readBody();
  const rows = body['rows'];
  if (!Array.isArray(rows) || rows.length === 0) throw new BigQueryError({ reason: 'invalid', message: 'No rows present in the request.' });
  const { insertErrors } = await engine.insertRows(tableOf(call), rows.map(toInsertRow), toInsertOptions(body));
  return toAnswer({ kind: 'bigquery#tableDataInsertAllResponse', ...(insertErrors.length > 0 ? { insertErrors } : {}) });
}

const toInsertRow = ({ insertId, json }: JsonObject): InsertRow => ({
  json: (json ?? {}) as InsertRow['json'],
  ...(typeof insertId === 'string' ? { insertId } : {}),
});

function toInsertOptions(body: JsonObject): InsertOptions {
  const { templateSuffix } = body;
  return {
    skipInvalidRows: parseFlag('skipInvalidRows', body['skipInvalidRows']) ?? false,
    ignoreUnknownValues: parseFlag('ignoreUnknownValues', body['ignoreUnknownValues']) ?? false,
    ...(typeof templateSuffix === 'string' ? { templateSuffix } : {}),
  };
}
