import { functionsNamed } from '../functions/function-table.ts';
import { SqlError } from '../sql-error.ts';
import type { Analysis } from './analysis.ts';
import { callWithTypes } from './build-call.ts';
import { columnReference, conjunction } from './build-expression.ts';
import type { AggregateExpression, AggregateRelation, ComputedColumn, Relation, ResolvedExpression } from './resolved-tree.ts';

/**
 * `SUM(x HAVING MAX y)` aggregates the rows whose y is the greatest of the group: the extreme is computed beside each row, and the aggregate filtered
 * by it. NULL and NaN are equal to nothing, so such rows never count. ANY_VALUE has a function of its own in DuckDB.
 */
export function resolveHavingExtremes(relation: AggregateRelation, analysis: Analysis): AggregateRelation {
  const extremes: ComputedColumn[] = [];
  const aggregates = relation.aggregates.map(({ column, expression }): ComputedColumn => {
    if (expression.kind !== 'aggregate' || !expression.having || expression.name === 'ANY_VALUE') return { column, expression };
    const { having, ...call } = expression;
    const extreme = extremeOf(call, having, relation.groupBy);
    const beside = analysis.column('extreme', extreme.type);
    extremes.push({ column: beside, expression: extreme });
    const isExtreme = callWithTypes('$equal', [having.expression, columnReference(beside)]);
    return { column, expression: { ...call, where: call.where ? conjunction([call.where, isExtreme]) : isExtreme } };
  });
  if (!extremes.length) return relation;
  if (relation.sets)
    throw new SqlError('unsupported', 'HAVING MAX and HAVING MIN with grouping sets are not supported', analysis.options.text, 0);
  const input: Relation = { kind: 'project', input: relation.input, computed: extremes };
  return { ...relation, input, aggregates };
}

function extremeOf(
  { where }: AggregateExpression,
  { bound, expression }: NonNullable<AggregateExpression['having']>,
  groupBy: readonly ComputedColumn[],
): ResolvedExpression {
  const { type } = expression;
  const signatures = functionsNamed(bound)!;
  const signature = signatures.find(({ parameters: [p] }) => p?.pattern.kind === 'type' && p.pattern.type.kind === type.kind);
  const call = {
    kind: 'aggregate',
    name: bound,
    signature: signature ?? signatures.at(-1)!,
    arguments: [expression],
    isDistinct: false,
    orderBy: [],
    isSafe: false,
    type,
    ...(where && { where }),
  } as const;
  return { kind: 'window', call, partitionBy: groupBy.map((key) => key.expression), orderBy: [], type };
}

/** ANY_VALUE of an expression. */
export const anyRow = (value: ResolvedExpression): ResolvedExpression => ({
  kind: 'aggregate',
  name: 'ANY_VALUE',
  signature: functionsNamed('ANY_VALUE')![0]!,
  arguments: [value],
  isDistinct: false,
  orderBy: [],
  isSafe: false,
  type: value.type,
});
