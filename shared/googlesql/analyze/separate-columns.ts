import type { Analysis } from './analysis.ts';
import { columnReference } from './build-expression.ts';
import type { NamedRelation } from './query-output.ts';
import type { ComputedColumn } from './resolved-tree.ts';
import type { NamedExpression } from './scope.ts';

/** The relation such that each visible name is a column of its own: `SELECT a AS x, a AS y` and the fields of a row are not yet. */
export function separateColumns(input: NamedRelation, analysis: Analysis): NamedRelation {
  const visible = input.names.columns.filter((c) => !c.isHidden);
  const ids = visible.flatMap(({ expression }) => (expression.kind === 'column' ? [expression.column.id] : []));
  if (new Set(ids).size === visible.length) return input;
  const computed: ComputedColumn[] = [];
  const separate = new Map<NamedExpression, NamedExpression>();
  for (const named of visible) {
    const column = analysis.column(named.name, named.expression.type);
    computed.push({ column, expression: named.expression });
    separate.set(named, { ...named, expression: columnReference(column) });
  }
  const mapped = (columns: readonly NamedExpression[]): NamedExpression[] => columns.map((c) => separate.get(c) ?? c);
  const ranges = new Map([...input.names.ranges].map(([key, range]) => [key, { ...range, columns: mapped(range.columns) }]));
  return { relation: { kind: 'project', input: input.relation, computed }, names: { columns: mapped(input.names.columns), ranges } };
}
