import type { Expression } from './ast.ts';
import type { Cube, GroupBy, GroupingExpressions, GroupingItem, GroupingSets, Rollup } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseHint } from './parse-option.ts';

/** The GROUP BY of a SELECT. */
export function parseGroupBy(cursor: Cursor): GroupBy {
  const { start } = cursor.expectKeyword('GROUP');
  const hint = parseHint(cursor);
  cursor.expectKeyword('BY');
  if (cursor.takeKeyword('ALL')) return { kind: 'GroupBy', span: cursor.spanFrom(start), isAll: true, hint, items: [] };
  const items = cursor.list(parseGroupingItem);
  return { kind: 'GroupBy', span: cursor.spanFrom(start), isAll: false, hint, items };
}

function parseGroupingItem(cursor: Cursor): GroupingItem {
  return parseGroupingConstruct(cursor) ?? toGroupingExpression(parseExpression(cursor));
}

const toGroupingExpression = (expression: Expression): GroupingItem => ({
  kind: 'GroupingExpression',
  span: expression.span,
  expression,
  alias: undefined,
  direction: undefined,
  nullOrder: undefined,
});

/** `()`, `ROLLUP(…)`, `CUBE(…)`, `GROUPING SETS (…)`; undefined where an expression stands. */
export function parseGroupingConstruct(cursor: Cursor): GroupingItem | undefined {
  if (cursor.isSymbol('(') && cursor.isSymbolAt(1, ')')) return parseEmptySet(cursor);
  if (cursor.isKeyword('ROLLUP') || cursor.isKeyword('CUBE')) return parseRollupOrCube(cursor);
  if (cursor.isKeyword('GROUPING') && cursor.peek().keyword === 'SETS') return parseGroupingSets(cursor);
  return undefined;
}

function parseEmptySet(cursor: Cursor): GroupingExpressions {
  const { start } = cursor.advance();
  cursor.advance();
  return { kind: 'GroupingExpressions', span: cursor.spanFrom(start), expressions: [] };
}

function parseRollupOrCube(cursor: Cursor): Rollup | Cube {
  const { start, keyword } = cursor.advance();
  const elements = cursor.parenthesised(parseElement);
  return { kind: keyword === 'CUBE' ? 'Cube' : 'Rollup', span: cursor.spanFrom(start), elements };
}

/** One expression, or several in parentheses. */
function parseElement(cursor: Cursor): GroupingExpressions {
  const expression = parseExpression(cursor);
  const isTuple = expression.kind === 'StructConstructor' && expression.isTuple;
  const expressions = isTuple ? expression.fields.map((field) => field.value) : [expression];
  return { kind: 'GroupingExpressions', span: expression.span, expressions };
}

function parseGroupingSets(cursor: Cursor): GroupingSets {
  const { start } = cursor.advance();
  cursor.advance();
  const sets = cursor.parenthesised(parseGroupingSet);
  return { kind: 'GroupingSets', span: cursor.spanFrom(start), sets };
}

function parseGroupingSet(cursor: Cursor): GroupingExpressions | Rollup | Cube {
  if (cursor.isSymbol('(') && cursor.isSymbolAt(1, ')')) return parseEmptySet(cursor);
  return cursor.isKeyword('ROLLUP') || cursor.isKeyword('CUBE') ? parseRollupOrCube(cursor) : parseElement(cursor);
}
