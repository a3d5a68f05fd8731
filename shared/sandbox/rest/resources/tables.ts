import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Engine } from '../../engine/engine.ts';
import type { TableInput, TableResource } from '../../engine/resource.ts';
import { type Answer, emptyAnswer, toAnswer } from '../answer.ts';
import { enumParameter, textParameter } from '../query-parameters.ts';
import { datasetOf, type JsonObject, type RestCall, tableOf } from '../rest-call.ts';
import { selectFields } from '../rows/select-fields.ts';
import { answerTagged, checkIfMatch, toEtag } from './conditions.ts';
import { toListPage } from './list-page.ts';
import { dropNulls, pickWritable } from './writable-fields.ts';

export function listTables({ catalog }: Engine, call: RestCall): Answer {
  const dataset = datasetOf(call);
  const all = catalog.listTables(dataset);
  const { items, nextPageToken } = toListPage(all, call.match.query, `tables ${dataset.projectId}.${dataset.datasetId}`);
  const tables = items.map(toListItem);
  return toAnswer({
    kind: 'bigquery#tableList',
    etag: toEtag(tables),
    ...nextPageToken,
    ...(tables.length > 0 ? { tables } : {}),
    totalItems: all.length,
  });
}

const listed = [
  'kind',
  'id',
  'tableReference',
  'friendlyName',
  'type',
  'creationTime',
  'expirationTime',
  'timePartitioning',
  'rangePartitioning',
  'requirePartitionFilter',
  'clustering',
  'labels',
] as const;

function toListItem(table: TableResource): JsonObject {
  const members = listed.flatMap((name) => (table[name] === undefined ? [] : [[name, table[name]] as const]));
  return {
    ...Object.fromEntries(members),
    ...(table.view === undefined ? {} : { view: { useLegacySql: table.view.useLegacySql ?? false } }),
  };
}

export async function getTable({ catalog }: Engine, call: RestCall): Promise<Answer> {
  const table = await catalog.describeTable(tableOf(call));
  const selected = textParameter(call.match.query, 'selectedFields')?.split(',');
  const view = enumParameter(call.match.query, 'view', ['BASIC', 'STORAGE_STATS', 'FULL']);
  const shown = view === 'BASIC' ? toBasicView(table) : table;
  return answerTagged(call, selected === undefined ? shown : { ...shown, ...toSelectedSchema(shown, selected) });
}

/** `view=BASIC` leaves out what costs a look at the storage. */
function toBasicView(table: TableResource): TableResource {
  const { numRows: _rows, numBytes: _bytes, numLongTermBytes: _longTerm, lastModifiedTime: _modified, ...basic } = table;
  return basic as TableResource;
}

const toSelectedSchema = ({ schema }: TableResource, names: readonly string[]): Pick<TableResource, 'schema'> =>
  schema === undefined ? {} : { schema: { ...schema, fields: selectFields(schema.fields, names) } };

export async function insertTable({ catalog }: Engine, call: RestCall): Promise<Answer> {
  const body = dropNulls(pickWritable('table', await call.readBody()));
  const tableReference = { ...(body['tableReference'] as { tableId?: unknown } | undefined), ...datasetOf(call) };
  checkTableId(tableReference.tableId);
  return toAnswer(await catalog.createTable({ ...body, tableReference } as unknown as TableInput));
}

/** Decorators name parts of a table that is there. */
function checkTableId(tableId: unknown): void {
  if (typeof tableId !== 'string' || tableId === '')
    throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: tableId' });
  if (!/[$@]/.test(tableId)) return;
  throw new BigQueryError({
    reason: 'invalid',
    message: `Invalid table ID "${tableId}". Table IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long. Also, Table decorators cannot be used.`,
  });
}

export async function patchTable({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getTable(tableOf(call)));
  const { tableReference: _fixed, ...patch } = pickWritable('table', await call.readBody());
  await catalog.patchTable(tableOf(call), patch);
  return toAnswer(await catalog.describeTable(tableOf(call)));
}

export async function updateTable({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getTable(tableOf(call)));
  const body = dropNulls(pickWritable('table', await call.readBody()));
  await catalog.updateTable(tableOf(call), { ...body, tableReference: tableOf(call) } as unknown as TableInput);
  return toAnswer(await catalog.describeTable(tableOf(call)));
}

export async function deleteTable({ catalog }: Engine, call: RestCall): Promise<Answer> {
  await catalog.deleteTable(tableOf(call));
  return emptyAnswer;
}
