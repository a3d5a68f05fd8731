import type { OrderBy, OrderingItem } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseHint } from './parse-option.ts';
import { parseCollation } from './parse-type.ts';

type ListParser = (cursor: Cursor, parseItem: (cursor: Cursor) => OrderingItem) => OrderingItem[];

export function parseOrderBy(cursor: Cursor, parseList: ListParser = (inside, parseItem) => inside.list(parseItem)): OrderBy {
  const { start } = cursor.expectKeyword('ORDER');
  const hint = parseHint(cursor);
  cursor.expectKeyword('BY');
  const items = parseList(cursor, parseOrderingItem);
  return { kind: 'OrderBy', span: cursor.spanFrom(start), hint, items };
}

function parseOrderingItem(cursor: Cursor): OrderingItem {
  const expression = parseExpression(cursor);
  const collation = parseCollation(cursor);
  const order = parseDirection(cursor);
  return { kind: 'OrderingItem', span: cursor.spanFrom(expression.span.start), expression, collation, ...order };
}

type Direction = Pick<OrderingItem, 'direction' | 'nullOrder'>;

/** `[ASC|DESC] [NULLS FIRST|LAST]`. */
export function parseDirection(cursor: Cursor): Direction {
  const direction = cursor.takeKeyword('ASC') ? 'ASC' : cursor.takeKeyword('DESC') ? 'DESC' : undefined;
  return { direction, nullOrder: cursor.takeKeyword('NULLS') ? parseNullOrder(cursor) : undefined };
}

function parseNullOrder(cursor: Cursor): 'FIRST' | 'LAST' {
  if (cursor.takeKeyword('FIRST')) return 'FIRST';
  if (!cursor.takeKeyword('LAST')) cursor.failExpected('keyword FIRST or keyword LAST');
  return 'LAST';
}
