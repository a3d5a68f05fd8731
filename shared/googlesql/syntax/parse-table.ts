import type { Argument, DescriptorArgument, Identifier, PathExpression } from './ast.ts';
import type { FromQuery, Query, TableExpression, TableFunctionCall, TablePathExpression, UnnestTable, WithOffset } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseNamedArgument, parsePlainArgument } from './parse-call.ts';
import { refuseQuery } from './parse-conditional.ts';
import { parseExpression } from './parse-expression.ts';
import { isJoin, parseJoins } from './parse-from.ts';
import { isName, parseIdentifier, parseObjectPath, toIdentifier } from './parse-name.ts';
import { parseConnection, parseHint } from './parse-option.ts';
import { continueQuery, isQueryContinued, isQueryStart, parseParenthesisedQuery, parseQuery } from './parse-query.ts';
import { isTableOperator, parseTableOperators } from './parse-table-operator.ts';

/** One table of FROM with its alias and what may follow: PIVOT, UNPIVOT, TABLESAMPLE, MATCH_RECOGNIZE. */
export function parseTable(cursor: Cursor): TableExpression {
  return parseTableOperators(cursor, parseTablePrimary(cursor));
}

/** The source of MERGE: a table, an array or a subquery, no join and no table function. */
export function parseMergeSource(cursor: Cursor): TableExpression {
  const { start } = cursor.token;
  if (cursor.isSymbol('(')) return parseTableOperators(cursor, toSubquery(cursor, parseParenthesisedQuery(cursor), start, false));
  if (cursor.isKeyword('UNNEST')) return parseUnnestTable(cursor);
  return parseTableOperators(cursor, parseTablePath(cursor, parseObjectPath(cursor), start));
}

function parseTablePrimary(cursor: Cursor): TableExpression {
  if (cursor.isSymbol('(')) return parseTableInParentheses(cursor, false);
  if (cursor.isKeyword('UNNEST')) return parseUnnestTable(cursor);
  if (cursor.isKeyword('LATERAL')) return parseLateral(cursor);
  return parseNamedTable(cursor, cursor.token.start, false);
}

function parseLateral(cursor: Cursor): TableExpression {
  const { start } = cursor.advance();
  if (cursor.isSymbol('(')) return parseTableInParentheses(cursor, true);
  return parseNamedTable(cursor, start, true);
}

function parseNamedTable(cursor: Cursor, start: number, isLateral: boolean): TableExpression {
  if (cursor.isKeyword('GRAPH_TABLE') && cursor.isSymbolAt(1, '(')) cursor.failUnsupported('GRAPH_TABLE');
  const isIf = cursor.isKeyword('IF') && cursor.isSymbolAt(1, '(');
  const path = isIf ? toPath(toIdentifier(cursor, cursor.advance())) : parseObjectPath(cursor);
  if (cursor.isSymbol('(')) return parseTableCall(cursor, path, start, isLateral);
  if (isLateral) cursor.failExpected('"(" or "."');
  if (cursor.isSymbol('[')) cursor.fail('Array element access is not allowed in the FROM clause without UNNEST; Use UNNEST(<expression>)');
  return parseTablePath(cursor, path, start);
}

const toPath = (name: Identifier): PathExpression => ({ kind: 'PathExpression', span: name.span, names: [name] });

function parseTablePath(cursor: Cursor, path: PathExpression, start: number): TablePathExpression {
  const hint = parseHint(cursor);
  const alias = parseTableAlias(cursor);
  const offset = parseWithOffset(cursor);
  const systemTime = parseSystemTime(cursor);
  return { kind: 'TablePathExpression', span: cursor.spanFrom(start), path, hint, alias, offset, systemTime };
}

/** An alias; words that start an operator on the table are none. */
export function parseTableAlias(cursor: Cursor): Identifier | undefined {
  if (cursor.takeKeyword('AS')) return parseIdentifier(cursor);
  return isName(cursor.token) && !isTableOperator(cursor) ? parseIdentifier(cursor) : undefined;
}

function parseWithOffset(cursor: Cursor): WithOffset | undefined {
  if (!cursor.isKeyword('WITH') || cursor.peek().keyword === 'CONNECTION' || cursor.peek().keyword === 'PARTITION') return undefined;
  const { start } = cursor.advance();
  cursor.expectKeyword('OFFSET');
  const alias = parseTableAlias(cursor);
  return { kind: 'WithOffset', span: cursor.spanFrom(start), alias };
}

/** `FOR SYSTEM_TIME AS OF expression`, `FOR SYSTEM TIME AS OF …`, if it stands here. */
export function parseSystemTime(cursor: Cursor) {
  if (!cursor.isKeyword('FOR')) return undefined;
  if (!['SYSTEM_TIME', 'SYSTEM'].includes(cursor.peek().keyword)) return undefined;
  cursor.advance();
  if (cursor.takeKeyword('SYSTEM')) cursor.expectKeyword('TIME');
  else cursor.expectKeyword('SYSTEM_TIME');
  cursor.expectKeyword('AS');
  cursor.expectKeyword('OF');
  return parseExpression(cursor);
}

