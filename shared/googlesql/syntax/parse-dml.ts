import type { Expression, Identifier, PathExpression } from './ast.ts';
import type {
  DeleteStatement,
  InsertRow,
  InsertStatement,
  MergeClause,
  MergeDelete,
  MergeInsert,
  MergeStatement,
  MergeUpdate,
  TruncateStatement,
  UpdateItem,
  UpdateStatement,
} from './ast-statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFromClause } from './parse-from.ts';
import { isName, parseIdentifier, parseObjectPath, parseOptionalAlias, toIdentifier } from './parse-name.ts';
import { isQueryInside } from './parse-parenthesis.ts';
import { parsePostfix } from './parse-primary.ts';
import { isQueryStart, parseQuery } from './parse-query.ts';
import { parseMergeSource } from './parse-table.ts';

/** A table that a statement changes. */
const parseTarget = (cursor: Cursor): PathExpression => parseObjectPath(cursor);

export function parseInsert(cursor: Cursor): InsertStatement {
  const { start } = cursor.expectKeyword('INSERT');
  const mode = takeInsertMode(cursor);
  cursor.takeKeyword('INTO');
  const target = parseTarget(cursor);
  // `INSERT t (SELECT …)`: the parenthesis is no column list.
  const columns = cursor.isSymbol('(') && !isQueryInside(cursor) ? parseColumns(cursor) : [];
  const rows = cursor.takeKeyword('VALUES') ? cursor.list(parseRow) : [];
  if (rows.length === 0 && !isQueryStart(cursor) && !cursor.isSymbol('(')) cursor.failUnexpected();
  const query = rows.length === 0 ? parseQuery(cursor) : undefined;
  if (mode) cursor.failUnsupported(`INSERT OR ${mode}`, start);
  return { kind: 'InsertStatement', statementType: 'INSERT', span: cursor.spanFrom(start), target, columns, rows, query };
}

/** `INSERT [OR] IGNORE|REPLACE|UPDATE`; a table of such a name needs INTO. */
function takeInsertMode(cursor: Cursor): string | undefined {
  const isOr = cursor.takeKeyword('OR');
  const { keyword } = cursor.token;
  if (keyword === 'IGNORE' || keyword === 'REPLACE' || keyword === 'UPDATE') return cursor.advance().keyword;
  return isOr ? cursor.failExpected('keyword IGNORE or keyword REPLACE or keyword UPDATE') : undefined;
}

function parseColumns(cursor: Cursor): Identifier[] {
  cursor.expectSymbol('(');
  const columns = cursor.list(parseColumn);
  cursor.expectSymbol(')');
  return columns;
}

const parseColumn = (cursor: Cursor): Identifier => parseIdentifier(cursor);

function parseRow(cursor: Cursor): InsertRow {
  const { start } = cursor.token;
  const values = cursor.parenthesised(parseValue);
  return { kind: 'InsertRow', span: cursor.spanFrom(start), values };
}

/** An expression or DEFAULT. */
function parseValue(cursor: Cursor): Expression {
  const { start } = cursor.token;
  return cursor.takeKeyword('DEFAULT') ? { kind: 'DefaultLiteral', span: cursor.spanFrom(start) } : parseExpression(cursor);
}

export function parseUpdate(cursor: Cursor): UpdateStatement {
  const { start } = cursor.expectKeyword('UPDATE');
  const target = parseTarget(cursor);
  const alias = parseOptionalAlias(cursor);
  if (!cursor.takeKeyword('SET')) cursor.failUnexpected();
  const items = cursor.list(parseUpdateItem);
  const from = cursor.takeKeyword('FROM') ? parseFromClause(cursor) : undefined;
  const where = parseRequiredWhere(cursor, 'UPDATE');
  return { kind: 'UpdateStatement', statementType: 'UPDATE', span: cursor.spanFrom(start), target, alias, items, from, where };
}

/** BigQuery wants a WHERE in UPDATE and DELETE. */
function parseRequiredWhere(cursor: Cursor, verb: string): Expression {
  if (cursor.takeKeyword('WHERE')) return parseExpression(cursor);
  const isOver = cursor.isEnd() || cursor.isSymbol(';');
  return isOver ? cursor.failPlain(`${verb} must have a WHERE clause`, cursor.previous.end) : cursor.failExpected('end of input');
}

function parseUpdateItem(cursor: Cursor): UpdateItem {
  const column = parseAssigned(cursor);
  cursor.expectSymbol('=');
  const value = parseValue(cursor);
  return { kind: 'UpdateItem', span: cursor.spanFrom(column.span.start), column, value };
}

/** A column or a field of it. */
function parseAssigned(cursor: Cursor): Expression {
  const { start } = cursor.token;
  if (!isName(cursor.token)) failAssigned(cursor);
  const names = [parseIdentifier(cursor)];
  while (cursor.isSymbol('.') && isName(cursor.peek())) {
    cursor.advance();
    names.push(toIdentifier(cursor, cursor.advance()));
  }
  return parsePostfix(cursor, { kind: 'PathExpression', span: cursor.spanFrom(start), names });
}

