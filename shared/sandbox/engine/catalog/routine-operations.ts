import { createDuplicate, createInvalid, createNotFound, routineText } from '../failure.ts';
import type { DatasetReference, RoutineInput, RoutineReference, RoutineResource } from '../resource.ts';
import type { CatalogCore } from './catalog-core.ts';
import { getDataset } from './dataset-operations.ts';
import { createStamp } from './resource-stamp.ts';

export function getRoutine(core: CatalogCore, reference: RoutineReference): RoutineResource {
  getDataset(core, reference);
  const routine = core.state.routine(reference);
  if (!routine) throw createNotFound('Routine', routineText(reference));
  return routine;
}

export const listRoutines = (core: CatalogCore, reference: DatasetReference): readonly RoutineResource[] => {
  getDataset(core, reference);
  return [...core.state.routines(reference)].sort((a, b) => (a.routineReference.routineId < b.routineReference.routineId ? -1 : 1));
};

export async function createRoutine(core: CatalogCore, input: RoutineInput): Promise<RoutineResource> {
  return core.change(async (connection) => {
    getDataset(core, input.routineReference);
    if (core.state.routine(input.routineReference)) throw createDuplicate('Routine', routineText(input.routineReference));
    const value = toRoutine(input, String(Date.now()));
    await core.write(connection, { kind: 'routine', value });
    core.state.putRoutine(value);
    core.definitions++;
    return value;
  });
}

export async function updateRoutine(core: CatalogCore, reference: RoutineReference, input: RoutineInput): Promise<RoutineResource> {
  return core.change(async (connection) => {
    const { creationTime } = getRoutine(core, reference);
    const value = toRoutine({ ...input, routineReference: reference }, creationTime);
    await core.write(connection, { kind: 'routine', value });
    core.state.putRoutine(value);
    core.definitions++;
    return value;
  });
}

export async function deleteRoutine(core: CatalogCore, reference: RoutineReference): Promise<void> {
  await core.change(async (connection) => {
    const value = getRoutine(core, reference);
    await core.erase(connection, { kind: 'routine', value });
    core.state.removeRoutine(reference);
    core.definitions++;
  });
}

export function toRoutine(input: RoutineInput, creationTime: string): RoutineResource {
  const { routineType, definitionBody } = input;
  if (routineType === undefined) throw createInvalid('Required parameter is missing: routineType');
  if (definitionBody === undefined) throw createInvalid('Required parameter is missing: definitionBody');
  const language = input.language ?? 'SQL';
  if (language !== 'SQL' && language !== 'JAVASCRIPT')
    throw createInvalid(`Routines in language ${language} are not supported by the sandbox`);
  return { ...input, routineType, definitionBody, language, creationTime, ...createStamp() };
}
