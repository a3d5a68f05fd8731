import type { Identifier } from './ast.ts';
import type { SetOperationShape, SetOperator } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseIdentifier } from './parse-name.ts';
import { parseHint } from './parse-option.ts';

const OPERATORS: ReadonlySet<string> = new Set(['UNION', 'INTERSECT', 'EXCEPT']);

/** `UNION`, `INTERSECT`, `EXCEPT`, perhaps after FULL, LEFT or INNER (which otherwise start a join). */
export function isSetOperation(cursor: Cursor): boolean {
  const { keyword } = cursor.token;
  if (keyword === 'EXCEPT') return !cursor.isSymbolAt(1, '(');
  if (OPERATORS.has(keyword)) return true;
  if (keyword !== 'FULL' && keyword !== 'LEFT' && keyword !== 'INNER') return false;
  const next = cursor.peek();
  return OPERATORS.has(next.keyword) || (next.keyword === 'OUTER' && OPERATORS.has(cursor.peek(2).keyword));
}

/** `[FULL|LEFT|INNER] UNION ALL [STRICT] [BY NAME [ON (…)] | CORRESPONDING [BY (…)]]`. */
export function parseSetOperator(cursor: Cursor): SetOperationShape {
  const outer = parseOuter(cursor);
  const operator = cursor.advance().keyword as SetOperator;
  parseHint(cursor);
  const quantifier = parseQuantifier(cursor, operator);
  const { start } = cursor.token;
  const isStrict = cursor.takeKeyword('STRICT');
  const match = parseColumnMatch(cursor);
  checkCombination(cursor, start, outer, isStrict, match.columnMatch);
  return { operator, quantifier, outer, isStrict, ...match };
}

function parseOuter(cursor: Cursor): 'FULL' | 'LEFT' | 'INNER' | undefined {
  const { keyword } = cursor.token;
  if (keyword !== 'FULL' && keyword !== 'LEFT' && keyword !== 'INNER') return undefined;
  cursor.advance();
  if (keyword !== 'INNER') cursor.takeKeyword('OUTER');
  return keyword;
}

function parseQuantifier(cursor: Cursor, operator: SetOperator): 'ALL' | 'DISTINCT' {
  const { keyword } = cursor.token;
  if (keyword !== 'ALL' && keyword !== 'DISTINCT') {
    if (operator === 'EXCEPT') cursor.failPlain('EXCEPT must be followed by ALL, DISTINCT, or "("', cursor.previous.start);
    cursor.failExpected('keyword ALL or keyword DISTINCT');
  }
  cursor.advance();
  return keyword;
}

type ColumnMatch = Pick<SetOperationShape, 'columnMatch' | 'matchColumns'>;

function parseColumnMatch(cursor: Cursor): ColumnMatch {
  if (cursor.takeWords('BY', 'NAME')) return { columnMatch: 'BY_NAME', matchColumns: parseMatchColumns(cursor, 'ON') };
  if (cursor.takeKeyword('CORRESPONDING')) return { columnMatch: 'CORRESPONDING', matchColumns: parseMatchColumns(cursor, 'BY') };
  return { columnMatch: 'POSITION', matchColumns: [] };
}

const parseMatchColumns = (cursor: Cursor, keyword: string): Identifier[] =>
  cursor.takeKeyword(keyword) ? cursor.parenthesised(parseIdentifier) : [];

function checkCombination(
  cursor: Cursor,
  start: number,
  outer: SetOperationShape['outer'],
  isStrict: boolean,
  match: SetOperationShape['columnMatch'],
): void {
  if (isStrict && outer !== undefined) cursor.fail('STRICT cannot be used with outer mode in set operations', start);
  if (isStrict && match === 'BY_NAME') cursor.fail('STRICT cannot be used with BY NAME in set operations', start);
  if (match !== 'POSITION') return;
  if (outer !== undefined || isStrict) cursor.failExpected('keyword BY or keyword CORRESPONDING');
}
