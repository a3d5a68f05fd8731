import type { CatalogRoutine, NameDefaults } from '../../../googlesql/analyze/catalog.ts';
import type { RoutineArgument, RoutineResource } from '../resource.ts';
import type { QueryWorld } from './query-world.ts';
import { parseStandardType } from './sql-types.ts';

/** A stored function as the analyzer expands or calls it. */
export function toCatalogRoutine(
  world: QueryWorld,
  routine: RoutineResource,
  caller: NameDefaults,
  { connection, isOverRows }: { readonly connection: number; readonly isOverRows: boolean },
): CatalogRoutine {
  const { projectId, datasetId, routineId } = routine.routineReference;
  const isTemporary = datasetId.startsWith('_');
  const name = isTemporary ? routineId : `${datasetId}.${routineId}`;
  // A temporary function belongs to the statement; a stored one reads from its own dataset where it names none.
  const defaults = isTemporary ? caller : { projectId, datasetId };
  const parameters = (routine.arguments ?? []).map(toParameter);
  if (routine.routineType === 'TABLE_VALUED_FUNCTION') return { kind: 'table', name, parameters, query: routine.definitionBody, defaults };
  const returns = routine.returnType && parseStandardType(routine.returnType);
  const isAggregate = routine.routineType === 'AGGREGATE_FUNCTION';
  if (routine.language === 'JAVASCRIPT' && isAggregate && !isOverRows)
    return { kind: 'sql', name, parameters, body: overRows(routine, isTemporary), defaults, returns: returns!, isAggregate };
  if (routine.language === 'JAVASCRIPT') {
    const { id, parameters: types } = world.javascript.register(routine);
    const toSql = (values: readonly string[]): string => `${id}(${[`${connection}::INTEGER`, ...values].join(', ')})`;
    const typed = types.map((type, index) => ({ name: parameters[index]?.name ?? '', type }));
    return { kind: 'javascript', name, parameters: typed, returns: returns!, toSql };
  }
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

export const OVER_ROWS = ' over rows';

/** A JavaScript aggregate is a function of its group's rows, as one array, and of what is the same for all of them. */
function overRows(
  { arguments: given = [], routineReference: { projectId, datasetId, routineId } }: RoutineResource,
  isTemporary: boolean,
): string {
  const quote = (name: string): string => `\`${name}\``;
  const rows = given.filter(({ isAggregate = true }) => isAggregate).map(({ name = '' }, index) => `${quote(name)} AS a${index}`);
  const fixed = given.filter(({ isAggregate = true }) => !isAggregate).map(({ name = '' }) => quote(name));
  const home = isTemporary ? '' : `${quote(projectId)}.${quote(datasetId)}.`;
  return `${home}${quote(routineId + OVER_ROWS)}(${[`ARRAY_AGG(STRUCT(${rows.join(', ')}))`, ...fixed].join(', ')})`;
}

function toParameter({ name = '', dataType, argumentKind }: RoutineArgument) {
  if (argumentKind === 'ANY_TYPE' || dataType === undefined) return { name };
  if (dataType.typeKind === 'TABLE') return { name, isTable: true };
  return { name, type: parseStandardType(dataType) };
}
