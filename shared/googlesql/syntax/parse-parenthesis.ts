import type { Expression } from './ast.ts';
import type { Query } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { continueExpression, parseExpression } from './parse-expression.ts';
import { continueQuery, isQueryContinued, isQueryStart, parseQuery } from './parse-query.ts';

/** What stood between parentheses. Only on reaching its end do we know whether `((SELECT 1) …` is a query or an expression. */
type Parenthesis =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'expressions'; readonly expressions: readonly Expression[] };

/** `( … )` read once, without trying twice: a query, one expression, or several. */
export const parseParenthesis = (cursor: Cursor): Parenthesis => cursor.nested(parseInside);

/** Whether the parenthesis under the cursor, or one right inside of it, holds a query. */
export function isQueryInside(cursor: Cursor): boolean {
  let distance = 1;
  while (cursor.isSymbolAt(distance, '(')) distance++;
  return ['SELECT', 'WITH', 'FROM'].includes(cursor.peek(distance).keyword);
}

function parseInside(cursor: Cursor): Parenthesis {
  cursor.expectSymbol('(');
  if (isQueryStart(cursor)) return closeQuery(cursor, parseQuery(cursor));
  if (!cursor.isSymbol('(')) return parseList(cursor, parseExpression(cursor));
  const innerStart = cursor.token.start;
  const inner = parseParenthesis(cursor);
  if (inner.kind === 'query') {
    if (cursor.isSymbol(')') || isQueryContinued(cursor)) return closeQuery(cursor, continueQuery(cursor, inner.query, innerStart));
  }
  return parseList(cursor, continueExpression(cursor, toExpression(cursor, inner, innerStart)));
}

function closeQuery(cursor: Cursor, query: Query): Parenthesis {
  cursor.expectSymbol(')');
  return { kind: 'query', query };
}

function parseList(cursor: Cursor, first: Expression): Parenthesis {
  const expressions = [first];
  while (cursor.takeSymbol(',')) expressions.push(parseExpression(cursor));
  if (!cursor.takeSymbol(')')) cursor.failExpected(expressions.length > 1 ? '")" or ","' : '","');
  return { kind: 'expressions', expressions };
}

/** The parenthesis as one operand: a scalar subquery, the expression itself, or a tuple. */
export function toExpression(cursor: Cursor, inside: Parenthesis, start: number): Expression {
  const span = cursor.spanFrom(start);
  if (inside.kind === 'query') return { kind: 'ExpressionSubquery', span, modifier: 'SCALAR', hint: undefined, query: inside.query };
  const [only] = inside.expressions;
  if (inside.expressions.length === 1 && only) return { ...only, span };
  const fields = inside.expressions.map((value) => ({
    kind: 'StructConstructorField' as const,
    span: value.span,
    value,
    alias: undefined,
  }));
  return { kind: 'StructConstructor', span, type: undefined, isTuple: true, fields };
}
