import type { Identifier } from './ast.ts';
import type {
  GroupBy,
  GroupingItem,
  PipeAggregateItem,
  PipeOperator,
  PipeRenameItem,
  PipeSetItem,
  Query,
  SelectColumn,
} from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isJoin, parseJoinCondition, parseJoinType } from './parse-from.ts';
import { parseGroupingConstruct } from './parse-grouping.ts';
import { parseMatchRecognize } from './parse-match-recognize.ts';
import { isName, parseIdentifier, parseObjectPath, parseOptionalAlias } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { parseDirection, parseOrderBy } from './parse-order.ts';
import { parseLimit, parseParenthesisedQuery, parseWith } from './parse-query.ts';
import { parseSelectHead, parseSelectItem, parseSelectList } from './parse-select.ts';
import { isSetOperation, parseSetOperator } from './parse-set-operation.ts';
import { parseTable, parseTableCall } from './parse-table.ts';
import { parsePivot, parseTableSample, parseUnpivot } from './parse-table-operator.ts';
import { parseWindowClause } from './parse-window.ts';

/** `|> …`; undefined for STATIC_DESCRIBE, which changes nothing. */
export function parsePipe(cursor: Cursor): PipeOperator | undefined {
  const { start } = cursor.expectSymbol('|>');
  if (cursor.takeWord('STATIC_DESCRIBE')) return undefined;
  if (cursor.isSymbol('@')) cursor.failExpected('keyword JOIN');
  if (isSetOperation(cursor)) return parsePipeSetOperation(cursor, start);
  if (isJoin(cursor)) return parsePipeJoin(cursor, start);
  const parse = PIPES[cursor.token.keyword === '' ? cursor.token.text.toUpperCase() : cursor.token.keyword];
  if (!parse || cursor.token.kind !== 'word') cursor.failUnexpected();
  return parse(cursor, start);
}

type PipeParser = (cursor: Cursor, start: number) => PipeOperator;

const PIPES: Readonly<Record<string, PipeParser>> = {
  SELECT: parsePipeSelect,
  EXTEND: parsePipeExtend,
  SET: parsePipeSet,
  DROP: parsePipeDrop,
  RENAME: parsePipeRename,
  AS: parsePipeAs,
  WHERE: parsePipeWhere,
  AGGREGATE: parsePipeAggregate,
  WINDOW: parsePipeWindow,
  CALL: parsePipeCall,
  ASSERT: parsePipeAssert,
  GROUP: (cursor) => cursor.fail('GROUP BY should be part of a pipe AGGREGATE operator, without a leading pipe symbol'),
  DISTINCT: (cursor, start) => {
    cursor.advance();
    return { kind: 'PipeDistinct', span: cursor.spanFrom(start) };
  },
  LIMIT: (cursor, start) => ({ kind: 'PipeLimit', limit: parseLimit(cursor), span: cursor.spanFrom(start) }),
  ORDER: (cursor, start) => ({ kind: 'PipeOrderBy', orderBy: parseOrderBy(cursor, parseSelectList), span: cursor.spanFrom(start) }),
  TABLESAMPLE: (cursor, start) => ({ kind: 'PipeTableSample', sample: parseTableSample(cursor), span: cursor.spanFrom(start) }),
  WITH: (cursor, start) => ({ kind: 'PipeWith', with: parseWith(cursor), span: cursor.spanFrom(start) }),
  PIVOT: (cursor, start) => ({
    kind: 'PipePivot',
    pivot: parsePivot(cursor),
    alias: parseOptionalAlias(cursor),
    span: cursor.spanFrom(start),
  }),
  UNPIVOT: (cursor, start) => ({
    kind: 'PipeUnpivot',
    unpivot: parseUnpivot(cursor),
    alias: parseOptionalAlias(cursor),
    span: cursor.spanFrom(start),
  }),
  MATCH_RECOGNIZE: (cursor, start) => ({
    kind: 'PipeMatchRecognize',
    match: parseMatchRecognize(cursor),
    alias: parseOptionalAlias(cursor),
    span: cursor.spanFrom(start),
  }),
};

function parsePipeSelect(cursor: Cursor, start: number): PipeOperator {
  const head = parseSelectHead(cursor);
  const windows = parseWindowClause(cursor);
  const nothing = { from: undefined, where: undefined, groupBy: undefined, having: undefined, qualify: undefined };
  const span = cursor.spanFrom(start);
  return { kind: 'PipeSelect', span, select: { kind: 'Select', span, ...head, ...nothing, windows } };
}

function parsePipeExtend(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const items = parseSelectList(cursor, parsePipeItem);
  const windows = parseWindowClause(cursor);
  return { kind: 'PipeExtend', span: cursor.spanFrom(start), items, windows };
}

/** A column or `x.*`; a bare star has no meaning here. */
function parsePipeItem(cursor: Cursor) {
  return cursor.isSymbol('*') ? cursor.failUnexpected() : parseSelectItem(cursor);
}

function parsePipeSet(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const items = parseSelectList(cursor, parseSetItem, isNoName);
  return { kind: 'PipeSet', span: cursor.spanFrom(start), items };
}

const isNoName = (cursor: Cursor): boolean => !isName(cursor.token);

function parseSetItem(cursor: Cursor): PipeSetItem {
  refusePath(
    cursor,
    'Pipe SET can only update columns by column name alone; Setting columns under table aliases or fields under paths is not supported',
  );
  const column = parseIdentifier(cursor);
  cursor.expectSymbol('=');
  const value = parseExpression(cursor);
  return { kind: 'PipeSetItem', span: cursor.spanFrom(column.span.start), column, value };
}

