import type { Expression, Identifier } from './ast.ts';
import type { BeginEndStatement, CaseStatement, ConditionalBody, IfStatement, ScriptingStatement, Statement } from './ast-statement.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isName, parseIdentifier } from './parse-name.ts';
import { parseParenthesisedQuery } from './parse-query.ts';
import { parseStatement } from './parse-statement.ts';

const SCRIPT = 'SCRIPT';

/** Statements, each closed by a semicolon, until one of these words. DECLARE comes first or not at all. */
function parseBody(cursor: Cursor, ends: readonly string[]): Statement[] {
  return cursor.nested(() => {
    const statements: Statement[] = [];
    while (!ends.includes(cursor.token.keyword)) {
      if (cursor.isEnd()) cursor.failUnexpected();
      if (ends.length === 1 && statements.length > 0 && BLOCK_WORDS.has(cursor.token.keyword)) cursor.failExpected(`keyword ${ends[0]}`);
      const statement = parseStatement(cursor);
      checkDeclaration(cursor, statements, statement);
      statements.push(statement);
      cursor.expectSymbol(';');
    }
    return statements;
  });
}

/** Words that belong to a block, but to none that is open. */
const BLOCK_WORDS: ReadonlySet<string> = new Set(['WHEN', 'EXCEPTION', 'ELSE', 'ELSEIF', 'UNTIL', 'END']);

export function checkDeclaration(cursor: Cursor, before: readonly Statement[], statement: Statement): void {
  if (statement.kind !== 'DeclareStatement' || before.every(({ kind }) => kind === 'DeclareStatement')) return;
  cursor.failPlain('Variable declarations are allowed only at the start of a block or script', statement.span.start);
}

/** `BEGIN … [EXCEPTION WHEN ERROR THEN …] END`. */
export function parseBlock(cursor: Cursor, label: Identifier | undefined): BeginEndStatement {
  const start = label?.span.start ?? cursor.token.start;
  cursor.expectKeyword('BEGIN');
  const body = parseBody(cursor, ['END', 'EXCEPTION']);
  const exceptionHandler = cursor.takeKeyword('EXCEPTION') ? parseHandler(cursor) : undefined;
  cursor.expectKeyword('END');
  parseEndLabel(cursor, label);
  return { kind: 'BeginEndStatement', statementType: SCRIPT, span: cursor.spanFrom(start), label, body, exceptionHandler };
}

function parseHandler(cursor: Cursor): Statement[] {
  cursor.expectKeyword('WHEN');
  cursor.expectKeyword('ERROR');
  cursor.expectKeyword('THEN');
  return parseBody(cursor, ['END']);
}

function parseEndLabel(cursor: Cursor, label: Identifier | undefined): void {
  if (!isName(cursor.token)) return;
  const { start } = cursor.token;
  if (!label) cursor.fail(`End label ${cursor.token.text} without a begin label`, start);
  const end = parseIdentifier(cursor);
  if (end.name.toLowerCase() !== label.name.toLowerCase()) {
    cursor.failPlain(`Mismatched end label; expected ${label.name}, got ${end.name}`, start);
  }
}

export function parseIf(cursor: Cursor): IfStatement {
  const { start } = cursor.expectKeyword('IF');
  const branches = [parseIfBranch(cursor, start)];
  while (cursor.isKeyword('ELSEIF')) branches.push(parseIfBranch(cursor, cursor.advance().start));
  const elseBody = cursor.takeKeyword('ELSE') ? parseBody(cursor, ['END']) : undefined;
  cursor.expectKeyword('END');
  cursor.expectKeyword('IF');
  return { kind: 'IfStatement', statementType: SCRIPT, span: cursor.spanFrom(start), branches, elseBody };
}

function parseIfBranch(cursor: Cursor, start: number): ConditionalBody {
  const condition = parseExpression(cursor);
  cursor.expectKeyword('THEN');
  const body = parseBody(cursor, ['END', 'ELSEIF', 'ELSE']);
  return { kind: 'ConditionalBody', span: cursor.spanFrom(start), condition, body };
}

