import type { FromQuery, Limit, PipeOperator, Query, QueryBody, SetOperationShape, WithClause, WithEntry } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFromClause } from './parse-from.ts';
import { parseIdentifier } from './parse-name.ts';
import { parseOrderBy } from './parse-order.ts';
import { parsePipe } from './parse-pipe.ts';
import { parseSelect } from './parse-select.ts';
import { isSetOperation, parseSetOperator } from './parse-set-operation.ts';

/** Whether a query starts here, one in parentheses apart. `WITH(` starts an expression. */
export function isQueryStart(cursor: Cursor): boolean {
  const { keyword } = cursor.token;
  return keyword === 'SELECT' || keyword === 'FROM' || (keyword === 'WITH' && !cursor.isSymbolAt(1, '('));
}

/** Whether what follows a query in parentheses makes it part of a larger query. */
export function isQueryContinued(cursor: Cursor): boolean {
  const { keyword } = cursor.token;
  return keyword === 'ORDER' || keyword === 'LIMIT' || cursor.isSymbol('|>') || isSetOperation(cursor);
}

export const parseQuery = (cursor: Cursor): Query => cursor.nested(parseWholeQuery);

function parseWholeQuery(cursor: Cursor): Query {
  const { start } = cursor.token;
  const withClause = cursor.isKeyword('WITH') ? parseWith(cursor) : undefined;
  if (withClause) checkAfterWith(cursor);
  return finishQuery(cursor, start, withClause, parseQueryBody(cursor, parseQueryPrimary(cursor, true)));
}

/** Goes on after a query in parentheses that was already read. */
export function continueQuery(cursor: Cursor, inner: Query, start: number): Query {
  const body: Query = { ...inner, span: { start, end: cursor.previous.end } };
  return finishQuery(cursor, start, undefined, parseQueryBody(cursor, body));
}

function finishQuery(cursor: Cursor, start: number, withClause: WithClause | undefined, body: QueryBody): Query {
  if (body.kind === 'FromQuery') refuseAfterFrom(cursor);
  const orderBy = cursor.isKeyword('ORDER') ? parseOrderBy(cursor) : undefined;
  const limit = cursor.isKeyword('LIMIT') ? parseLimit(cursor) : undefined;
  const pipes: PipeOperator[] = [];
  while (cursor.isSymbol('|>')) {
    const pipe = parsePipe(cursor);
    if (pipe) pipes.push(pipe);
  }
  return { kind: 'Query', span: cursor.spanFrom(start), with: withClause, body, orderBy, limit, pipes };
}

/** After FROM that starts a query only pipes follow. */
function refuseAfterFrom(cursor: Cursor): void {
  const { keyword } = cursor.token;
  const clause = keyword === 'ORDER' || keyword === 'GROUP' ? `${keyword} BY` : keyword;
  if (!['SELECT', 'WHERE', 'GROUP BY', 'ORDER BY', 'LIMIT'].includes(clause)) return;
  const advice = `Consider using pipe operator \`|> ${clause === 'GROUP BY' ? 'AGGREGATE' : clause}\``;
  const wrap = clause === 'ORDER BY' || clause === 'LIMIT' ? ' or parentheses around the FROM query' : '';
  cursor.fail(`${clause} not supported after FROM query; ${advice}${wrap}`);
}

function checkAfterWith(cursor: Cursor): void {
  if (cursor.isSymbol('|>')) {
    cursor.fail(
      'A pipe operator cannot follow the WITH clause before the main query; The main query usually starts with SELECT or FROM here',
    );
  }
}

export function parseWith(cursor: Cursor): WithClause {
  const { start } = cursor.expectKeyword('WITH');
  const isRecursive = cursor.takeKeyword('RECURSIVE');
  const entries = [parseWithEntry(cursor)];
  while (cursor.takeSymbol(',')) {
    if (cursor.isSymbol('|>')) break;
    if (cursor.isEnd()) cursor.failExpected('keyword SELECT');
    if (isQueryStart(cursor) || cursor.isSymbol('(')) {
      cursor.fail('Trailing comma after the WITH clause before the main query is not allowed');
    }
    entries.push(parseWithEntry(cursor));
  }
  return { kind: 'WithClause', span: cursor.spanFrom(start), isRecursive, entries };
}

