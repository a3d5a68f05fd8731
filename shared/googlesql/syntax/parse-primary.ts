import type { ArrayElement, Expression, Identifier, PathExpression } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseCall, parseChainedCall } from './parse-call.ts';
import { parseCase, parseCast, parseExtract, parseInterval, parseWithExpression } from './parse-conditional.ts';
import { parseArrayConstructor, parseStructConstructor, parseSubquery } from './parse-constructor.ts';
import { parseExpression } from './parse-expression.ts';
import { isTypedLiteral, parseBytes, parseRangeLiteral, parseString, parseTypedLiteral } from './parse-literal.ts';
import { isName, parsePath, toIdentifier } from './parse-name.ts';
import { parseParenthesis, toExpression } from './parse-parenthesis.ts';

/** Reserved words that also name functions. */
const FUNCTION_KEYWORDS: ReadonlySet<string> = new Set(['IF', 'LEFT', 'RIGHT', 'GROUPING', 'COLLATE', 'RANGE']);
/** Functions that may be called without parentheses. */
const NILADIC: ReadonlySet<string> = new Set(['CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_DATETIME', 'CURRENT_TIMESTAMP']);

/** An operand without its operators and without what may follow it (`.x`, `[0]`). */
export function parsePrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  switch (token.kind) {
    case 'word':
      return token.keyword === '' ? parsePathOrCall(cursor) : parseKeywordPrimary(cursor);
    case 'quoted':
      return parsePathOrCall(cursor);
    case 'int':
      return { kind: 'IntLiteral', span: spanOf(cursor.advance()), image: token.text };
    case 'float':
      return { kind: 'FloatLiteral', span: spanOf(cursor.advance()), image: token.text };
    case 'string':
      return parseString(cursor);
    case 'bytes':
      return parseBytes(cursor);
    default:
      return parseSymbolPrimary(cursor);
  }
}

const spanOf = ({ start, end }: { readonly start: number; readonly end: number }) => ({ start, end });

function parseSymbolPrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  if (token.kind !== 'symbol') cursor.failUnexpected();
  switch (token.text) {
    case '(': {
      const inside = parseParenthesis(cursor);
      return toExpression(cursor, inside, token.start);
    }
    case '[':
      return parseArrayConstructor(cursor);
    case '?':
      cursor.advance();
      return { kind: 'Parameter', span: spanOf(token), name: undefined, position: ++cursor.positionalParameters };
    case '@':
      return parseNamedParameter(cursor);
    case '@@':
      return parseSystemVariable(cursor);
    default:
      return cursor.failUnexpected();
  }
}

function parseNamedParameter(cursor: Cursor): Expression {
  const start = cursor.advance().start;
  if (cursor.token.kind === 'float') cursor.failExpected('integer literal');
  if (!isName(cursor.token)) cursor.failUnexpected();
  const { name } = toIdentifier(cursor, cursor.advance());
  return { kind: 'Parameter', span: cursor.spanFrom(start), name, position: undefined };
}

export function parseSystemVariable(cursor: Cursor): Expression & { readonly kind: 'SystemVariable' } {
  const start = cursor.expectSymbol('@@').start;
  const { names } = parsePath(cursor);
  return { kind: 'SystemVariable', span: cursor.spanFrom(start), names };
}

function parseKeywordPrimary(cursor: Cursor): Expression {
  const { token } = cursor;
  const following = cursor.peek();
  const isCall = following.text === '(' && following.kind === 'symbol';
  switch (token.keyword) {
    case 'NULL':
      return { kind: 'NullLiteral', span: spanOf(cursor.advance()) };
    case 'TRUE':
    case 'FALSE':
      return { kind: 'BooleanLiteral', span: spanOf(cursor.advance()), value: token.keyword === 'TRUE' };
    case 'CASE':
      return parseCase(cursor);
    case 'CAST':
      return parseCast(cursor);
    case 'EXTRACT':
      return parseExtract(cursor);
    case 'INTERVAL':
      return parseInterval(cursor);
    case 'ARRAY':
      return isCall ? parseSubquery(cursor, 'ARRAY') : parseArrayConstructor(cursor);
    case 'EXISTS':
      return parseSubquery(cursor, 'EXISTS');
    case 'STRUCT':
      return parseStructConstructor(cursor);
    case 'WITH':
      return parseWithExpression(cursor);
    case 'REPLACE_FIELDS':
      return isCall ? refuseReplaceFields(cursor) : parsePathOrCall(cursor);
    case 'SAFE_CAST':
      return isCall ? parseCast(cursor) : parsePathOrCall(cursor);
    default:
      if (following.kind === 'string' && isTypedLiteral(token.keyword)) return parseTypedLiteral(cursor);
      if (token.keyword === 'RANGE' && following.text === '<') return parseRangeLiteral(cursor);
      if (FUNCTION_KEYWORDS.has(token.keyword))
        return isCall ? parseCall(cursor, parseFunctionKeyword(cursor)) : failFunctionKeyword(cursor);
      return parsePathOrCall(cursor);
  }
}

