import type { ArrayType, Expression, ExpressionSubquery, StructConstructorField, StructType } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseAsAlias } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { parseQuery } from './parse-query.ts';
import { parseType } from './parse-type.ts';

/** `[…]`, `ARRAY[…]`, `ARRAY<T>[…]`. */
export function parseArrayConstructor(cursor: Cursor): Expression {
  const { start } = cursor.token;
  let type: ArrayType | undefined;
  if (cursor.isKeyword('ARRAY')) {
    if (cursor.isSymbolAt(1, '<') || cursor.isSymbolAt(1, '<>')) type = parseType(cursor) as ArrayType;
    else cursor.advance();
  }
  cursor.expectSymbol('[');
  const elements = cursor.isSymbol(']') ? [] : cursor.list(parseExpression);
  cursor.expectListEnd(']');
  return { kind: 'ArrayConstructor', span: cursor.spanFrom(start), type, elements };
}

/** `STRUCT(…)`, `STRUCT<…>(…)`. */
export function parseStructConstructor(cursor: Cursor): Expression {
  const { start } = cursor.token;
  let type: StructType | undefined;
  if (cursor.isSymbolAt(1, '<') || cursor.isSymbolAt(1, '<>')) type = parseType(cursor) as StructType;
  else cursor.advance();
  if (!cursor.takeSymbol('(')) cursor.failExpected(type ? '"(" or "{"' : '"(" or "<" or "{"');
  const fields = cursor.isSymbol(')') ? [] : cursor.list(parseField);
  cursor.expectListEnd(')');
  return { kind: 'StructConstructor', span: cursor.spanFrom(start), type, isTuple: false, fields };
}

function parseField(cursor: Cursor): StructConstructorField {
  const value = parseExpression(cursor);
  const alias = parseAsAlias(cursor);
  return { kind: 'StructConstructorField', span: cursor.spanFrom(value.span.start), value, alias };
}

/** `ARRAY(query)`, `EXISTS(query)`, with an optional hint. */
export function parseSubquery(cursor: Cursor, modifier: 'ARRAY' | 'EXISTS'): ExpressionSubquery {
  const { start } = cursor.expectKeyword(modifier);
  const hint = parseHint(cursor);
  cursor.expectSymbol('(');
  const query = cursor.nested(parseQuery);
  cursor.expectSymbol(')');
  return { kind: 'ExpressionSubquery', span: cursor.spanFrom(start), modifier, hint, query };
}
