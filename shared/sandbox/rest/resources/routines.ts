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
  return toAnswer({ ...(items.length > 0 ? { routines: items.map(toShown(textParameter(query, 'readMask'))) } : {}), ...nextPageToken });
}

const listed = ['etag', 'routineReference', 'routineType', 'language', 'creationTime', 'lastModifiedTime'];

/** What a `readMask` leaves of a routine: always its name. */
function toShown(readMask: string | undefined): (routine: RoutineResource) => JsonObject {
  const names = readMask === undefined ? listed : ['routineReference', ...readMask.split(',').map((name) => name.trim())];
  return (routine) => Object.fromEntries(Object.entries(routine).filter(([name]) => names.includes(name)));
}

export function getRoutine({ catalog }: Engine, call: RestCall): Answer {
  const routine = catalog.getRoutine(routineOf(call));
  const readMask = textParameter(call.match.query, 'readMask');
  return answerTagged(call, readMask === undefined ? routine : { etag: routine.etag, ...toShown(readMask)(routine) });
}

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
