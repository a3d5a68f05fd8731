import type { Expression, StructTypeField, TypeNode, TypeParameter } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseBytes, parseString } from './parse-literal.ts';
import { isName, parseIdentifier, parsePath } from './parse-name.ts';
import { parseOptions } from './parse-option.ts';
import { parsePrimary } from './parse-primary.ts';

export const parseType = (cursor: Cursor): TypeNode => cursor.nested(parseTypeHere);

function parseTypeHere(cursor: Cursor): TypeNode {
  const { token } = cursor;
  switch (token.keyword) {
    case 'ARRAY':
    case 'RANGE': {
      cursor.advance();
      cursor.expectSymbol('<');
      const element = parseType(cursor);
      // `ARRAY<INT64 NOT NULL>` of a column: an element of an array never is NULL in a table.
      cursor.takeWords('NOT', 'NULL');
      expectTypeEnd(cursor);
      const span = cursor.spanFrom(token.start);
      return token.keyword === 'ARRAY' ? { kind: 'ArrayType', span, element } : { kind: 'RangeType', span, element };
    }
    case 'STRUCT':
      cursor.advance();
      return { kind: 'StructType', fields: parseStructFields(cursor), span: cursor.spanFrom(token.start) };
    case 'INTERVAL':
      cursor.advance();
      return { kind: 'SimpleType', span: cursor.spanFrom(token.start), name: 'INTERVAL', parameters: [], collation: undefined };
    default:
      return parseSimpleType(cursor);
  }
}

/** `<a INT64, STRING>`, `<>`. */
function parseStructFields(cursor: Cursor): StructTypeField[] {
  if (cursor.takeSymbol('<>')) return [];
  cursor.expectSymbol('<');
  const fields = cursor.isSymbol('>') ? [] : cursor.list(parseStructField);
  expectTypeEnd(cursor);
  return fields;
}

function parseStructField(cursor: Cursor): StructTypeField {
  const { start } = cursor.token;
  const name = isFieldNamed(cursor) ? parseIdentifier(cursor) : undefined;
  const type = parseType(cursor);
  const isNotNull = cursor.areWords('NOT', 'NULL') && cursor.takeWords('NOT', 'NULL');
  const options = parseOptions(cursor);
  return { kind: 'StructTypeField', span: cursor.spanFrom(start), name, type, isNotNull, options };
}

/** A name is one if a type follows it: `a INT64`, `a ARRAY<…>`. */
function isFieldNamed(cursor: Cursor): boolean {
  if (!isName(cursor.token)) return false;
  const following = cursor.peek();
  if (following.keyword === 'OPTIONS') return false;
  return isName(following) || ['ARRAY', 'STRUCT', 'RANGE', 'INTERVAL'].includes(following.keyword);
}

function expectTypeEnd(cursor: Cursor): void {
  if (!cursor.takeSymbol('>')) cursor.failExpected('">"');
}

function parseSimpleType(cursor: Cursor): TypeNode {
  const { start } = cursor.token;
  const path = parsePath(cursor);
  const name = path.names.map((part) => part.name).join('.');
  const parameters = parseTypeParameters(cursor);
  const collation = parseCollation(cursor);
  return { kind: 'SimpleType', span: cursor.spanFrom(start), name: name.toUpperCase(), parameters, collation };
}

/** `COLLATE 'und:ci'`, if it stands here. */
export function parseCollation(cursor: Cursor): Expression | undefined {
  if (!cursor.takeKeyword('COLLATE')) return undefined;
  if (cursor.token.kind === 'string') return parseString(cursor);
  return cursor.isSymbol('@') || cursor.isSymbol('?') || cursor.isSymbol('@@')
    ? parsePrimary(cursor)
    : cursor.failExpected('"@" or "@@" or string literal');
}

function parseTypeParameters(cursor: Cursor): TypeParameter[] {
  if (!cursor.takeSymbol('(')) return [];
  const parameters = [parseTypeParameter(cursor)];
  while (cursor.takeSymbol(',')) {
    if (cursor.isSymbol(')')) cursor.fail('Trailing comma in type parameter list is not allowed.', cursor.previous.start);
    parameters.push(parseTypeParameter(cursor));
  }
  cursor.expectListEnd(')');
  return parameters;
}

function parseTypeParameter(cursor: Cursor): TypeParameter {
  const { token } = cursor;
  if (token.kind === 'string') return parseString(cursor);
  if (token.kind === 'bytes') return parseBytes(cursor);
  if (token.kind === 'int' || token.kind === 'float' || token.keyword === 'TRUE' || token.keyword === 'FALSE') {
    return parsePrimary(cursor) as TypeParameter;
  }
  if (!cursor.takeKeyword('MAX')) cursor.failUnexpected();
  return { kind: 'MaxLiteral', span: cursor.spanFrom(token.start) };
}

/** The columns of `TABLE<a INT64, …>`, the word TABLE under the cursor. */
export function parseTableType(cursor: Cursor): TypeNode {
  const { start } = cursor.expectKeyword('TABLE');
  const columns = parseStructFields(cursor);
  return { kind: 'TableType', span: cursor.spanFrom(start), columns };
}
