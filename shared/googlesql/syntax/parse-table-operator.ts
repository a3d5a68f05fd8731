import type { Expression, Identifier, Literal, PathExpression } from './ast.ts';
import type { Pivot, PivotExpression, PivotValue, SelectColumn, TableExpression, TableSample, Unpivot, UnpivotItem } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseTightExpression } from './parse-expression.ts';
import { parseMatchRecognize } from './parse-match-recognize.ts';
import { parseIdentifier, parseOptionalAlias, parsePath } from './parse-name.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseTableAlias } from './parse-table.ts';
import { parsePartitionBy } from './parse-window.ts';

/** Whether a word here is PIVOT, UNPIVOT or MATCH_RECOGNIZE at work, not an alias of that name. */
export function isTableOperator(cursor: Cursor): boolean {
  const { token } = cursor;
  if (token.kind !== 'word') return false;
  if (token.keyword === 'PIVOT') return cursor.isSymbolAt(1, '(');
  if (token.keyword === 'UNPIVOT') return cursor.isSymbolAt(1, '(') || ['INCLUDE', 'EXCLUDE'].includes(cursor.peek().keyword);
  return cursor.isWord('MATCH_RECOGNIZE') && cursor.isSymbolAt(1, '(');
}

/** One PIVOT or UNPIVOT after a table, then TABLESAMPLE and MATCH_RECOGNIZE as often as they come. A join in parentheses takes no pivot. */
export function parseTableOperators(cursor: Cursor, first: TableExpression): TableExpression {
  let input = first;
  let mayPivot = first.kind !== 'Join';
  for (let links = 1; ; links++) {
    const { start } = input.span;
    if (input.kind === 'PivotTable' || input.kind === 'UnpivotTable') refuseSystemTime(cursor, input.kind);
    if (cursor.isKeyword('TABLESAMPLE')) {
      const sample = parseTableSample(cursor);
      input = { kind: 'SampledTable', span: cursor.spanFrom(start), input, sample };
    } else if (isTableOperator(cursor) && (mayPivot || cursor.isWord('MATCH_RECOGNIZE'))) input = parseOperator(cursor, input);
    else return input;
    mayPivot = false;
    cursor.checkChain(links);
  }
}

/** A second PIVOT would be an alias. */
const parseAliasAfterPivot = (cursor: Cursor): Identifier | undefined =>
  cursor.isWord('MATCH_RECOGNIZE') ? parseTableAlias(cursor) : parseOptionalAlias(cursor);

function refuseSystemTime(cursor: Cursor, kind: 'PivotTable' | 'UnpivotTable'): void {
  if (!cursor.isKeyword('FOR') || !['SYSTEM_TIME', 'SYSTEM'].includes(cursor.peek().keyword)) return;
  cursor.fail(`${kind === 'PivotTable' ? 'PIVOT' : 'UNPIVOT'} and FOR SYSTEM TIME AS OF may not be combined`);
}

function parseOperator(cursor: Cursor, input: TableExpression): TableExpression {
  const { start } = input.span;
  if (cursor.isKeyword('PIVOT')) {
    const pivot = parsePivot(cursor);
    const alias = parseAliasAfterPivot(cursor);
    return { kind: 'PivotTable', span: cursor.spanFrom(start), input, pivot, alias };
  }
  if (cursor.isKeyword('UNPIVOT')) {
    const unpivot = parseUnpivot(cursor);
    const alias = parseAliasAfterPivot(cursor);
    return { kind: 'UnpivotTable', span: cursor.spanFrom(start), input, unpivot, alias };
  }
  const match = parseMatchRecognize(cursor);
  const alias = parseTableAlias(cursor);
  return { kind: 'MatchRecognizeTable', span: cursor.spanFrom(start), input, match, alias };
}

export function parsePivot(cursor: Cursor): Pivot {
  const { start } = cursor.expectKeyword('PIVOT');
  cursor.expectSymbol('(');
  const aggregates = cursor.list(parsePivotExpression);
  if (!cursor.takeKeyword('FOR')) cursor.failExpected('"," or keyword FOR');
  const forExpression = parseTightExpression(cursor);
  if (!cursor.takeKeyword('IN')) cursor.failUnexpected();
  const values = cursor.parenthesised(parsePivotValue);
  cursor.expectSymbol(')');
  return { kind: 'Pivot', span: cursor.spanFrom(start), aggregates, forExpression, values };
}

