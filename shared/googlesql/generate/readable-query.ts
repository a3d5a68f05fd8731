import { columnReference, fieldOf } from '../analyze/build-expression.ts';
import type { ComputedColumn, ResolvedQuery } from '../analyze/resolved-tree.ts';

/** A statement's result as its reader sees it: rows of a value table of structs are shown as columns; pseudo columns are not. */
export function readableQuery(query: ResolvedQuery): ResolvedQuery {
  const [only] = query.columns;
  if (!query.isValueTable || query.columns.length !== 1 || only!.column.type.kind !== 'STRUCT' || !only!.column.type.fields.length) {
    return { ...query, columns: query.columns.filter((c) => !c.isPseudo) };
  }
  const computed = only!.column.type.fields.map((field, i): ComputedColumn => {
    const column = { id: -1000 - i, name: field.name ?? '', type: field.type };
    return { column, expression: fieldOf(columnReference(only!.column), i) };
  });
  const relation = { kind: 'project', input: query.relation, computed } as const;
  return { relation, columns: computed.map(({ column }) => ({ name: column.name, column })), isValueTable: false };
}
