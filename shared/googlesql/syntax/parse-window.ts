import type { Identifier } from './ast.ts';
import type { FrameBound, NamedWindow, WindowFrame, WindowSpecification } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseIdentifier } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { parseOrderBy } from './parse-order.ts';

/** `OVER name`, `OVER (…)`, if it stands here. */
export function parseOver(cursor: Cursor): WindowSpecification | undefined {
  return cursor.takeKeyword('OVER') ? parseWindowSpecification(cursor) : undefined;
}

/** `WINDOW a AS (…), …` of a SELECT. */
export function parseWindowClause(cursor: Cursor): NamedWindow[] {
  return cursor.takeKeyword('WINDOW') ? cursor.list(parseNamedWindow) : [];
}

function parseNamedWindow(cursor: Cursor): NamedWindow {
  const name = parseIdentifier(cursor);
  cursor.expectKeyword('AS');
  const specification = parseWindowSpecification(cursor);
  return { kind: 'NamedWindow', span: cursor.spanFrom(name.span.start), name, specification };
}

function parseWindowSpecification(cursor: Cursor): WindowSpecification {
  const { start } = cursor.token;
  if (!cursor.isSymbol('(')) return toReference(cursor, parseIdentifier(cursor));
  cursor.advance();
  const baseName = isName(cursor.token) ? parseIdentifier(cursor) : undefined;
  const partitionBy = parsePartitionBy(cursor);
  const orderBy = cursor.isKeyword('ORDER') ? parseOrderBy(cursor) : undefined;
  const frame = cursor.isKeyword('ROWS') || cursor.isKeyword('RANGE') ? parseFrame(cursor) : undefined;
  if (!cursor.takeSymbol(')')) failInWindow(cursor, orderBy !== undefined, frame !== undefined);
  return { kind: 'WindowSpecification', span: cursor.spanFrom(start), baseName, partitionBy, orderBy, frame };
}

function failInWindow(cursor: Cursor, isOrdered: boolean, isFramed: boolean): never {
  if (isFramed) cursor.failExpected('")"');
  return cursor.failExpected(`")" or ${isOrdered ? '' : 'keyword ORDER or '}keyword RANGE or keyword ROWS`);
}

const toReference = (cursor: Cursor, baseName: Identifier): WindowSpecification => ({
  kind: 'WindowSpecification',
  span: cursor.spanFrom(baseName.span.start),
  baseName,
  partitionBy: [],
  orderBy: undefined,
  frame: undefined,
});

/** `PARTITION BY a, b`, if it stands here. */
export function parsePartitionBy(cursor: Cursor, isHintAllowed = true) {
  if (!cursor.takeKeyword('PARTITION')) return [];
  if (isHintAllowed) parseHint(cursor);
  cursor.expectKeyword('BY');
  return cursor.list(parseExpression);
}

function parseFrame(cursor: Cursor): WindowFrame {
  const { start, keyword } = cursor.advance();
  const isBetween = cursor.takeKeyword('BETWEEN');
  const first = parseBound(cursor);
  if (isBetween) cursor.expectKeyword('AND');
  const end = isBetween ? parseBound(cursor) : undefined;
  return { kind: 'WindowFrame', span: cursor.spanFrom(start), unit: keyword === 'ROWS' ? 'ROWS' : 'RANGE', start: first, end };
}

function parseBound(cursor: Cursor): FrameBound {
  const { start } = cursor.token;
  if (cursor.takeKeyword('UNBOUNDED')) {
    const boundary = `UNBOUNDED ${parseSide(cursor)}` as const;
    return { kind: 'FrameBound', span: cursor.spanFrom(start), boundary, offset: undefined };
  }
  if (cursor.takeKeyword('CURRENT')) {
    cursor.expectKeyword('ROW');
    return { kind: 'FrameBound', span: cursor.spanFrom(start), boundary: 'CURRENT ROW', offset: undefined };
  }
  const offset = parseExpression(cursor);
  const boundary = `OFFSET ${parseSide(cursor)}` as const;
  return { kind: 'FrameBound', span: cursor.spanFrom(start), boundary, offset };
}

function parseSide(cursor: Cursor): 'PRECEDING' | 'FOLLOWING' {
  if (cursor.takeKeyword('PRECEDING')) return 'PRECEDING';
  if (!cursor.takeKeyword('FOLLOWING')) cursor.failExpected('keyword FOLLOWING or keyword PRECEDING');
  return 'FOLLOWING';
}
