import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { createDuplicate, createInvalid, createNotFound, datasetText } from '../failure.ts';
import type { DatasetInput, DatasetReference, DatasetResource } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { applyPatch, createStamp, mergeLabels } from './resource-stamp.ts';

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
    if (!deleteContents && tables.length + routines.length > 0) throw createInUse(reference);
    for (const value of tables) {
      await core.dropDuckTable(connection, value);
      await core.erase(connection, { kind: 'table', value });
    }
    for (const value of routines) await core.erase(connection, { kind: 'routine', value });
    await core.erase(connection, { kind: 'dataset', value: dataset });
    await core.dropSchema(connection, reference);
    core.state.removeDataset(reference);
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