function parseWithEntry(cursor: Cursor): WithEntry {
  const name = parseIdentifier(cursor);
  if (!cursor.takeKeyword('AS')) cursor.failExpected(cursor.isSymbol('(') ? 'keyword AS' : '"("');
  const query = parseParenthesisedQuery(cursor);
  return { kind: 'WithEntry', span: cursor.spanFrom(name.span.start), name, query };
}

/** `(query)`. */
export function parseParenthesisedQuery(cursor: Cursor): Query {
  cursor.expectSymbol('(');
  const query = parseQuery(cursor);
  cursor.expectSymbol(')');
  return query;
}

/** One input of a set operation. FROM queries may only be the first and only one. */
function parseQueryPrimary(cursor: Cursor, isFirst: boolean): QueryBody {
  if (cursor.isKeyword('SELECT')) return parseSelect(cursor);
  if (cursor.isSymbol('(')) return parseInParentheses(cursor);
  if (cursor.isKeyword('FROM')) return isFirst ? parseFromQuery(cursor) : failFrom(cursor);
  return isFirst ? cursor.failUnexpected() : cursor.failExpected('"(" or keyword SELECT or keyword TABLE');
}

/** `(query)`; `(query) AS name` is `(query) |> AS name`. */
function parseInParentheses(cursor: Cursor): Query {
  const { start } = cursor.token;
  const inner = parseParenthesisedQuery(cursor);
  const query: Query = { ...inner, span: cursor.spanFrom(start) };
  if (!cursor.isKeyword('AS')) return query;
  const asStart = cursor.advance().start;
  const alias = parseIdentifier(cursor);
  const pipe: PipeOperator = { kind: 'PipeAs', span: cursor.spanFrom(asStart), alias };
  return { kind: 'Query', span: cursor.spanFrom(start), with: undefined, body: query, orderBy: undefined, limit: undefined, pipes: [pipe] };
}

function failFrom(cursor: Cursor): never {
  return cursor.fail('Unexpected FROM; FROM queries following a set operation must be parenthesized');
}

function parseFromQuery(cursor: Cursor): FromQuery {
  const { start } = cursor.expectKeyword('FROM');
  const from = parseFromClause(cursor);
  return { kind: 'FromQuery', span: cursor.spanFrom(start), from };
}

/** A chain of one set operator; chains that mix them need parentheses. */
function parseQueryBody(cursor: Cursor, first: QueryBody): QueryBody {
  if (!isSetOperation(cursor)) return first;
  if (first.kind === 'FromQuery') cursor.fail('Unexpected keyword UNION; FROM queries in set operations must be parenthesized');
  const inputs: QueryBody[] = [first];
  let shape: SetOperationShape | undefined;
  while (isSetOperation(cursor)) {
    const { start } = cursor.token;
    const next = parseSetOperator(cursor);
    if (shape && !isSameOperator(shape, next)) {
      cursor.fail('Different set operations cannot be used in the same query without using parentheses for grouping', start);
    }
    shape ??= next;
    inputs.push(parseQueryPrimary(cursor, false));
  }
  return { kind: 'SetOperation', span: cursor.spanFrom(first.span.start), ...(shape as SetOperationShape), inputs };
}

const isSameOperator = (left: SetOperationShape, right: SetOperationShape): boolean =>
  left.operator === right.operator && left.quantifier === right.quantifier;

export function parseLimit(cursor: Cursor): Limit {
  const { start } = cursor.expectKeyword('LIMIT');
  const count = parseExpression(cursor);
  const offset = cursor.takeKeyword('OFFSET') ? parseExpression(cursor) : undefined;
  return { kind: 'Limit', span: cursor.spanFrom(start), count, offset };
}
