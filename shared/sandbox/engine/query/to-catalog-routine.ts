import type { CatalogRoutine, NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import type { RoutineArgument, RoutineResource } from '../resource.ts';
import type { QueryWorld } from './query-world.ts';
import { parseStandardType } from './sql-types.ts';

/** A stored function as the analyzer expands or calls it. */
export function toCatalogRoutine(world: QueryWorld, routine: RoutineResource, caller: NameDefaults, connection: number): CatalogRoutine {
  const { projectId, datasetId, routineId } = routine.routineReference;
  const isTemporary = datasetId.startsWith('_');
  const name = isTemporary ? routineId : `${datasetId}.${routineId}`;
  // A temporary function belongs to the statement; a stored one reads from its own dataset where it names none.
  const defaults = isTemporary ? caller : { projectId, datasetId };
  const parameters = (routine.arguments ?? []).map(toParameter);
  if (routine.routineType === 'TABLE_VALUED_FUNCTION') return { kind: 'table', name, parameters, query: routine.definitionBody, defaults };
  const returns = routine.returnType && parseStandardType(routine.returnType);
  if (routine.language === 'JAVASCRIPT') {
    const typed = parameters.map((parameter) => ({ ...parameter, type: parameter.type! }));
    const { id } = world.javascript.register(routine);
    const toSql = (values: readonly string[]): string => `${id}(${[`${connection}::INTEGER`, ...values].join(', ')})`;
    return { kind: 'javascript', name, parameters: typed, returns: returns!, toSql };
  }
  const isAggregate = routine.routineType === 'AGGREGATE_FUNCTION';
  return {
    kind: 'sql',
    name,
    parameters,
    body: routine.definitionBody,
    defaults,
    ...(returns && { returns }),
    ...(isAggregate && { isAggregate }),
  };
}

function toParameter({ name = '', dataType, argumentKind }: RoutineArgument) {
  if (argumentKind === 'ANY_TYPE' || dataType === undefined) return { name };
  if (dataType.typeKind === 'TABLE') return { name, isTable: true };
  return { name, type: parseStandardType(dataType) };
}
