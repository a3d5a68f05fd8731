import type { Engine } from '../../engine/engine.ts';
import type { ModelResource } from '../../engine/resource.ts';
import { type Answer, emptyAnswer, toAnswer } from '../answer.ts';
import { datasetOf, pathParam, type RestCall } from '../rest-call.ts';
import { answerTagged, checkIfMatch } from './conditions.ts';
import { toListPage } from './list-page.ts';
import { pickWritable } from './writable-fields.ts';

const modelOf = (call: RestCall) => ({ ...datasetOf(call), modelId: pathParam(call, 'modelId') });

export function listModels({ catalog }: Engine, call: RestCall): Answer {
  const dataset = datasetOf(call);
  const all = catalog.listModels(dataset);
  const { items, nextPageToken } = toListPage(all, call.match.query, `models ${dataset.projectId}.${dataset.datasetId}`);
  return toAnswer({ ...(items.length > 0 ? { models: items.map(toListItem) } : {}), ...nextPageToken });
}

const toListItem = ({ modelReference, modelType, creationTime, lastModifiedTime, labels }: ModelResource) => ({
  modelReference,
  modelType,
  creationTime,
  lastModifiedTime,
  ...(labels === undefined ? {} : { labels }),
});

export const getModel = ({ catalog }: Engine, call: RestCall): Answer => answerTagged(call, catalog.getModel(modelOf(call)));

export async function patchModel({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getModel(modelOf(call)));
  return toAnswer(await catalog.patchModel(modelOf(call), pickWritable('model', await call.readBody())));
}

export async function deleteModel({ catalog }: Engine, call: RestCall): Promise<Answer> {
  await catalog.deleteModel(modelOf(call));
  return emptyAnswer;
}
