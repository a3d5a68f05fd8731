import type { Identifier, SystemVariable } from './ast.ts';
import type {
  BreakStatement,
  CallStatement,
  ContinueStatement,
  DeclareStatement,
  ExecuteImmediateStatement,
  ExecuteUsing,
  RaiseStatement,
  ReturnStatement,
  SetStatement,
  TransactionStatement,
} from './ast-statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseAsAlias, parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseSystemVariable } from './parse-primary.ts';
import { parseTableArgument } from './parse-table.ts';
import { parseType } from './parse-type.ts';

const SCRIPT = 'SCRIPT';

export function parseDeclare(cursor: Cursor): DeclareStatement {
  const { start } = cursor.expectKeyword('DECLARE');
  const variables = cursor.list(parseIdentifier);
  const type = cursor.isKeyword('DEFAULT') ? undefined : parseType(cursor);
  const defaultValue = cursor.takeKeyword('DEFAULT') ? parseExpression(cursor) : undefined;
  return { kind: 'DeclareStatement', statementType: SCRIPT, span: cursor.spanFrom(start), variables, type, defaultValue };
}

/** `SET x = …`, `SET @@x = …`, `SET (a, b) = …`. */
export function parseSet(cursor: Cursor): SetStatement {
  const { start } = cursor.expectKeyword('SET');
  const isTuple = cursor.isSymbol('(');
  const targets = isTuple ? parseVariables(cursor) : [parseTarget(cursor)];
  if (cursor.isSymbol(',') && targets[0]?.kind === 'Identifier' && !isTuple) failUnparenthesised(cursor, targets[0]);
  if (!cursor.takeSymbol('=')) cursor.failExpected(isTuple || targets[0]?.kind === 'SystemVariable' ? '"="' : '"," or "="');
  const value = parseExpression(cursor);
  return { kind: 'SetStatement', statementType: SCRIPT, span: cursor.spanFrom(start), targets, isTuple, value };
}

function parseVariables(cursor: Cursor): (Identifier | SystemVariable)[] {
  cursor.expectSymbol('(');
  if (cursor.isSymbol(')')) cursor.failPlain('Parenthesized SET statement requires a variable list');
  const variables = cursor.list(parseVariable);
  cursor.expectSymbol(')');
  return variables;
}

function failUnparenthesised(cursor: Cursor, first: Identifier): never {
  while (cursor.takeSymbol(',')) parseIdentifier(cursor);
  cursor.expectSymbol('=');
  return cursor.failPlain('Using SET with multiple variables requires parentheses around the variable list', first.span.start);
}

const parseVariable = (cursor: Cursor): Identifier | SystemVariable => parseIdentifier(cursor);

const parseTarget = (cursor: Cursor): Identifier | SystemVariable =>
  cursor.isSymbol('@@') ? parseSystemVariable(cursor) : parseIdentifier(cursor);

/** `EXECUTE IMMEDIATE sql [INTO a, b] [USING x AS p, …]`. */
export function parseExecuteImmediate(cursor: Cursor): ExecuteImmediateStatement {
  const { start } = cursor.expectKeyword('EXECUTE');
  cursor.expectKeyword('IMMEDIATE');
  const sql = parseExpression(cursor);
  const into = cursor.takeKeyword('INTO') ? cursor.list(parseIdentifier) : [];
  const using = cursor.takeKeyword('USING') ? cursor.list(parseUsing) : [];
  return { kind: 'ExecuteImmediateStatement', statementType: SCRIPT, span: cursor.spanFrom(start), sql, into, using };
}

function parseUsing(cursor: Cursor): ExecuteUsing {
  const value = parseExpression(cursor);
  const name = parseAsAlias(cursor);
  return { kind: 'ExecuteUsing', span: cursor.spanFrom(value.span.start), value, name };
}

export function parseCallStatement(cursor: Cursor): CallStatement {
  const { start } = cursor.expectKeyword('CALL');
  const procedure = parseObjectPath(cursor);
  if (!cursor.takeSymbol('(')) cursor.failExpected('"(" or "."');
  const given = cursor.isSymbol(')') ? [] : cursor.list(parseTableArgument);
  cursor.expectSymbol(')');
  return { kind: 'CallStatement', statementType: 'CALL', span: cursor.spanFrom(start), procedure, arguments: given };
}

/** BREAK, LEAVE, CONTINUE, ITERATE. */
export function parseJump(cursor: Cursor): BreakStatement | ContinueStatement {
  const { start, keyword } = cursor.advance();
  const label = isName(cursor.token) ? parseIdentifier(cursor) : undefined;
  const kind = keyword === 'BREAK' || keyword === 'LEAVE' ? 'BreakStatement' : 'ContinueStatement';
  return { kind, statementType: SCRIPT, span: cursor.spanFrom(start), label };
}

export function parseReturn(cursor: Cursor): ReturnStatement {
  const { start } = cursor.expectKeyword('RETURN');
  return { kind: 'ReturnStatement', statementType: SCRIPT, span: cursor.spanFrom(start) };
}

/** `RAISE [USING MESSAGE = …]`. */
export function parseRaise(cursor: Cursor): RaiseStatement {
  const { start } = cursor.expectKeyword('RAISE');
  let message: RaiseStatement['message'];
  if (cursor.takeKeyword('USING')) {
    cursor.expectKeyword('MESSAGE');
    cursor.expectSymbol('=');
    message = parseExpression(cursor);
  }
  return { kind: 'RaiseStatement', statementType: SCRIPT, span: cursor.spanFrom(start), message };
}

/** BEGIN, COMMIT, ROLLBACK, each with an optional TRANSACTION. */
export function parseTransaction(cursor: Cursor): TransactionStatement {
  const { start, keyword } = cursor.advance();
  cursor.takeKeyword('TRANSACTION');
  const span = cursor.spanFrom(start);
  if (keyword === 'COMMIT') return { kind: 'CommitStatement', statementType: 'COMMIT_TRANSACTION', span };
  if (keyword === 'ROLLBACK') return { kind: 'RollbackStatement', statementType: 'ROLLBACK_TRANSACTION', span };
  return { kind: 'BeginTransactionStatement', statementType: 'BEGIN_TRANSACTION', span };
}
