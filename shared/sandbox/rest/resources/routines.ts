import type { Engine } from '../../engine/engine.ts';
import type { RoutineInput, RoutineResource } from '../../engine/resource.ts';
import { type Answer, emptyAnswer, toAnswer } from '../answer.ts';
import { textParameter } from '../query-parameters.ts';
import { datasetOf, type JsonObject, type RestCall, routineOf } from '../rest-call.ts';
import { answerTagged, checkIfMatch } from './conditions.ts';
import { toListPage } from './list-page.ts';
import { dropNulls, pickWritable } from './writable-fields.ts';

export function listRoutines({ catalog }: Engine, call: RestCall): Answer {
  const { query } = call.match;
  const dataset = datasetOf(call);
  const type = /routineType:(\w+)/.exec(textParameter(query, 'filter') ?? '')?.[1];
  const all = catalog.listRoutines(dataset).filter(({ routineType }) => type === undefined || routineType === type);
  const { items, nextPageToken } = toListPage(all, query, `routines ${dataset.projectId}.${dataset.datasetId}`);
  return toAnswer({ ...(items.length > 0 ? { routines: items.map(toListItem) } : {}), ...nextPageToken });
}

const toListItem = ({ etag, routineReference, routineType, language, creationTime, lastModifiedTime }: RoutineResource) => ({
  etag,
  routineReference,
  routineType,
  language,
  creationTime,
  lastModifiedTime,
});

export const getRoutine = ({ catalog }: Engine, call: RestCall): Answer => answerTagged(call, catalog.getRoutine(routineOf(call)));

export async function insertRoutine({ catalog }: Engine, call: RestCall): Promise<Answer> {
  const body = dropNulls(pickWritable('routine', await call.readBody()));
  const routineReference = { ...(body['routineReference'] as JsonObject | undefined), ...datasetOf(call) };
  return toAnswer(await catalog.createRoutine({ ...body, routineReference } as unknown as RoutineInput));
}

export async function updateRoutine({ catalog }: Engine, call: RestCall): Promise<Answer> {
  checkIfMatch(call, catalog.getRoutine(routineOf(call)));
  const body = dropNulls(pickWritable('routine', await call.readBody()));
  return toAnswer(await catalog.updateRoutine(routineOf(call), { ...body, routineReference: routineOf(call) }));
}

export async function deleteRoutine({ catalog }: Engine, call: RestCall): Promise<Answer> {
  await catalog.deleteRoutine(routineOf(call));
  return emptyAnswer;
}
