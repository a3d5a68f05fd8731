import type { BytesLiteral, Expression, StringLiteral } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseType } from './parse-type.ts';
import { type Unescaped, unescapeBytes, unescapeString } from './unescape.ts';

/** Adjacent string literals are one. */
export function parseString(cursor: Cursor): StringLiteral {
  const start = cursor.token.start;
  const value = parseAdjacent(cursor, 'string', unescapeString);
  return { kind: 'StringLiteral', span: cursor.spanFrom(start), value };
}

export function parseBytes(cursor: Cursor): BytesLiteral {
  const start = cursor.token.start;
  const value = parseAdjacent(cursor, 'bytes', unescapeBytes);
  return { kind: 'BytesLiteral', span: cursor.spanFrom(start), value: Uint8Array.from(value, (unit) => unit.charCodeAt(0)) };
}

function parseAdjacent(cursor: Cursor, kind: 'string' | 'bytes', decode: (literal: string) => Unescaped): string {
  if (cursor.token.kind !== kind) cursor.failUnexpected();
  let value = '';
  while (cursor.token.kind === kind) {
    const token = cursor.advance();
    const piece = decode(token.text);
    if (piece.fault) cursor.fail(piece.fault.reason, token.start + piece.fault.at);
    value += piece.value;
    if (cursor.token.start === token.end) failGlued(cursor);
  }
  if (cursor.token.kind === 'string' || cursor.token.kind === 'bytes') cursor.fail('string and bytes literals cannot be concatenated.');
  return value;
}

function failGlued(cursor: Cursor): void {
  const { kind } = cursor.token;
  if (kind === 'word' || kind === 'quoted' || kind === 'int' || kind === 'float')
    cursor.fail('Missing whitespace between literal and alias');
  if (kind === 'string' || kind === 'bytes') cursor.fail('concatenated string literals must be separated by whitespace or comments');
}

const NUMERIC_TYPES: Readonly<Record<string, 'NUMERIC' | 'BIGNUMERIC'>> = {
  NUMERIC: 'NUMERIC',
  DECIMAL: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
};
type DateOrTimeType = 'DATE' | 'TIME' | 'DATETIME' | 'TIMESTAMP';
const DATE_TYPES: ReadonlySet<string> = new Set(['DATE', 'TIME', 'DATETIME', 'TIMESTAMP']);

/** Whether this word before a string makes a literal: `DATE '2020-01-01'`. */
export const isTypedLiteral = (keyword: string): boolean => keyword in NUMERIC_TYPES || DATE_TYPES.has(keyword) || keyword === 'JSON';

export function parseTypedLiteral(cursor: Cursor): Expression {
  const { start, keyword } = cursor.advance();
  const { value } = parseString(cursor);
  const span = cursor.spanFrom(start);
  const numeric = NUMERIC_TYPES[keyword];
  if (numeric) return { kind: 'NumericLiteral', span, typeName: numeric, value };
  if (keyword === 'JSON') return { kind: 'JsonLiteral', span, value };
  return { kind: 'DateOrTimeLiteral', span, typeName: keyword as DateOrTimeType, value };
}

/** `RANGE<DATE> '[2020-01-01, UNBOUNDED)'`. */
export function parseRangeLiteral(cursor: Cursor): Expression {
  const start = cursor.token.start;
  const type = parseType(cursor);
  if (type.kind !== 'RangeType') cursor.failUnexpected();
  const { value } = parseString(cursor);
  return { kind: 'RangeLiteral', span: cursor.spanFrom(start), type, value };
}
