import { walkTree } from '../../../googlesql/analyze/map-tree.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { QueryParameter, QueryParameterType } from '../engine.ts';

/** Parameters that a statement uses and nobody gave, named ones by name, positional ones in order, with the types their places ask for. */
export function findUndeclared(resolved: unknown): readonly QueryParameter[] {
  const found = new Map<string | number, SqlType>();
  walkTree(resolved, (expression) => {
    if (expression.kind !== 'literal' || expression.undeclared === undefined) return;
    // A place that asks for no type says nothing against one that does.
    if (!found.has(expression.undeclared) || !expression.isUntyped) found.set(expression.undeclared, expression.type);
  });
  const ordered = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.map(([name, type]) => ({
    ...(typeof name === 'string' && { name }),
    parameterType: toParameterType(type),
    parameterValue: {},
  }));
}

function toParameterType(type: SqlType): QueryParameterType {
  if (type.kind === 'ARRAY') return { type: 'ARRAY', arrayType: toParameterType(type.element) };
  if (type.kind === 'RANGE') return { type: 'RANGE', rangeElementType: toParameterType(type.element) };
  if (type.kind !== 'STRUCT') return { type: type.kind };
  const structTypes = type.fields.map((field) => ({
    ...(field.name === undefined ? {} : { name: field.name }),
    type: toParameterType(field.type),
  }));
  return { type: 'STRUCT', structTypes };
}
