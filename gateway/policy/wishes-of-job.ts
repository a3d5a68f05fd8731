import type { TablePath, Wish } from '../exchange.ts';
import { onProject, toTable } from './wishes-of-statement.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a job's configuration asks for beside its statement: destinations, loads, copies, extracts, foreign schemas. */
export function wishesOfJob(configuration: Json, projectId: string): readonly Wish[] {
  const { query, load, copy, extract } = configuration as Record<string, Json | undefined>;
  return [
    ...(query === undefined ? [] : wishesOfQueryOptions(query, projectId)),
    ...(load === undefined ? [] : wishesOfLoad(load, projectId)),
    ...(copy === undefined ? [] : wishesOfCopy(copy, projectId)),
    ...(extract === undefined ? [] : wishesOfExtract(extract, projectId)),
  ];
}

/** Where a load reads from, or an extract writes to. */
export function urisOfJob(body: Json | undefined): readonly string[] {
  const { load, extract } = (body?.['configuration'] ?? {}) as Record<string, Json | undefined>;
  if (load === undefined && extract === undefined) return [];
  return [load?.['sourceUris'], extract?.['destinationUris'], extract?.['destinationUri']]
    .flat()
    .filter((each): each is string => typeof each === 'string');
}

function wishesOfQueryOptions(query: Json, projectId: string): readonly Wish[] {
  const wishes = wishesOfDestination('write', query['destinationTable'], projectId);
  if (query['tableDefinitions'] !== undefined) wishes.push(onProject('externalTable', projectId));
  if (Array.isArray(query['userDefinedFunctionResources'])) wishes.push(onProject('javascript', projectId));
  if (query['continuous'] === true) wishes.push(onProject('admin', projectId));
  return wishes;
}

function wishesOfLoad(load: Json, projectId: string): readonly Wish[] {
  const wishes = wishesOfDestination('load', load['destinationTable'], projectId);
  if (load['connectionProperties'] !== undefined) wishes.push(onProject('load', projectId));
  return wishes;
}

function wishesOfCopy(copy: Json, projectId: string): readonly Wish[] {
  const sources = [copy['sourceTable'], ...(Array.isArray(copy['sourceTables']) ? copy['sourceTables'] : [])];
  const reads = sources.flatMap((each): Wish[] => toRead(each, projectId));
  return [onProject('copy', projectId), ...reads, ...wishesOfDestination('createOrReplace', copy['destinationTable'], projectId)];
}

function wishesOfExtract(extract: Json, projectId: string): readonly Wish[] {
  const reads = toRead(extract['sourceTable'], projectId);
  const exports = reads.map((each): Wish => ({ action: 'export', resource: each.resource }));
  return [onProject('extract', projectId), ...(exports.length === 0 ? [onProject('export', projectId)] : exports), ...reads];
}

function toRead(reference: unknown, projectId: string): Wish[] {
  const table = toTablePath(reference, projectId);
  return table === undefined ? [] : [{ action: 'read', resource: toTable(table) }, ...decorated(reference, projectId)];
}

function wishesOfDestination(action: string, reference: unknown, projectId: string): Wish[] {
  const table = toTablePath(reference, projectId);
  if (table === undefined) return [];
  const wishes: Wish[] = [{ action, resource: toTable(table) }, ...decorated(reference, projectId)];
  if (table.projectId !== projectId) wishes.push(onProject('crossProject', projectId));
  return wishes;
}

const decorated = (reference: unknown, projectId: string): Wish[] =>
  /[$@]/.test(String((reference as Json)['tableId'])) ? [onProject('decorator', projectId)] : [];

function toTablePath(reference: unknown, defaultProject: string): TablePath | undefined {
  const { projectId, datasetId, tableId } = (reference ?? {}) as Record<string, unknown>;
  if (typeof datasetId !== 'string' || typeof tableId !== 'string') return undefined;
  return { projectId: typeof projectId === 'string' ? projectId : defaultProject, datasetId, tableId: tableId.replace(/[$@].*$/, '') };
}