function parsePivotExpression(cursor: Cursor): PivotExpression {
  const expression = parseExpression(cursor);
  const alias = parseOptionalAlias(cursor);
  return { kind: 'PivotExpression', span: cursor.spanFrom(expression.span.start), expression, alias };
}

function parsePivotValue(cursor: Cursor): PivotValue {
  const value = parseExpression(cursor);
  const alias = parseOptionalAlias(cursor);
  return { kind: 'PivotValue', span: cursor.spanFrom(value.span.start), value, alias };
}

export function parseUnpivot(cursor: Cursor): Unpivot {
  const { start } = cursor.expectKeyword('UNPIVOT');
  const nullFilter = cursor.takeKeyword('INCLUDE') ? 'INCLUDE' : cursor.takeKeyword('EXCLUDE') ? 'EXCLUDE' : undefined;
  if (nullFilter) cursor.expectKeyword('NULLS');
  cursor.expectSymbol('(');
  const valueColumns = parsePaths(cursor);
  cursor.expectKeyword('FOR');
  const nameColumn = parsePath(cursor);
  if (!cursor.takeKeyword('IN')) cursor.failExpected('"." or keyword IN');
  const items = cursor.parenthesised(parseUnpivotItem);
  cursor.expectSymbol(')');
  return { kind: 'Unpivot', span: cursor.spanFrom(start), nullFilter, valueColumns, nameColumn, items };
}

/** `a`, `(a, b)`. */
const parsePaths = (cursor: Cursor): PathExpression[] => (cursor.isSymbol('(') ? cursor.parenthesised(parsePath) : [parsePath(cursor)]);

function parseUnpivotItem(cursor: Cursor): UnpivotItem {
  const { start } = cursor.token;
  const columns = parsePaths(cursor);
  const hasAs = cursor.takeKeyword('AS');
  const isLabel = cursor.token.kind === 'string' || cursor.token.kind === 'int';
  if (hasAs && !isLabel) cursor.failExpected('integer literal or string literal');
  const label = isLabel ? (parsePrimary(cursor) as Literal) : undefined;
  return { kind: 'UnpivotItem', span: cursor.spanFrom(start), columns, label };
}

export function parseTableSample(cursor: Cursor): TableSample {
  const { start } = cursor.expectKeyword('TABLESAMPLE');
  const method = parseIdentifier(cursor).name.toUpperCase();
  cursor.expectSymbol('(');
  const size = parseSampleSize(cursor);
  const unit = cursor.takeKeyword('PERCENT') ? 'PERCENT' : cursor.takeKeyword('ROWS') ? 'ROWS' : undefined;
  if (!unit) cursor.failExpected('keyword PERCENT or keyword ROWS');
  const partitionBy = parsePartitionBy(cursor);
  cursor.expectSymbol(')');
  const repeatable = cursor.takeKeyword('REPEATABLE') ? parseRepeatable(cursor) : undefined;
  return { kind: 'TableSample', span: cursor.spanFrom(start), method, size, unit, partitionBy, repeatable };
}

/** A number, a parameter, or either in a CAST. */
function parseSampleSize(cursor: Cursor): Expression {
  const { kind, text, keyword } = cursor.token;
  const isAllowed = kind === 'int' || kind === 'float' || ['@', '?', '@@'].includes(text) || keyword === 'CAST' || keyword === 'SAFE_CAST';
  return isAllowed ? parsePrimary(cursor) : cursor.failUnexpected();
}

function parseRepeatable(cursor: Cursor): Expression {
  cursor.expectSymbol('(');
  if (cursor.token.kind === 'float') cursor.failUnexpected();
  const seed = parseSampleSize(cursor);
  cursor.expectSymbol(')');
  return seed;
}

/** `expression AS alias`, as MEASURES wants it. */
export function parseAliasedColumn(cursor: Cursor): SelectColumn {
  const expression = parseExpression(cursor);
  cursor.expectKeyword('AS');
  const alias = parseIdentifier(cursor);
  return { kind: 'SelectColumn', span: cursor.spanFrom(expression.span.start), expression, alias };
}
