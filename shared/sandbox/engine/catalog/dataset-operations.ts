import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { createDuplicate, createInvalid, createNotFound, datasetText } from '../failure.ts';
import type { DatasetInput, DatasetReference, DatasetResource } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { applyPatch, createStamp, mergeLabels } from './resource-stamp.ts';
import { isPlaced } from './stored-table.ts';

export function getDataset({ state }: CatalogCore, reference: DatasetReference): DatasetResource {
  const dataset = state.dataset(reference);
  if (!dataset) throw createNotFound('Dataset', datasetText(reference));
  return dataset;
}

export const listDatasets = ({ state }: CatalogCore, projectId: string): readonly DatasetResource[] =>
  [...state.datasets(projectId)].sort((a, b) => (a.datasetReference.datasetId < b.datasetReference.datasetId ? -1 : 1));

export async function createDataset(core: CatalogCore, input: DatasetInput): Promise<DatasetResource> {
  const reference = input.datasetReference;
  checkDatasetId(reference.datasetId);
  return core.change(async (connection) => {
    if (core.state.dataset(reference)) throw createDuplicate('Dataset', datasetText(reference));
    const dataset = toDataset(core, input, String(Date.now()));
    await core.createSchema(connection, reference);
    await core.write(connection, { kind: 'dataset', value: dataset });
    core.state.putDataset(dataset);
    return dataset;
  });
}

export async function patchDataset(
  core: CatalogCore,
  reference: DatasetReference,
  patch: Readonly<Record<string, unknown>>,
): Promise<DatasetResource> {
  const { datasetReference: _, location: __, ...changes } = patch;
  return replaceDataset(core, reference, (old) => {
    const labels = 'labels' in changes ? { labels: mergeLabels(old.labels, changes['labels']) } : {};
    return applyPatch(old, { ...changes, ...labels });
  });
}

export const updateDataset = (core: CatalogCore, reference: DatasetReference, input: DatasetInput): Promise<DatasetResource> =>
  replaceDataset(core, reference, (old) => ({
    ...toDataset(core, { ...input, datasetReference: reference, location: old.location }, old.creationTime),
  }));

async function replaceDataset(
  core: CatalogCore,
  reference: DatasetReference,
  change: (old: DatasetResource) => DatasetResource,
): Promise<DatasetResource> {
  return core.change(async (connection) => {
    const dataset = { ...change(getDataset(core, reference)), ...createStamp() };
    await core.write(connection, { kind: 'dataset', value: dataset });
    core.state.putDataset(dataset);
    return dataset;
  });
}

export async function deleteDataset(core: CatalogCore, reference: DatasetReference, deleteContents: boolean): Promise<void> {
  await core.change(async (connection) => {
    const dataset = getDataset(core, reference);
    const tables = core.state.tables(reference);
    const routines = core.state.routines(reference);
    const models = core.state.models(reference);
    if (!deleteContents && tables.length + routines.length + models.length > 0) throw createInUse(reference);
    for (const value of tables) await core.erase(connection, { kind: 'table', value });
    for (const value of routines) await core.erase(connection, { kind: 'routine', value });
    for (const value of models) await core.erase(connection, { kind: 'model', value });
    await core.erase(connection, { kind: 'dataset', value: dataset });
    core.state.removeDataset(reference);
    core.definitions++;
    for (const value of tables) await core.letGo(connection, value);
    core.dropped.set(datasetText(reference), { dataset, tables, routines, models, at: Date.now() });
  });
}

const SEVEN_DAYS_MS = 7 * 86_400_000;

/** UNDROP SCHEMA: the dataset as it was when it was dropped, its tables as far as their rows are still kept. */
export async function restoreDataset(core: CatalogCore, reference: DatasetReference): Promise<DatasetResource> {
  return core.change(async (connection) => {
    if (core.state.dataset(reference)) throw createDuplicate('Dataset', datasetText(reference));
    const dropped = core.dropped.get(datasetText(reference));
    if (!dropped || dropped.at < Date.now() - SEVEN_DAYS_MS) throw createNotFound('Dataset', datasetText(reference), core.location);
    const lost = dropped.tables.find((table) => isPlaced(table) && core.history.last(table.resource.tableReference)?.place !== table.place);
    if (lost) throw createInvalid(`Cannot undrop ${datasetText(reference)}: the rows of ${lost.resource.id} are no longer kept`);
    await core.createSchema(connection, reference);
    await core.write(connection, { kind: 'dataset', value: dropped.dataset });
    for (const value of dropped.tables) await core.write(connection, { kind: 'table', value });
    for (const value of dropped.routines) await core.write(connection, { kind: 'routine', value });
    for (const value of dropped.models) await core.write(connection, { kind: 'model', value });
    core.state.putDataset(dropped.dataset);
    for (const table of dropped.tables) {
      core.state.putTable(table);
      if (isPlaced(table)) core.history.revive(table);
    }
    for (const routine of dropped.routines) core.state.putRoutine(routine);
    for (const model of dropped.models) core.state.putModel(model);
    core.dropped.delete(datasetText(reference));
    core.definitions++;
    return dropped.dataset;
  });
}

const createInUse = (reference: DatasetReference): BigQueryError =>
  new BigQueryError({ reason: 'resourceInUse', message: `Dataset ${datasetText(reference)} is still in use` });

function checkDatasetId(datasetId: string): void {
  if (/^\w{1,1024}$/.test(datasetId)) return;
  throw createInvalid(
    `Invalid dataset ID "${datasetId}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
  );
}

const defaultAccess = [
  { role: 'WRITER', specialGroup: 'projectWriters' },
  { role: 'OWNER', specialGroup: 'projectOwners' },
  { role: 'READER', specialGroup: 'projectReaders' },
];

export function toDataset(core: { readonly location: string }, input: DatasetInput, creationTime: string): DatasetResource {
  const { datasetReference: reference, ...rest } = input;
  const text = datasetText(reference);
  return {
    access: defaultAccess,
    ...rest,
    kind: 'bigquery#dataset',
    id: text,
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${reference.projectId}/datasets/${reference.datasetId}`,
    datasetReference: { projectId: reference.projectId, datasetId: reference.datasetId },
    location: input.location ?? core.location,
    creationTime,
    ...createStamp(),
  };
}
