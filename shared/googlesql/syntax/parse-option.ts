import type { ConnectionArgument, Expression, Hint, Identifier, OptionEntry, OptionList } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseIdentifier, parseObjectPath, toIdentifier } from './parse-name.ts';

/** `OPTIONS (name = value, …)`, if it stands here. */
export function parseOptions(cursor: Cursor): OptionList | undefined {
  if (!cursor.isKeyword('OPTIONS')) return undefined;
  const { start } = cursor.advance();
  return parseOptionEntries(cursor, start);
}

/** `(name = value, …)`, perhaps empty. */
export function parseOptionEntries(cursor: Cursor, start = cursor.token.start): OptionList {
  cursor.expectSymbol('(');
  if (cursor.isKeyword('FROM')) cursor.failPlain('OPTIONS (FROM <struct_expression>) is not supported');
  if (!isName(cursor.token) && !cursor.isSymbol(')')) cursor.failExpected('")"');
  const entries: OptionEntry[] = cursor.isSymbol(')') ? [] : cursor.list(parseEntry);
  cursor.expectListEnd(')');
  return { kind: 'OptionList', span: cursor.spanFrom(start), entries };
}

function parseEntry(cursor: Cursor): OptionEntry {
  const name = parseOptionName(cursor);
  const operator = ['=', '+=', '-='].find((symbol) => cursor.isSymbol(symbol)) as OptionEntry['operator'] | undefined;
  if (!operator) cursor.failExpected('"="');
  cursor.advance();
  const value = parseOptionValue(cursor);
  return { kind: 'OptionEntry', span: cursor.spanFrom(name.span.start), name, operator, value };
}

function parseOptionName(cursor: Cursor): Identifier {
  return parseIdentifier(cursor);
}

const parseOptionValue = (cursor: Cursor): Expression => parseExpression(cursor);

/** `@{ name = value, engine.name = value }`, and the short form `@5` for the number of shards. */
export function parseHint(cursor: Cursor): Hint | undefined {
  if (!cursor.isSymbol('@')) return undefined;
  const { start } = cursor.token;
  if (cursor.peek().kind === 'int') {
    cursor.advance();
    cursor.advance();
    return { kind: 'Hint', span: cursor.spanFrom(start), entries: [] };
  }
  if (!cursor.isSymbolAt(1, '{')) return undefined;
  cursor.advance();
  cursor.advance();
  const entries = cursor.list(parseHintEntry);
  cursor.expectListEnd('}');
  return { kind: 'Hint', span: cursor.spanFrom(start), entries };
}

function parseHintEntry(cursor: Cursor): OptionEntry {
  const { start } = cursor.token;
  let name = toName(cursor);
  if (cursor.takeSymbol('.')) {
    const part = toName(cursor);
    name = { ...part, span: cursor.spanFrom(start), name: `${name.name}.${part.name}` };
  }
  cursor.expectSymbol('=');
  const value = parseExpression(cursor);
  return { kind: 'OptionEntry', span: cursor.spanFrom(start), name, operator: '=', value };
}

function toName(cursor: Cursor): Identifier {
  if (!isName(cursor.token)) cursor.failUnexpected();
  return toIdentifier(cursor, cursor.advance());
}

/** `CONNECTION path` or `CONNECTION DEFAULT`, the word CONNECTION under the cursor. */
export function parseConnection(cursor: Cursor): ConnectionArgument {
  const { start } = cursor.expectKeyword('CONNECTION');
  const connection = cursor.takeKeyword('DEFAULT') ? undefined : parseObjectPath(cursor);
  return { kind: 'ConnectionArgument', span: cursor.spanFrom(start), connection };
}

/** `WITH CONNECTION path` where no other WITH can stand, if it stands here. */
export function parseOnlyConnection(cursor: Cursor): ConnectionArgument | undefined {
  if (!cursor.takeKeyword('WITH')) return undefined;
  return cursor.isKeyword('CONNECTION') ? parseConnection(cursor) : cursor.failExpected('keyword CONNECTION');
}

/** `WITH CONNECTION path`, if it stands here. */
export function parseWithConnection(cursor: Cursor): ConnectionArgument | undefined {
  if (!(cursor.isKeyword('WITH') && cursor.peek().keyword === 'CONNECTION')) return undefined;
  cursor.advance();
  return parseConnection(cursor);
}