function parseUnnestTable(cursor: Cursor): UnnestTable {
  const { start } = cursor.expectKeyword('UNNEST');
  cursor.expectSymbol('(');
  refuseQuery(cursor, 'The argument to UNNEST is an expression');
  const expression = parseExpression(cursor);
  cursor.expectSymbol(')');
  const unnest = { kind: 'UnnestExpression' as const, span: cursor.spanFrom(start), expression };
  if (cursor.isSymbol('[')) cursor.fail('Array element access is not allowed in the FROM clause without UNNEST; Use UNNEST(<expression>)');
  const hint = parseHint(cursor);
  const alias = parseTableAlias(cursor);
  const offset = parseWithOffset(cursor);
  return { kind: 'UnnestTable', span: cursor.spanFrom(start), unnest, hint, alias, offset };
}

/** `(query)` or `(join)`, which only their ends tell apart when parentheses nest. */
function parseTableInParentheses(cursor: Cursor, isLateral: boolean): TableExpression {
  const { start } = cursor.token;
  const inside = cursor.nested(parseInside);
  return inside.kind === 'Query' ? toSubquery(cursor, inside, start, isLateral) : inside;
}

function toSubquery(cursor: Cursor, query: Query, start: number, isLateral: boolean): TableExpression {
  const alias = parseTableAlias(cursor);
  return { kind: 'TableSubquery', span: cursor.spanFrom(start), isLateral, query, alias };
}

function parseInside(cursor: Cursor): Query | TableExpression {
  cursor.expectSymbol('(');
  if (isQueryStart(cursor)) return closeQuery(cursor, parseQuery(cursor));
  if (!cursor.isSymbol('(')) return parseJoinInside(cursor, parseTable(cursor));
  const { start } = cursor.token;
  const inner = cursor.nested(parseInside);
  if (inner.kind !== 'Query') return parseJoinInside(cursor, parseTableOperators(cursor, inner));
  if (cursor.isSymbol(')') || isQueryContinued(cursor)) return closeQuery(cursor, continueQuery(cursor, inner, start));
  return parseJoinInside(cursor, parseTableOperators(cursor, toSubquery(cursor, inner, start, false)));
}

function closeQuery(cursor: Cursor, query: Query): Query {
  cursor.expectSymbol(')');
  return query;
}

/** Parentheses in FROM hold a query or a join, nothing less. */
function parseJoinInside(cursor: Cursor, first: TableExpression): TableExpression {
  if (!isJoin(cursor)) cursor.failExpected('keyword JOIN');
  const join = parseJoins(cursor, first, false);
  cursor.expectSymbol(')');
  return join;
}

export function parseTableCall(cursor: Cursor, path: PathExpression, start: number, isLateral: boolean): TableFunctionCall {
  cursor.expectSymbol('(');
  const given = cursor.isSymbol(')') ? [] : cursor.list(parseTableArgument);
  cursor.expectSymbol(')');
  const hint = parseHint(cursor);
  const alias = parseTableAlias(cursor);
  return { kind: 'TableFunctionCall', span: cursor.spanFrom(start), function: path, isLateral, arguments: given, hint, alias };
}

/** An argument of a table function or a procedure: an expression, a query, `TABLE t`, `MODEL m`, `CONNECTION c`, `DESCRIPTOR(…)`. */
export function parseTableArgument(cursor: Cursor): Argument {
  if (cursor.isKeyword('SELECT') || (cursor.isKeyword('WITH') && !cursor.isSymbolAt(1, '('))) failBareQuery(cursor);
  if (isName(cursor.token) && cursor.isSymbolAt(1, '=>')) return parseNamedArgument(cursor, parseTableArgument);
  const { start } = cursor.token;
  if (cursor.isKeyword('CONNECTION') && (isName(cursor.peek()) || cursor.peek().keyword === 'DEFAULT')) return parseConnection(cursor);
  if (isName(cursor.peek())) {
    if (cursor.isKeyword('TABLE')) return parseTableOrCall(cursor, start);
  }
  if (cursor.isKeyword('DESCRIPTOR') && cursor.isSymbolAt(1, '(')) return parseDescriptor(cursor);
  const argument = parsePlainArgument(cursor);
  return argument.kind === 'ExpressionSubquery' && argument.modifier === 'SCALAR' ? argument.query : argument;
}

/** `TABLE t`, or `TABLE f(…)`, which is the query `(FROM f(…))`. */
function parseTableOrCall(cursor: Cursor, start: number): Argument {
  cursor.advance();
  const table = parseObjectPath(cursor);
  if (!cursor.isSymbol('(')) return { kind: 'TableArgument', span: cursor.spanFrom(start), table };
  const from = cursor.nested(() => parseTableCall(cursor, table, table.span.start, false));
  const body: FromQuery = { kind: 'FromQuery', span: from.span, from };
  return { kind: 'Query', span: cursor.spanFrom(start), with: undefined, body, orderBy: undefined, limit: undefined, pipes: [] };
}

function failBareQuery(cursor: Cursor): never {
  return cursor.fail(
    `Each subquery argument for table-valued function calls must be enclosed in parentheses. To fix this, replace ${cursor.token.keyword}... with (${cursor.token.keyword}...)`,
  );
}

function parseDescriptor(cursor: Cursor): DescriptorArgument {
  const { start } = cursor.advance();
  const columns = cursor.parenthesised(parseIdentifier);
  return { kind: 'DescriptorArgument', span: cursor.spanFrom(start), columns };
}