/** In Google's grammar a statement in parentheses may stand here, which BigQuery does not run. */
function failAssigned(cursor: Cursor): never {
  if (!cursor.takeSymbol('(')) cursor.failExpected('"("');
  if (['DELETE', 'INSERT', 'UPDATE'].includes(cursor.token.keyword)) cursor.failPlain('Nested DML statements are not supported');
  return cursor.failExpected('keyword DELETE or keyword INSERT or keyword UPDATE');
}

export function parseDelete(cursor: Cursor): DeleteStatement {
  const { start } = cursor.expectKeyword('DELETE');
  cursor.takeKeyword('FROM');
  const target = parseTarget(cursor);
  const alias = parseOptionalAlias(cursor);
  const where = parseRequiredWhere(cursor, 'DELETE');
  return { kind: 'DeleteStatement', statementType: 'DELETE', span: cursor.spanFrom(start), target, alias, where };
}

export function parseTruncate(cursor: Cursor): TruncateStatement {
  const { start } = cursor.expectKeyword('TRUNCATE');
  cursor.expectKeyword('TABLE');
  const target = parseTarget(cursor);
  return { kind: 'TruncateStatement', statementType: 'TRUNCATE_TABLE', span: cursor.spanFrom(start), target };
}

export function parseMerge(cursor: Cursor): MergeStatement {
  const { start } = cursor.expectKeyword('MERGE');
  cursor.takeKeyword('INTO');
  const target = parseTarget(cursor);
  const alias = parseOptionalAlias(cursor);
  if (!cursor.takeKeyword('USING')) cursor.failUnexpected();
  const source = parseMergeSource(cursor);
  cursor.expectKeyword('ON');
  const on = parseExpression(cursor);
  const clauses: MergeClause[] = [];
  do clauses.push(parseMergeClause(cursor));
  while (cursor.isKeyword('WHEN'));
  return { kind: 'MergeStatement', statementType: 'MERGE', span: cursor.spanFrom(start), target, alias, source, on, clauses };
}

function parseMergeClause(cursor: Cursor): MergeClause {
  const { start } = cursor.expectKeyword('WHEN');
  const match = parseMatch(cursor);
  const condition = cursor.takeKeyword('AND') ? parseExpression(cursor) : undefined;
  cursor.expectKeyword('THEN');
  const action = parseMergeAction(cursor, match);
  return { kind: 'MergeClause', span: cursor.spanFrom(start), match, condition, action };
}

/** `MATCHED`, `NOT MATCHED [BY TARGET]`, `NOT MATCHED BY SOURCE`. */
function parseMatch(cursor: Cursor): MergeClause['match'] {
  if (cursor.takeKeyword('MATCHED')) return 'MATCHED';
  cursor.expectKeyword('NOT');
  cursor.expectKeyword('MATCHED');
  if (!cursor.takeKeyword('BY')) return 'NOT_MATCHED_BY_TARGET';
  if (cursor.takeKeyword('SOURCE')) return 'NOT_MATCHED_BY_SOURCE';
  if (!cursor.takeKeyword('TARGET')) cursor.failExpected('keyword SOURCE or keyword TARGET');
  return 'NOT_MATCHED_BY_TARGET';
}

function parseMergeAction(cursor: Cursor, match: MergeClause['match']): MergeClause['action'] {
  if (cursor.isKeyword('INSERT')) {
    if (match !== 'NOT_MATCHED_BY_TARGET') cursor.failExpected('keyword DELETE or keyword UPDATE');
    return parseMergeInsert(cursor);
  }
  if (match === 'NOT_MATCHED_BY_TARGET') cursor.failExpected('keyword INSERT');
  return cursor.isKeyword('UPDATE') ? parseMergeUpdate(cursor) : parseMergeDelete(cursor);
}

function parseMergeInsert(cursor: Cursor): MergeInsert {
  const { start } = cursor.advance();
  const columns = cursor.isSymbol('(') ? cursor.parenthesised(parseColumn) : [];
  const isRow = cursor.takeKeyword('ROW');
  if (!isRow && !cursor.takeKeyword('VALUES')) cursor.failExpected('keyword ROW or keyword VALUES');
  const values = isRow ? [] : cursor.parenthesised(parseValue);
  return { kind: 'MergeInsert', span: cursor.spanFrom(start), columns, isRow, values };
}

function parseMergeUpdate(cursor: Cursor): MergeUpdate {
  const { start } = cursor.advance();
  cursor.expectKeyword('SET');
  const items = cursor.list(parseUpdateItem);
  return { kind: 'MergeUpdate', span: cursor.spanFrom(start), items };
}

function parseMergeDelete(cursor: Cursor): MergeDelete {
  if (!cursor.isKeyword('DELETE')) cursor.failExpected('keyword DELETE or keyword INSERT or keyword UPDATE');
  const { start } = cursor.advance();
  return { kind: 'MergeDelete', span: cursor.spanFrom(start) };
}
