import type { Expression } from '../syntax/ast.ts';
import type { GroupingItem, PipeAggregate } from '../syntax/ast-query.ts';
import { analyzeExpression } from './analyze-expression.ts';
import type { QueryContext } from './analyze-query.ts';
import type { SelectedItem } from './analyze-select-list.ts';
import type { ExpressionContext } from './expression-context.ts';
import { Grouping } from './grouping.ts';
import { implicitAlias } from './implicit-alias.ts';
import { materialize, type NamedRelation, referenceTo } from './query-output.ts';
import type { Relation, SortKey } from './resolved-tree.ts';
import { EMPTY_NAMES, type NamedExpression, withParent } from './scope.ts';

type Ordered = { readonly direction: 'ASC' | 'DESC' | undefined; readonly nullOrder: 'FIRST' | 'LAST' | undefined };

/** `|> AGGREGATE … GROUP BY …`: the output is the keys, then the aggregates. */
export function analyzePipeAggregate(state: NamedRelation, pipe: PipeAggregate, context: QueryContext): NamedRelation {
  const { analysis } = context;
  const scope = withParent(state.names, context.outer);
  const grouping = new Grouping(analysis, scope);
  grouping.demand();
  const expressions: ExpressionContext = { analysis, scope, clause: 'pipe AGGREGATE', aggregates: grouping.sink };
  const keys = groupingExpressions(pipe.groupBy?.items ?? []).map((k) => keyItem(k, state, context));
  const aggregates = pipe.aggregates.map((a): SelectedItem & Ordered => ({
    name: a.alias?.name ?? implicitAlias(a.expression),
    expression: analyzeExpression(a.expression, expressions),
    node: a.expression,
    direction: a.direction,
    nullOrder: a.nullOrder,
  }));
  if (pipe.groupBy) grouping.groupBy(withOrdinals(pipe.groupBy, keys), keys);
  const items = [...keys, ...aggregates];
  const named = items.map(
    (item): NamedExpression => ({
      name: item.name ?? '',
      expression: grouping.afterGrouping(item.expression, 'AGGREGATE expression', item.node),
    }),
  );
  const { relation, columns } = materialize(named, grouping.relation(state.relation, undefined), analysis);
  const isOrdered = (item: Ordered): boolean => pipe.isOrdered || item.direction !== undefined;
  const order = items.flatMap((item, i): SortKey[] =>
    isOrdered(item) && (i < keys.length || item.direction) ? [sortKey(item, referenceTo(columns[i]!))] : [],
  );
  const sorted: Relation = order.length ? { kind: 'sort', input: relation, keys: order } : relation;
  return { relation: sorted, names: { ...EMPTY_NAMES, columns: columns.map(referenceTo) } };
}

const sortKey = (item: Ordered, column: NamedExpression): SortKey => ({
  expression: column.expression,
  isDescending: item.direction === 'DESC',
  ...(item.nullOrder && { nulls: item.nullOrder }),
});

type Key = { readonly expression: Expression; readonly alias: string | undefined } & Ordered;

const plain = (expression: Expression): Key => ({ expression, alias: undefined, direction: undefined, nullOrder: undefined });

/** Every key the GROUP BY names, in order; those inside ROLLUP and kin too. */
function groupingExpressions(items: readonly GroupingItem[]): Key[] {
  return items.flatMap((item): Key[] => {
    if (item.kind === 'GroupingExpression') return [{ ...item, alias: item.alias?.name }];
    if (item.kind === 'GroupingExpressions') return item.expressions.map(plain);
    if (item.kind === 'GroupingSets') return groupingExpressions(item.sets);
    return item.elements.flatMap((e) => e.expressions.map(plain));
  });
}

function keyItem(key: Key, state: NamedRelation, { analysis, outer }: QueryContext): SelectedItem & Ordered {
  const { direction, nullOrder } = key;
  if (key.expression.kind === 'IntLiteral') {
    const column = state.names.columns[Number(key.expression.image) - 1];
    if (!column) throw analysis.error(key.expression, `GROUP BY is out of SELECT column number range: ${key.expression.image}`);
    return { name: key.alias ?? column.name, expression: column.expression, node: key.expression, direction, nullOrder };
  }
  const expression = analyzeExpression(key.expression, { analysis, scope: withParent(state.names, outer), clause: 'GROUP BY clause' });
  return { name: key.alias ?? implicitAlias(key.expression), expression, node: key.expression, direction, nullOrder };
}

/** Grouping keys become their ordinals among the key items, so that aliases and expressions meet the items already analyzed. */
function withOrdinals(
  groupBy: NonNullable<PipeAggregate['groupBy']>,
  keys: readonly SelectedItem[],
): NonNullable<PipeAggregate['groupBy']> {
  let next = 0;
  const ordinal = (node: Expression): Expression => ({ kind: 'IntLiteral', span: node.span, image: String(++next) });
  const visit = (item: GroupingItem): GroupingItem => {
    if (item.kind === 'GroupingExpression') return { ...item, expression: ordinal(item.expression) };
    if (item.kind === 'GroupingExpressions') return { ...item, expressions: item.expressions.map(ordinal) };
    if (item.kind === 'GroupingSets') return { ...item, sets: item.sets.map((s) => visit(s) as typeof s) };
    return { ...item, elements: item.elements.map((e) => ({ ...e, expressions: e.expressions.map(ordinal) })) };
  };
  return keys.length ? { ...groupBy, items: groupBy.items.map(visit) } : groupBy;
}
