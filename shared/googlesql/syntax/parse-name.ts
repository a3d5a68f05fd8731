import type { Identifier, PathExpression } from './ast.ts';
import type { Cursor } from './cursor.ts';
import type { Token } from './tokenize.ts';
import { unescapeString } from './unescape.ts';

/** Whether a token may be a name as it stands. */
export const isName = (token: Token): boolean => (token.kind === 'word' && !token.isReserved) || token.kind === 'quoted';

export function parseIdentifier(cursor: Cursor): Identifier {
  if (!isName(cursor.token)) cursor.failUnexpected();
  return toIdentifier(cursor, cursor.advance());
}

/** The token as a name; keywords too, where the grammar says that they are names (after a dot, as options). */
export function toIdentifier(cursor: Cursor, token: Token): Identifier {
  const span = { start: token.start, end: token.end };
  if (token.kind !== 'quoted') return { kind: 'Identifier', span, name: token.text, isQuoted: false };
  const { value, fault } = unescapeString(token.text);
  if (fault) cursor.fail(fault.reason, token.start + fault.at);
  if (value === '') cursor.fail('Invalid empty identifier', token.start);
  return { kind: 'Identifier', span, name: value, isQuoted: true };
}

/** `a.b.c`. */
export function parsePath(cursor: Cursor): PathExpression {
  const start = cursor.token.start;
  const names = [parseIdentifier(cursor)];
  while (cursor.isSymbol('.') && isName(cursor.peek())) {
    cursor.advance();
    names.push(toIdentifier(cursor, cursor.advance()));
  }
  if (cursor.isSymbol('.') && !cursor.isSymbolAt(1, '*') && !cursor.isSymbolAt(1, '(')) failAfterDot(cursor);
  return { kind: 'PathExpression', span: cursor.spanFrom(start), names };
}

function failAfterDot(cursor: Cursor): never {
  cursor.advance();
  return cursor.failUnexpected();
}

/** A table, dataset, routine or other object: `project-with-dashes.dataset.table`, in pieces or in backticks. */
export function parseObjectPath(cursor: Cursor): PathExpression {
  const start = cursor.token.start;
  if (cursor.isSymbol('@') || cursor.isSymbol('?')) cursor.failPlain('Query parameters cannot be used in place of table names');
  if (cursor.isSymbol('@@')) cursor.failPlain('System variables cannot be used in place of table names');
  const names = isDashed(cursor) ? parseDashedNames(cursor) : [parseIdentifier(cursor)];
  while (cursor.isSymbol('.')) {
    cursor.advance();
    if (!isName(cursor.token)) cursor.failUnexpected();
    names.push(toIdentifier(cursor, cursor.advance()));
    if (cursor.isSymbol('-') && isGlued(cursor.previous, cursor.token)) failDashInside(cursor);
  }
  return { kind: 'PathExpression', span: cursor.spanFrom(start), names };
}

function failDashInside(cursor: Cursor): never {
  return cursor.failUnexpected();
}

const isGlued = (left: Token, right: Token): boolean => left.end === right.start;

function isDashed(cursor: Cursor): boolean {
  return cursor.token.kind === 'word' && isName(cursor.token) && cursor.isSymbolAt(1, '-');
}

/**
 * `my-project-1.dataset`: the tokens are `my - project - 1. dataset` or so, since the text looks like a subtraction with a float.
 * Returns the project, and the dataset too where a number had swallowed the dot before it.
 */
function parseDashedNames(cursor: Cursor): Identifier[] {
  const start = cursor.token.start;
  let last = cursor.advance();
  while (cursor.isSymbol('-')) {
    if (!isGlued(last, cursor.token) || !isDashPiece(cursor.peek()) || !isGlued(cursor.token, cursor.peek())) cursor.failUnexpected();
    cursor.advance();
    last = cursor.advance();
    while (isDashPiece(cursor.token) && isGlued(last, cursor.token) && !last.text.endsWith('.')) last = cursor.advance();
  }
  const project = createName(cursor, start, last.text.endsWith('.') ? last.end - 1 : last.end);
  if (!last.text.endsWith('.')) return [project];
  if (!isName(cursor.token)) cursor.failUnexpected();
  return [project, toIdentifier(cursor, cursor.advance())];
}

const isDashPiece = (token: Token): boolean =>
  token.kind === 'word' || token.kind === 'int' || (token.kind === 'float' && /^[0-9a-zA-Z]+\.?$/.test(token.text));

const createName = (cursor: Cursor, start: number, end: number): Identifier => ({
  kind: 'Identifier',
  span: { start, end },
  name: cursor.text.slice(start, end),
  isQuoted: false,
});

/** `AS alias`, or a name that can only be an alias. */
export function parseOptionalAlias(cursor: Cursor): Identifier | undefined {
  if (cursor.takeKeyword('AS')) return parseIdentifier(cursor);
  return isName(cursor.token) ? parseIdentifier(cursor) : undefined;
}

/** Only `AS alias`. */
export function parseAsAlias(cursor: Cursor): Identifier | undefined {
  return cursor.takeKeyword('AS') ? parseIdentifier(cursor) : undefined;
}
