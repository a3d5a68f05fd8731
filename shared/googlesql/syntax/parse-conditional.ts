import type { CaseBranch, DatePart, Expression, WithVariable } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseIdentifier } from './parse-name.ts';
import { parseType } from './parse-type.ts';

export function parseCase(cursor: Cursor): Expression {
  const { start } = cursor.expectKeyword('CASE');
  const operand = cursor.isKeyword('WHEN') ? undefined : parseExpression(cursor);
  const branches: CaseBranch[] = [];
  do branches.push(parseBranch(cursor));
  while (cursor.isKeyword('WHEN'));
  const elseResult = cursor.takeKeyword('ELSE') ? parseExpression(cursor) : undefined;
  if (elseResult) cursor.expectKeyword('END');
  else if (!cursor.takeKeyword('END')) cursor.failExpected('keyword ELSE or keyword END or keyword WHEN');
  return { kind: 'CaseExpression', span: cursor.spanFrom(start), operand, branches, elseResult };
}

function parseBranch(cursor: Cursor): CaseBranch {
  const { start } = cursor.expectKeyword('WHEN');
  const when = parseExpression(cursor);
  cursor.expectKeyword('THEN');
  const then = parseExpression(cursor);
  return { kind: 'CaseBranch', span: cursor.spanFrom(start), when, then };
}

/** CAST and SAFE_CAST. */
export function parseCast(cursor: Cursor): Expression {
  const { start, keyword } = cursor.advance();
  cursor.expectSymbol('(');
  refuseQuery(cursor, `The argument to ${keyword} is an expression`);
  const operand = parseExpression(cursor);
  cursor.expectKeyword('AS');
  const type = parseType(cursor);
  const format = cursor.takeKeyword('FORMAT') ? parseExpression(cursor) : undefined;
  const timeZone = format ? parseAtTimeZone(cursor) : undefined;
  cursor.expectSymbol(')');
  return { kind: 'CastExpression', span: cursor.spanFrom(start), operand, type, isSafe: keyword === 'SAFE_CAST', format, timeZone };
}

/** A bare SELECT where an expression belongs gets Google's advice. */
export function refuseQuery(cursor: Cursor, what: string): void {
  if (!cursor.isKeyword('SELECT')) return;
  cursor.failPlain(
    `${what}, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression`,
  );
}

export function parseExtract(cursor: Cursor): Expression {
  const { start } = cursor.expectKeyword('EXTRACT');
  cursor.expectSymbol('(');
  const part = parseDatePart(cursor);
  cursor.expectKeyword('FROM');
  const operand = parseExpression(cursor);
  const timeZone = parseAtTimeZone(cursor);
  cursor.expectSymbol(')');
  return { kind: 'ExtractExpression', span: cursor.spanFrom(start), part, operand, timeZone };
}

function parseAtTimeZone(cursor: Cursor): Expression | undefined {
  if (!cursor.takeKeyword('AT')) return undefined;
  cursor.expectKeyword('TIME');
  cursor.expectKeyword('ZONE');
  return parseExpression(cursor);
}

/** `DAY`, `WEEK(MONDAY)`. */
function parseDatePart(cursor: Cursor): DatePart {
  const name = parseIdentifier(cursor);
  let weekday: string | undefined;
  if (cursor.takeSymbol('(')) {
    weekday = parseIdentifier(cursor).name.toUpperCase();
    cursor.expectSymbol(')');
  }
  return { kind: 'DatePart', span: cursor.spanFrom(name.span.start), name: name.name.toUpperCase(), weekday };
}

export function parseInterval(cursor: Cursor): Expression {
  const { start } = cursor.expectKeyword('INTERVAL');
  const value = parseExpression(cursor);
  if (!isName(cursor.token)) cursor.failUnexpected();
  const from = parseDatePart(cursor);
  const to = cursor.takeKeyword('TO') ? parseDatePart(cursor) : undefined;
  return { kind: 'IntervalExpression', span: cursor.spanFrom(start), value, from, to };
}

/** `WITH(a AS expression, …, body)`. */
export function parseWithExpression(cursor: Cursor): Expression {
  const { start } = cursor.expectKeyword('WITH');
  cursor.expectSymbol('(');
  const variables: WithVariable[] = [];
  while (isName(cursor.token) && cursor.peek().keyword === 'AS') {
    const name = parseIdentifier(cursor);
    cursor.advance();
    const value = parseExpression(cursor);
    variables.push({ kind: 'WithVariable', span: cursor.spanFrom(name.span.start), name, value });
    cursor.expectSymbol(',');
  }
  if (variables.length === 0) cursor.failUnexpected();
  const body = parseExpression(cursor);
  cursor.expectSymbol(')');
  return { kind: 'WithExpression', span: cursor.spanFrom(start), variables, body };
}
