import { SqlError } from './sql-error.ts';
import type { Script, Statement } from './syntax/ast-statement.ts';
import { Cursor } from './syntax/cursor.ts';
import { DEFAULT_LIMITS, type Limits } from './syntax/limits.ts';
import { checkDeclaration } from './syntax/parse-scripting.ts';
import { parseStatement } from './syntax/parse-statement.ts';

/**
 * Reads a text of one or more GoogleSQL statements, separated by semicolons, into its syntax tree: `{ text, statements }`, where every
 * node has its `span` in UTF-16 units of the text. The grammar is BigQuery's ("GoogleSQL" reference, lexical structure to procedural
 * language). Time and memory are linear in the text; `limits` counts UTF-16 units, tokens and levels.
 *
 * Throws SqlError at the first mistake, with line and column from 1 as BigQuery counts them: kind 'syntax'; 'analysis' where Google words a
 * mistake of form without `Syntax error:`; 'unsupported' for what is not offered, by its name; 'limit' for a text that is too large.
 */
export function parseScript(text: string, limits: Limits = DEFAULT_LIMITS): Script {
  if (LEGACY.test(text)) throw new SqlError('unsupported', 'Legacy SQL (#legacySQL) is another language', text, 0);
  if (!text.isWellFormed()) throw new SqlError('syntax', 'Structurally invalid UTF8 string', text, 0);
  try {
    return { text, statements: parseStatements(new Cursor(text, limits)) };
  } catch (error) {
    if (error instanceof RangeError) throw new SqlError('limit', 'The query is too deeply nested', text, 0);
    throw error;
  }
}

/** BigQuery reads a text that starts so as Legacy SQL, whatever the request says. */
const LEGACY = /^\s*#legacySQL\b/i;

function parseStatements(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  if (cursor.isEnd()) cursor.failUnexpected();
  while (!cursor.isEnd()) {
    const statement = parseStatement(cursor);
    checkDeclaration(cursor, statements, statement);
    statements.push(statement);
    if (!cursor.takeSymbol(';') && !cursor.isEnd()) cursor.failExpected('end of input');
  }
  return statements;
}
