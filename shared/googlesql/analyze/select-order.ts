import type { OrderBy } from '../syntax/ast-query.ts';
import { sortKeys } from './analyze-aggregate.ts';
import type { SelectedItem } from './analyze-select-list.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { SortKey } from './resolved-tree.ts';

/** ORDER BY keys of a SELECT: an integer literal is a column's place, aliases are in sight. */
export const selectOrder = (orderBy: OrderBy, items: readonly SelectedItem[], context: ExpressionContext): SortKey[] =>
  orderBy.items.map((item) => {
    const { expression } = item;
    if (expression.kind !== 'IntLiteral') return sortKeys({ ...orderBy, items: [item] }, context)[0]!;
    const selected = items[Number(expression.image) - 1];
    if (!selected) throw context.analysis.error(expression, `ORDER BY is out of SELECT column number range: ${expression.image}`);
    const key = { expression: selected.expression, isDescending: item.direction === 'DESC' };
    return item.nullOrder ? { ...key, nulls: item.nullOrder } : key;
  });