/** `REPLACE_FIELDS(message, value AS path)` of protocol buffers. */
function refuseReplaceFields(cursor: Cursor): never {
  const { start } = cursor.advance();
  cursor.advance();
  parseExpression(cursor);
  cursor.expectSymbol(',');
  cursor.list(parseAliasedField);
  cursor.expectSymbol(')');
  return cursor.failUnsupported('REPLACE_FIELDS', start);
}

function parseAliasedField(cursor: Cursor): PathExpression {
  parseExpression(cursor);
  cursor.expectKeyword('AS');
  return parsePath(cursor);
}

function failFunctionKeyword(cursor: Cursor): never {
  if (cursor.isKeyword('LEFT') || cursor.isKeyword('RIGHT')) cursor.failUnexpected();
  cursor.advance();
  return cursor.failExpected('"("');
}

function parseFunctionKeyword(cursor: Cursor): PathExpression {
  return toPath(toIdentifier(cursor, cursor.advance()));
}

function parsePathOrCall(cursor: Cursor): Expression {
  const path = parsePath(cursor);
  if (cursor.isSymbol('(')) return parseCall(cursor, path);
  const only = path.names.length === 1 ? path.names[0] : undefined;
  return only && !only.isQuoted && NILADIC.has(only.name.toUpperCase()) ? parseNiladic(path) : path;
}

const parseNiladic = (path: PathExpression): Expression => ({
  kind: 'FunctionCall',
  span: path.span,
  function: path,
  isSafe: false,
  isChained: false,
  isDistinct: false,
  arguments: [],
  nullHandling: undefined,
  where: undefined,
  groupBy: [],
  having: undefined,
  orderBy: undefined,
  limit: undefined,
  hint: undefined,
  over: undefined,
});

/** `.field`, `[position]`, `.method(…)`, as often as they come. `.*` is left for the select list. */
export function parsePostfix(cursor: Cursor, operand: Expression): Expression {
  let result = operand;
  for (let links = 1; ; links++) {
    if (cursor.isSymbol('.') && isName(cursor.peek())) {
      cursor.checkChain(links);
      cursor.advance();
      const name = toIdentifier(cursor, cursor.advance());
      if (cursor.isSymbol('(') && isBareNumber(cursor, result)) cursor.failUnexpected();
      result = cursor.isSymbol('(') ? parseChainedCall(cursor, result, toPath(name)) : toField(result, name);
    } else if (cursor.isSymbol('.') && cursor.isSymbolAt(1, '(')) {
      result = parseParenthesisedCall(cursor, result);
    } else if (cursor.isSymbol('.') && !cursor.isSymbolAt(1, '*')) {
      cursor.advance();
      cursor.failUnexpected();
    } else if (cursor.isSymbol('[')) {
      cursor.checkChain(links);
      result = parseArrayElement(cursor, result);
    } else if (cursor.isSymbol('(')) {
      failCall(cursor, result);
    } else return result;
  }
}

/** `x.(net.host)()`: a chained call of a function with a dotted name. */
function parseParenthesisedCall(cursor: Cursor, receiver: Expression): Expression {
  cursor.advance();
  cursor.expectSymbol('(');
  const path = parsePath(cursor);
  cursor.expectSymbol(')');
  if (!cursor.isSymbol('(')) cursor.failExpected('"("');
  return parseChainedCall(cursor, receiver, path);
}

const toPath = (name: Identifier): PathExpression => ({ kind: 'PathExpression', span: name.span, names: [name] });

const isBareNumber = (cursor: Cursor, operand: Expression): boolean =>
  (operand.kind === 'IntLiteral' || operand.kind === 'FloatLiteral') && cursor.text.charAt(operand.span.start) !== '(';

function toField(operand: Expression, name: Identifier): Expression {
  return { kind: 'DotIdentifier', span: { start: operand.span.start, end: name.span.end }, operand, name };
}

function failCall(cursor: Cursor, operand: Expression): never {
  const isCall = operand.kind === 'FunctionCall' && cursor.previous.text === ')' && cursor.text.charAt(operand.span.start) !== '(';
  return cursor.fail(
    isCall
      ? 'Double function call parentheses'
      : 'Function call cannot be applied to this expression. Function calls require a path, e.g. a.b.c()',
  );
}

const ACCESSORS = ['OFFSET', 'ORDINAL', 'SAFE_OFFSET', 'SAFE_ORDINAL', 'KEY', 'SAFE_KEY'] as const;

function parseArrayElement(cursor: Cursor, array: Expression): ArrayElement {
  cursor.expectSymbol('[');
  const accessor = ACCESSORS.find((word) => cursor.isWord(word) && cursor.isSymbolAt(1, '('));
  if (accessor) {
    cursor.advance();
    cursor.advance();
  }
  const position = parseExpression(cursor);
  if (accessor) cursor.expectSymbol(')');
  cursor.expectSymbol(']');
  return { kind: 'ArrayElement', span: cursor.spanFrom(array.span.start), array, position, accessor };
}
