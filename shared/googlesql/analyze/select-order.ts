import type { OrderBy } from '../syntax/ast-query.ts';
import { orderable, sortKeys } from './analyze-aggregate.ts';
import type { SelectedItem } from './analyze-select-list.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { SortKey } from './resolved-tree.ts';

/** ORDER BY keys of a SELECT: an integer literal is a column's place, aliases are in sight. */
export const selectOrder = (orderBy: OrderBy, items: readonly SelectedItem[], context: ExpressionContext): SortKey[] =>
  orderBy.items.map((item) => {
    const { expression } = item;
    if (expression.kind === 'UnaryExpression' && expression.operator === '-' && expression.operand.kind === 'IntLiteral')
      throw context.analysis.error(expression, outOfRange(`-${expression.operand.image}`));
    if (expression.kind !== 'IntLiteral') return sortKeys({ ...orderBy, items: [item] }, context)[0]!;
    if (Number(expression.image) < 1) throw context.analysis.error(expression, outOfRange(expression.image));
    const selected = items[Number(expression.image) - 1];
    if (!selected) throw context.analysis.error(expression, `ORDER BY is out of SELECT column number range: ${expression.image}`);
    const key = { expression: orderable(expression, selected.expression, context), isDescending: item.direction === 'DESC' };
    return item.nullOrder ? { ...key, nulls: item.nullOrder } : key;
  });

const outOfRange = (found: string): string =>
  `ORDER BY column number item is out of range. Column numbers must be greater than or equal to one. Found : ${found}`;
