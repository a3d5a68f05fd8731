import type { Analysis } from './analysis.ts';
import { columnReference } from './build-expression.ts';
import type { ComputedColumn, OutputColumn, Relation, ResolvedQuery } from './resolved-tree.ts';
import type { NamedExpression, Names } from './scope.ts';

/** A relation with the names it offers. */
export type NamedRelation = { readonly relation: Relation; readonly names: Names };

/** Gives every named expression a column, computing those that are none yet. */
export function materialize(
  named: readonly NamedExpression[],
  input: Relation,
  analysis: Analysis,
): { readonly relation: Relation; readonly columns: readonly OutputColumn[] } {
  const computed: ComputedColumn[] = [];
  const columns = named.map(({ name, expression }) => {
    const column = expression.kind === 'column' ? expression.column : analysis.column(name, expression.type);
    if (expression.kind !== 'column') computed.push({ column, expression });
    return { name, column };
  });
  return { relation: computed.length ? { kind: 'project', input, computed } : input, columns };
}

/** All visible columns as the output of a query: `FROM t` alone. */
export function queryOfNames({ relation, names }: NamedRelation, analysis: Analysis): ResolvedQuery {
  const visible = names.columns.filter((c) => !c.isHidden);
  return { ...materialize(visible, relation, analysis), isValueTable: false };
}

export const referenceTo = (output: OutputColumn): NamedExpression => ({ name: output.name, expression: columnReference(output.column) });