export function parseCaseStatement(cursor: Cursor): CaseStatement {
  const { start } = cursor.expectKeyword('CASE');
  const operand = cursor.isKeyword('WHEN') ? undefined : parseExpression(cursor);
  const branches: ConditionalBody[] = [];
  do branches.push(parseCaseBranch(cursor));
  while (cursor.isKeyword('WHEN'));
  const elseBody = cursor.takeKeyword('ELSE') ? parseBody(cursor, ['END']) : undefined;
  cursor.expectKeyword('END');
  cursor.expectKeyword('CASE');
  return { kind: 'CaseStatement', statementType: SCRIPT, span: cursor.spanFrom(start), operand, branches, elseBody };
}

function parseCaseBranch(cursor: Cursor): ConditionalBody {
  const { start } = cursor.expectKeyword('WHEN');
  const condition = parseExpression(cursor);
  cursor.expectKeyword('THEN');
  const body = parseBody(cursor, ['END', 'WHEN', 'ELSE']);
  return { kind: 'ConditionalBody', span: cursor.spanFrom(start), condition, body };
}

/** `label: BEGIN …`, `label: LOOP …`. */
export function parseLabelled(cursor: Cursor): ScriptingStatement {
  const label = parseIdentifier(cursor);
  cursor.expectSymbol(':');
  const { keyword } = cursor.token;
  if (keyword === 'BEGIN') return parseBlock(cursor, label);
  return parseLoop(cursor, label) ?? cursor.failUnexpected();
}

/** LOOP, WHILE, REPEAT, FOR; undefined where none starts. */
export function parseLoop(cursor: Cursor, label: Identifier | undefined): ScriptingStatement | undefined {
  const start = label?.span.start ?? cursor.token.start;
  switch (cursor.token.keyword) {
    case 'LOOP': {
      cursor.advance();
      const body = parseBody(cursor, ['END']);
      endLoop(cursor, 'LOOP', label);
      return { kind: 'LoopStatement', statementType: SCRIPT, span: cursor.spanFrom(start), label, body };
    }
    case 'WHILE': {
      cursor.advance();
      const { condition, body } = parseConditionalLoop(cursor);
      endLoop(cursor, 'WHILE', label);
      return { kind: 'WhileStatement', statementType: SCRIPT, span: cursor.spanFrom(start), label, condition, body };
    }
    case 'REPEAT': {
      cursor.advance();
      const body = parseBody(cursor, ['UNTIL']);
      cursor.expectKeyword('UNTIL');
      const until = parseExpression(cursor);
      endLoop(cursor, 'REPEAT', label);
      return { kind: 'RepeatStatement', statementType: SCRIPT, span: cursor.spanFrom(start), label, body, until };
    }
    case 'FOR':
      return parseForIn(cursor, start, label);
    default:
      return undefined;
  }
}

function parseConditionalLoop(cursor: Cursor): { readonly condition: Expression; readonly body: Statement[] } {
  const condition = parseExpression(cursor);
  cursor.expectKeyword('DO');
  return { condition, body: parseBody(cursor, ['END']) };
}

function endLoop(cursor: Cursor, keyword: string, label: Identifier | undefined): void {
  cursor.expectKeyword('END');
  cursor.expectKeyword(keyword);
  parseEndLabel(cursor, label);
}

function parseForIn(cursor: Cursor, start: number, label: Identifier | undefined): ScriptingStatement {
  cursor.advance();
  const variable = parseIdentifier(cursor);
  cursor.expectKeyword('IN');
  const query = parseParenthesisedQuery(cursor);
  cursor.expectKeyword('DO');
  const body = parseBody(cursor, ['END']);
  endLoop(cursor, 'FOR', label);
  return { kind: 'ForInStatement', statementType: SCRIPT, span: cursor.spanFrom(start), label, variable, query, body };
}
