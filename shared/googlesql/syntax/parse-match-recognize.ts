import type { SelectAsAlias } from './ast.ts';
import type { MatchRecognize } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseIdentifier } from './parse-name.ts';
import { parseOptions } from './parse-option.ts';
import { parseOrderBy } from './parse-order.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseAliasedColumn } from './parse-table-operator.ts';
import { parsePartitionBy } from './parse-window.ts';

export function parseMatchRecognize(cursor: Cursor): MatchRecognize {
  const { start } = cursor.expectWord('MATCH_RECOGNIZE');
  cursor.expectSymbol('(');
  const partitionBy = parsePartitionBy(cursor);
  const orderBy = parseOrderBy(cursor);
  cursor.expectKeyword('MEASURES');
  const measures = cursor.list(parseAliasedColumn);
  const afterMatchSkip = parseAfterMatchSkip(cursor);
  cursor.expectKeyword('PATTERN');
  const patternText = parsePattern(cursor);
  cursor.expectKeyword('DEFINE');
  const define = cursor.list(parseDefinition);
  const options = parseOptions(cursor);
  cursor.expectSymbol(')');
  const span = cursor.spanFrom(start);
  return { kind: 'MatchRecognize', span, partitionBy, orderBy, measures, afterMatchSkip, patternText, define, options };
}

function parseAfterMatchSkip(cursor: Cursor): MatchRecognize['afterMatchSkip'] {
  if (!cursor.takeKeyword('AFTER')) return undefined;
  cursor.expectKeyword('MATCH');
  cursor.expectWord('SKIP');
  if (cursor.takeWords('PAST', 'LAST', 'ROW')) return 'PAST LAST ROW';
  if (cursor.takeWords('TO', 'NEXT', 'ROW')) return 'TO NEXT ROW';
  return cursor.failUnexpected();
}

function parseDefinition(cursor: Cursor): SelectAsAlias {
  const alias = parseIdentifier(cursor);
  cursor.expectKeyword('AS');
  const value = parseExpression(cursor);
  return { kind: 'SelectAsAlias', span: cursor.spanFrom(alias.span.start), value, alias };
}

/** The row pattern's text: names, alternatives, groups and quantifiers. */
function parsePattern(cursor: Cursor): string {
  const { start } = cursor.expectSymbol('(');
  parseAlternatives(cursor);
  cursor.expectSymbol(')');
  return cursor.text.slice(start + 1, cursor.previous.start);
}

function parseAlternatives(cursor: Cursor): void {
  parseSequence(cursor);
  while (cursor.takeSymbol('|') || cursor.takeSymbol('||')) parseSequence(cursor);
}

function parseSequence(cursor: Cursor): void {
  for (;;) {
    if (cursor.takeSymbol('^') || cursor.takeSymbol('$')) continue;
    if (cursor.isSymbol('(')) cursor.nested(parseGroup);
    else if (isName(cursor.token)) cursor.advance();
    else return;
    parseQuantifier(cursor);
  }
}

function parseGroup(cursor: Cursor): void {
  cursor.expectSymbol('(');
  parseAlternatives(cursor);
  cursor.expectSymbol(')');
}

/** `?`, `*`, `+`, `{n}`, `{n,m}`; a further `?` makes it reluctant. */
function parseQuantifier(cursor: Cursor): void {
  if (cursor.takeSymbol('{')) {
    const hasLow = takeBound(cursor);
    const hasComma = cursor.takeSymbol(',');
    if (hasComma) takeBound(cursor);
    if (!hasLow && !hasComma) cursor.failExpected('","');
    cursor.expectSymbol('}');
    if (hasComma) cursor.takeSymbol('?');
  } else if (cursor.takeSymbol('?') || cursor.takeSymbol('*') || cursor.takeSymbol('+')) cursor.takeSymbol('?');
}

/** A number or a parameter. */
function takeBound(cursor: Cursor): boolean {
  const isBound = cursor.token.kind === 'int' || cursor.isSymbol('?') || cursor.isSymbol('@') || cursor.isSymbol('@@');
  if (isBound) parsePrimary(cursor);
  return isBound;
}
