import type { Expression, Identifier, SelectAsAlias } from './ast.ts';
import type { Select, SelectAs, SelectItem, SelectWith } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFromClause } from './parse-from.ts';
import { parseGroupBy } from './parse-grouping.ts';
import { isName, parseIdentifier, parseOptionalAlias, parsePath, toIdentifier } from './parse-name.ts';
import { parseHint, parseOptions } from './parse-option.ts';
import { parseWindowClause } from './parse-window.ts';
import type { Token } from './tokenize.ts';

export function parseSelect(cursor: Cursor): Select {
  const { start } = cursor.token;
  const head = parseSelectHead(cursor);
  const from = cursor.takeKeyword('FROM') ? parseFromClause(cursor) : undefined;
  const { token: clause } = cursor;
  const where = cursor.takeKeyword('WHERE') ? parseExpression(cursor) : undefined;
  const groupBy = cursor.isKeyword('GROUP') ? parseGroupBy(cursor) : undefined;
  const having = cursor.takeKeyword('HAVING') ? parseExpression(cursor) : undefined;
  const qualify = cursor.takeKeyword('QUALIFY') ? parseExpression(cursor) : undefined;
  const windows = parseWindowClause(cursor);
  if (!from && clause !== cursor.token) failWithoutFrom(cursor, clause);
  return { kind: 'Select', span: cursor.spanFrom(start), ...head, from, where, groupBy, having, qualify, windows };
}

function failWithoutFrom(cursor: Cursor, { keyword, start }: Token): never {
  const clause = keyword === 'GROUP' ? 'GROUP BY' : keyword;
  return cursor.failPlain(`Query without FROM clause cannot have a ${clause} clause`, start);
}

type SelectHead = Pick<Select, 'hint' | 'selectWith' | 'quantifier' | 'selectAs' | 'selectList'>;

/** `SELECT … list`, without FROM. */
export function parseSelectHead(cursor: Cursor): SelectHead {
  cursor.expectKeyword('SELECT');
  const hint = parseHint(cursor);
  const selectWith = parseSelectWith(cursor);
  const quantifier = cursor.takeKeyword('DISTINCT') ? 'DISTINCT' : cursor.takeKeyword('ALL') ? 'ALL' : undefined;
  const selectAs = parseSelectAs(cursor);
  if (cursor.isKeyword('FROM')) cursor.fail('SELECT list must not be empty');
  return { hint, selectWith, quantifier, selectAs, selectList: parseSelectList(cursor, parseSelectItem) };
}

/** Items between commas; one more comma may close the list, before what can start no item. */
export function parseSelectList<Item>(
  cursor: Cursor,
  parseItem: (cursor: Cursor) => Item,
  isEnd: (cursor: Cursor) => boolean = isListEnd,
): Item[] {
  const items = [parseItem(cursor)];
  while (cursor.takeSymbol(',')) {
    if (isEnd(cursor)) return items;
    items.push(parseItem(cursor));
  }
  return items;
}

/** What can follow a list's last comma, but not start an item. */
function isListEnd(cursor: Cursor): boolean {
  const { token } = cursor;
  if (token.kind === 'end') return true;
  if (token.kind === 'symbol') return token.text === ')' || token.text === ';' || token.text === '|>';
  return LIST_ENDS.has(token.keyword);
}

const LIST_ENDS: ReadonlySet<string> = new Set([
  'ALL',
  'FROM',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'ORDER',
  'LIMIT',
  'WINDOW',
  'GROUP',
  'FULL',
  'INNER',
]);

function parseSelectWith(cursor: Cursor): SelectWith | undefined {
  if (!cursor.isKeyword('WITH') || cursor.isSymbolAt(1, '(')) return undefined;
  const { start } = cursor.advance();
  const name = parseIdentifier(cursor).name.toUpperCase();
  const options = parseOptions(cursor);
  return { kind: 'SelectWith', span: cursor.spanFrom(start), name, options };
}

function parseSelectAs(cursor: Cursor): SelectAs | undefined {
  if (!cursor.isKeyword('AS')) return undefined;
  const { start } = cursor.advance();
  if (cursor.takeKeyword('STRUCT')) return { kind: 'SelectAs', span: cursor.spanFrom(start), as: 'STRUCT', typeName: undefined };
  if (cursor.takeKeyword('VALUE')) return { kind: 'SelectAs', span: cursor.spanFrom(start), as: 'VALUE', typeName: undefined };
  const typeName = parsePath(cursor);
  return { kind: 'SelectAs', span: cursor.spanFrom(start), as: 'VALUE', typeName };
}

export function parseSelectItem(cursor: Cursor): SelectItem {
  const { start } = cursor.token;
  if (cursor.takeSymbol('*')) {
    const modifiers = parseStarModifiers(cursor);
    return { kind: 'SelectStar', span: cursor.spanFrom(start), ...modifiers };
  }
  const expression = parseExpression(cursor);
  if (cursor.isSymbol('.') && cursor.isSymbolAt(1, '*')) {
    cursor.advance();
    if (isOperation(cursor, expression)) cursor.failUnexpected();
    cursor.advance();
    const modifiers = parseStarModifiers(cursor);
    return { kind: 'SelectDotStar', span: cursor.spanFrom(start), operand: expression, ...modifiers };
  }
  const alias = parseOptionalAlias(cursor);
  return { kind: 'SelectColumn', span: cursor.spanFrom(start), expression, alias };
}

/** `a + b.*` is no star of b. */
const isOperation = (cursor: Cursor, { kind, span }: Expression): boolean => OPERATIONS.has(kind) && cursor.text.charAt(span.start) !== '(';

const OPERATIONS: ReadonlySet<string> = new Set(
  'UnaryExpression BinaryExpression AndExpression OrExpression IsExpression IsDistinctExpression LikeExpression QuantifiedComparison BetweenExpression InExpression'.split(
    ' ',
  ),
);

type StarModifiers = { readonly except: readonly Identifier[]; readonly replace: readonly SelectAsAlias[] };

/** `EXCEPT (a, b) REPLACE (x AS y)`. EXCEPT before anything else than a parenthesis is a set operation. */
function parseStarModifiers(cursor: Cursor): StarModifiers {
  const hasExcept = cursor.isKeyword('EXCEPT') && cursor.isSymbolAt(1, '(');
  if (hasExcept) cursor.advance();
  const except = hasExcept ? parseExcept(cursor) : [];
  const hasReplace = cursor.isKeyword('REPLACE') && cursor.isSymbolAt(1, '(');
  if (hasReplace) cursor.advance();
  const replace = hasReplace ? cursor.parenthesised(parseReplacement) : [];
  return { except, replace };
}

function parseExcept(cursor: Cursor): Identifier[] {
  cursor.expectSymbol('(');
  const columns = cursor.list(parseColumnName);
  cursor.expectSymbol(')');
  return columns;
}

const parseColumnName = (cursor: Cursor): Identifier =>
  isName(cursor.token) ? toIdentifier(cursor, cursor.advance()) : cursor.failUnexpected();

function parseReplacement(cursor: Cursor): SelectAsAlias {
  const value = parseExpression(cursor);
  cursor.expectKeyword('AS');
  const alias = parseIdentifier(cursor);
  return { kind: 'SelectAsAlias', span: cursor.spanFrom(value.span.start), value, alias };
}