function refusePath(cursor: Cursor, reason: string): void {
  if (isName(cursor.token) && cursor.isSymbolAt(1, '.')) cursor.fail(reason);
}

function parsePipeDrop(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const columns = parseSelectList(cursor, parseDropItem, isNoName);
  return { kind: 'PipeDrop', span: cursor.spanFrom(start), columns };
}

function parseDropItem(cursor: Cursor): Identifier {
  refusePath(
    cursor,
    'Pipe DROP can only drop columns by name alone; Dropping columns under table aliases or fields under paths is not supported',
  );
  return parseIdentifier(cursor);
}

function parsePipeRename(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const items = parseSelectList(cursor, parseRenameItem, isNoName);
  return { kind: 'PipeRename', span: cursor.spanFrom(start), items };
}

function parseRenameItem(cursor: Cursor): PipeRenameItem {
  refusePath(
    cursor,
    'Pipe RENAME can only rename columns by name alone; Renaming columns under table aliases or fields under paths is not supported',
  );
  const from = parseIdentifier(cursor);
  cursor.takeKeyword('AS');
  const to = parseIdentifier(cursor);
  return { kind: 'PipeRenameItem', span: cursor.spanFrom(from.span.start), from, to };
}

function parsePipeAs(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const alias = parseIdentifier(cursor);
  return { kind: 'PipeAs', span: cursor.spanFrom(start), alias };
}

function parsePipeWhere(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const condition = parseExpression(cursor);
  return { kind: 'PipeWhere', span: cursor.spanFrom(start), condition };
}

function parsePipeAggregate(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const isEmpty = cursor.isKeyword('GROUP') || isPipeEnd(cursor);
  const aggregates = isEmpty ? [] : parseSelectList(cursor, parseAggregateItem);
  const grouping = cursor.isKeyword('GROUP') ? parsePipeGroupBy(cursor) : undefined;
  const span = cursor.spanFrom(start);
  return { kind: 'PipeAggregate', span, aggregates, groupBy: grouping?.groupBy, isOrdered: grouping?.isOrdered ?? false };
}

const isPipeEnd = (cursor: Cursor): boolean => cursor.isEnd() || cursor.isSymbol('|>') || cursor.isSymbol(')') || cursor.isSymbol(';');

function parseAggregateItem(cursor: Cursor): PipeAggregateItem {
  const expression = parseExpression(cursor);
  const alias = parseOptionalAlias(cursor);
  const order = parseDirectionOnly(cursor);
  return { kind: 'PipeAggregateItem', span: cursor.spanFrom(expression.span.start), expression, alias, ...order };
}

/** In an aggregate list, NULLS FIRST needs ASC or DESC before it. */
function parseDirectionOnly(cursor: Cursor) {
  return cursor.isKeyword('ASC') || cursor.isKeyword('DESC') ? parseDirection(cursor) : { direction: undefined, nullOrder: undefined };
}

function parsePipeGroupBy(cursor: Cursor): { readonly groupBy: GroupBy; readonly isOrdered: boolean } {
  const { start } = cursor.expectKeyword('GROUP');
  const hint = parseHint(cursor);
  const isOrdered = cursor.takeKeyword('AND');
  if (isOrdered) cursor.expectKeyword('ORDER');
  cursor.expectKeyword('BY');
  const items = parseSelectList(cursor, parsePipeGroupingItem);
  return { groupBy: { kind: 'GroupBy', span: cursor.spanFrom(start), isAll: false, hint, items }, isOrdered };
}

function parsePipeGroupingItem(cursor: Cursor): GroupingItem {
  const construct = parseGroupingConstruct(cursor);
  if (construct) return construct;
  const expression = parseExpression(cursor);
  const alias = parseOptionalAlias(cursor);
  const order = parseDirection(cursor);
  return { kind: 'GroupingExpression', span: cursor.spanFrom(expression.span.start), expression, alias, ...order };
}

function parsePipeWindow(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const items = parseSelectList(cursor, parseWindowItem);
  return { kind: 'PipeWindow', span: cursor.spanFrom(start), items };
}

function parseWindowItem(cursor: Cursor): SelectColumn {
  const expression = parseExpression(cursor);
  const alias = parseOptionalAlias(cursor);
  return { kind: 'SelectColumn', span: cursor.spanFrom(expression.span.start), expression, alias };
}

function parsePipeCall(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const path = parseObjectPath(cursor);
  const call = parseTableCall(cursor, path, path.span.start, false);
  return { kind: 'PipeCall', span: cursor.spanFrom(start), call };
}

function parsePipeAssert(cursor: Cursor, start: number): PipeOperator {
  cursor.advance();
  const [condition, ...messages] = parseSelectList(cursor, parseExpression);
  if (!condition) cursor.failUnexpected();
  return { kind: 'PipeAssert', span: cursor.spanFrom(start), condition, messages };
}

function parsePipeJoin(cursor: Cursor, start: number): PipeOperator {
  const joinType = parseJoinType(cursor);
  const hint = parseHint(cursor);
  const right = parseTable(cursor);
  const condition = parseJoinCondition(cursor);
  return { kind: 'PipeJoin', span: cursor.spanFrom(start), joinType, right, hint, on: condition?.on, using: condition?.using ?? [] };
}

function parsePipeSetOperation(cursor: Cursor, start: number): PipeOperator {
  const shape = parseSetOperator(cursor);
  if (!cursor.isSymbol('(')) cursor.failExpected('"(" or keyword TABLE');
  const inputs: Query[] = parseSelectList(cursor, parseParenthesisedQuery);
  return { kind: 'PipeSetOperation', span: cursor.spanFrom(start), ...shape, inputs };
}
