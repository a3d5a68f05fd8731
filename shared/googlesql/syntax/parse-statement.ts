import type { QueryStatement, Statement } from './ast-statement.ts';
import type { Cursor } from './cursor.ts';
import { parseAlter } from './parse-alter.ts';
import { parseCreate } from './parse-create.ts';
import { parseAssert, parseExport, parseGrant, parseLoadData, parseRevoke } from './parse-data-movement.ts';
import { parseDelete, parseInsert, parseMerge, parseTruncate, parseUpdate } from './parse-dml.ts';
import { parseDrop, parseUndrop } from './parse-drop.ts';
import { isName } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { parseQuery } from './parse-query.ts';
import { parseBlock, parseCaseStatement, parseIf, parseLabelled, parseLoop } from './parse-scripting.ts';
import {
  parseCallStatement,
  parseDeclare,
  parseExecuteImmediate,
  parseJump,
  parseRaise,
  parseReturn,
  parseSet,
  parseTransaction,
} from './parse-simple-scripting.ts';

const STATEMENTS: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  SELECT: parseQueryStatement,
  WITH: parseQueryStatement,
  FROM: parseQueryStatement,
  INSERT: parseInsert,
  UPDATE: parseUpdate,
  DELETE: parseDelete,
  MERGE: parseMerge,
  TRUNCATE: parseTruncate,
  CREATE: parseCreate,
  ALTER: parseAlter,
  DROP: parseDrop,
  UNDROP: parseUndrop,
  EXPORT: parseExport,
  LOAD: parseLoadData,
  ASSERT: parseAssert,
  GRANT: parseGrant,
  REVOKE: parseRevoke,
  COMMIT: parseTransaction,
  ROLLBACK: parseTransaction,
  DECLARE: parseDeclare,
  SET: parseSet,
  EXECUTE: parseExecuteImmediate,
  CALL: parseCallStatement,
  IF: parseIf,
  CASE: parseCaseStatement,
  BREAK: parseJump,
  LEAVE: parseJump,
  CONTINUE: parseJump,
  ITERATE: parseJump,
  RETURN: parseReturn,
  RAISE: parseRaise,
  GRAPH: (cursor) => cursor.failUnsupported('GRAPH'),
};

/** The procedural language takes no hints. */
const UNHINTED: Readonly<Record<string, true>> = { IF: true, CASE: true, LOOP: true, WHILE: true, REPEAT: true, FOR: true, DECLARE: true };

/** One statement, without its semicolon. */
export function parseStatement(cursor: Cursor): Statement {
  const hint = parseHint(cursor);
  const { token } = cursor;
  if (hint && (token.keyword in UNHINTED || (token.keyword === '' && token.kind === 'word') || token.keyword === 'BEGIN'))
    cursor.failUnexpected();
  if (cursor.isSymbol('(')) return parseQueryStatement(cursor);
  if (isName(token) && cursor.isSymbolAt(1, ':')) return parseLabelled(cursor);
  if (token.keyword === 'BEGIN') return isTransaction(cursor) ? parseTransaction(cursor) : parseBlock(cursor, undefined);
  const parse = STATEMENTS[token.keyword];
  return parse && token.keyword !== '' ? parse(cursor) : (parseLoop(cursor, undefined) ?? cursor.failUnexpected());
}

/** `BEGIN;` and `BEGIN TRANSACTION` start a transaction, any other BEGIN a block. */
function isTransaction(cursor: Cursor): boolean {
  const next = cursor.peek();
  return next.keyword === 'TRANSACTION' || next.kind === 'end' || cursor.isSymbolAt(1, ';');
}

function parseQueryStatement(cursor: Cursor): QueryStatement {
  const query = parseQuery(cursor);
  return { kind: 'QueryStatement', statementType: 'SELECT', span: query.span, query };
}
