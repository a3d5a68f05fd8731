import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Engine } from '../../engine/engine.ts';
import type { DatasetInput, DatasetResource } from '../../engine/resource.ts';
import { type Answer, emptyAnswer, toAnswer } from '../answer.ts';
import { enumParameter, flagParameter, textParameter } from '../query-parameters.ts';
import { datasetOf, pathParam, type RestCall } from '../rest-call.ts';
import { answerTagged, checkIfMatch, toEtag } from './conditions.ts';
import { toListPage } from './list-page.ts';
import { dropNulls, pickWritable } from './writable-fields.ts';

export function listDatasets({ catalog }: Engine, call: RestCall): Answer {
  const { query } = call.match;
  const projectId = pathParam(call, 'projectId');
  const isShown = toLabelFilter(textParameter(query, 'filter'));
  const all = catalog.listDatasets(projectId).filter((each) => isShown(each) && (flagParameter(query, 'all') || !isHidden(each)));
  const { items, nextPageToken } = toListPage(all, query, `datasets ${projectId}`);
  const datasets = items.map(toListItem);
  return toAnswer({ kind: 'bigquery#datasetList', etag: toEtag(datasets), ...nextPageToken, ...(datasets.length > 0 ? { datasets } : {}) });
}

const isHidden = ({ datasetReference }: DatasetResource): boolean => datasetReference.datasetId.startsWith('_');

const toListItem = ({ id, datasetReference, location, labels, friendlyName }: DatasetResource) => ({
  kind: 'bigquery#dataset',
  id,
  datasetReference,
  location,
  ...(labels === undefined ? {} : { labels }),
  ...(friendlyName === undefined ? {} : { friendlyName }),
});

/** `labels.key`, `labels.key:value`, several of them with AND. Source: datasets.list, `filter`. */
function toLabelFilter(filter: string | undefined): (dataset: DatasetResource) => boolean {
  if (filter !== undefined && !/^\s*labels\.[\w-]+(:[\w-]*)?(\s+(AND\s+)?labels\.[\w-]+(:[\w-]*)?)*\s*$/i.test(filter))
    throw new BigQueryError({
      reason: 'invalid',
      message: `Invalid value for filter: ${filter}`,
      location: 'filter',
      locationType: 'parameter',
    });
  const terms = [...(filter ?? '').matchAll(/labels\.([\w-]+)(?::([\w-]*))?/g)];
  return ({ labels = {} }) => terms.every(([, key = '', value]) => key in labels && (value === undefined || labels[key] === value));
}

export function getDataset({ catalog }: Engine, call: RestCall): Answer {
  const { access, ...metadata } = catalog.getDataset(datasetOf(call));
  const view = enumParameter(call.match.query, 'datasetView', ['METADATA', 'ACL', 'FULL']);
  return answerTagged(call, view === 'METADATA' ? metadata : view === 'ACL' ? toAclView(metadata, access) : { access, ...metadata });
}

const toAclView = ({ kind, id, datasetReference, etag }: Omit<DatasetResource, 'access'>, access: DatasetResource['access']) => ({
  kind,
  id,
  datasetReference,
  etag,
  access,
});

export async function insertDataset({ catalog, location }: Engine, call: RestCall): Promise<Answer> {
  const projectId = pathParam(call, 'projectId');
  const body = dropNulls(pickWritable('dataset', await call.readBody()));
  const datasetReference = { projectId, ...(body['datasetReference'] as { datasetId?: unknown } | undefined) };
  if (typeof datasetReference.datasetId !== 'string' || datasetReference.datasetId === '')
    throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: datasetId' });
  return toAnswer(await catalog.createDataset({ location, ...body, datasetReference } as unknown as DatasetInput));
}

export async function patchDataset({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getDataset(datasetOf(call)));
  const { datasetReference: _fixed, ...patch } = pickWritable('dataset', await call.readBody());
  return toAnswer(await catalog.patchDataset(datasetOf(call), patch));
}

export async function updateDataset({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getDataset(datasetOf(call)));
  const body = dropNulls(pickWritable('dataset', await call.readBody()));
  return toAnswer(await catalog.updateDataset(datasetOf(call), { ...body, datasetReference: datasetOf(call) }));
}

/** Within seven days of its deletion, tables and all. */
export async function undeleteDataset({ catalog }: Engine, call: RestCall): Promise<Answer> {
  return toAnswer(await catalog.undeleteDataset(datasetOf(call)));
}

export async function deleteDataset({ catalog }: Engine, call: RestCall): Promise<Answer> {
  await catalog.deleteDataset(datasetOf(call), { deleteContents: flagParameter(call.match.query, 'deleteContents') });
  return emptyAnswer;
}
