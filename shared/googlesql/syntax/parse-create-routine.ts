import type { Expression, StringLiteral, TypeNode } from './ast.ts';
import type { CreateFunctionStatement, CreateProcedureStatement, CreateTableFunctionStatement, RoutineParameter } from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { refuseQuery } from './parse-conditional.ts';
import { type CreateStart, parseIfNotExists } from './parse-create.ts';
import { parseExpression } from './parse-expression.ts';
import { parseString } from './parse-literal.ts';
import { isName, parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseOptions, parseWithConnection } from './parse-option.ts';
import { parseQuery } from './parse-query.ts';
import { parseBlock } from './parse-scripting.ts';
import { parseTableType, parseType } from './parse-type.ts';

export function parseCreateFunction(cursor: Cursor, { start, isOrReplace, isTemp }: CreateStart): CreateFunctionStatement {
  const isAggregate = cursor.takeKeyword('AGGREGATE');
  cursor.expectKeyword('FUNCTION');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const parameters = parseParameters(cursor);
  const returns = parseReturns(cursor);
  const determinism = parseDeterminism(cursor);
  const language = cursor.takeKeyword('LANGUAGE') ? parseIdentifier(cursor).name.toUpperCase() : undefined;
  const isRemote = language === undefined && cursor.takeKeyword('REMOTE');
  const connection = parseWithConnection(cursor);
  const early = parseOptions(cursor);
  const body = parseFunctionBody(cursor, language !== undefined);
  const options = early ?? parseOptions(cursor);
  return {
    kind: 'CreateFunctionStatement',
    statementType: 'CREATE_FUNCTION',
    span: cursor.spanFrom(start),
    isOrReplace,
    isTemp,
    isAggregate,
    isIfNotExists,
    name,
    parameters,
    returns,
    determinism,
    language,
    isRemote,
    connection,
    options,
    ...body,
  };
}

type FunctionBody = { readonly body: Expression | undefined; readonly code: StringLiteral | undefined };

/** `AS (expression)` or `AS "code"`; a function in another language has code. */
function parseFunctionBody(cursor: Cursor, hasLanguage: boolean): FunctionBody {
  if (!cursor.takeKeyword('AS')) return { body: undefined, code: undefined };
  if (cursor.token.kind === 'string' && hasLanguage) return { body: undefined, code: parseString(cursor) };
  if (hasLanguage) cursor.failExpected('string literal');
  if (cursor.token.kind === 'string') return { body: undefined, code: parseString(cursor) };
  if (!cursor.takeSymbol('(')) cursor.failExpected('"(" or string literal');
  refuseQuery(cursor, 'The body of each CREATE FUNCTION statement is an expression');
  const body = parseExpression(cursor);
  cursor.expectSymbol(')');
  return { body, code: undefined };
}

function parseReturns(cursor: Cursor): TypeNode | undefined {
  if (!cursor.takeKeyword('RETURNS')) return undefined;
  if (cursor.isKeyword('ANY')) cursor.fail('Templated types are not allowed in the RETURNS clause');
  return parseType(cursor);
}

function parseDeterminism(cursor: Cursor): CreateFunctionStatement['determinism'] {
  if (cursor.takeWords('NOT', 'DETERMINISTIC')) return 'NOT DETERMINISTIC';
  for (const word of ['DETERMINISTIC', 'IMMUTABLE', 'STABLE', 'VOLATILE'] as const) if (cursor.takeKeyword(word)) return word;
  return undefined;
}

function parseParameters(cursor: Cursor, isProcedure = false): RoutineParameter[] {
  if (!cursor.takeSymbol('(')) cursor.failExpected('"(" or "."');
  const parameters = cursor.isSymbol(')') ? [] : cursor.list((inside) => parseParameter(inside, isProcedure));
  cursor.expectListEnd(')');
  return parameters;
}

/** `[IN|OUT|INOUT] [name] type [NOT AGGREGATE] [DEFAULT value]`. */
function parseParameter(cursor: Cursor, isProcedure: boolean): RoutineParameter {
  const { start } = cursor.token;
  const mode = isProcedure ? parseMode(cursor) : undefined;
  const name = isNamed(cursor) ? parseIdentifier(cursor) : undefined;
  if (isProcedure && !name) failUnnamed(cursor);
  const type = parseParameterType(cursor);
  const isNotAggregate = cursor.isKeyword('NOT') && cursor.takeWords('NOT', 'AGGREGATE');
  const defaultValue = cursor.takeKeyword('DEFAULT') ? parseExpression(cursor) : undefined;
  return { kind: 'RoutineParameter', span: cursor.spanFrom(start), name, mode, type, isNotAggregate, defaultValue };
}

function failUnnamed(cursor: Cursor): never {
  if (isName(cursor.token)) cursor.advance();
  return cursor.fail(
    'Unexpected end of parameter. Parameters should be in the format [<parameter mode>] <parameter name> <type>. If IN/OUT/INOUT is intended to be the name of a parameter, it must be escaped with backticks',
  );
}

/** `out INT64` is a parameter called out: a mode has a name and a type after it. */
function parseMode(cursor: Cursor): RoutineParameter['mode'] {
  const { keyword } = cursor.token;
  if (keyword !== 'IN' && keyword !== 'OUT' && keyword !== 'INOUT') return undefined;
  cursor.advance();
  return keyword;
}

const isNamed = (cursor: Cursor): boolean => isName(cursor.token) && startsType(cursor, 1);

function startsType(cursor: Cursor, distance: number): boolean {
  const token = cursor.peek(distance);
  return isName(token) || ['ANY', 'ARRAY', 'STRUCT', 'RANGE', 'INTERVAL'].includes(token.keyword);
}

function parseParameterType(cursor: Cursor): TypeNode {
  const { start } = cursor.token;
  if (cursor.isKeyword('TABLE') && cursor.isSymbolAt(1, '<')) return parseTableType(cursor);
  if (!cursor.takeKeyword('ANY')) return parseType(cursor);
  const of = cursor.takeKeyword('TABLE') ? 'TABLE' : 'TYPE';
  if (of === 'TYPE' && !cursor.takeKeyword('TYPE')) cursor.fail('unexpected ANY template type');
  return { kind: 'TemplatedType', span: cursor.spanFrom(start), of };
}

export function parseCreateTableFunction(cursor: Cursor, { start, isOrReplace, isTemp }: CreateStart): CreateTableFunctionStatement {
  if (isTemp) cursor.failUnexpected();
  cursor.expectKeyword('TABLE');
  cursor.expectKeyword('FUNCTION');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const parameters = parseParameters(cursor);
  const returns = cursor.takeKeyword('RETURNS') ? parseTableType(cursor) : undefined;
  const early = parseOptions(cursor);
  const query = cursor.takeKeyword('AS') ? parseQuery(cursor) : undefined;
  const options = early ?? parseOptions(cursor);
  const statementType = 'CREATE_TABLE_FUNCTION';
  const span = cursor.spanFrom(start);
  return {
    kind: 'CreateTableFunctionStatement',
    statementType,
    span,
    isOrReplace,
    isIfNotExists,
    name,
    parameters,
    returns,
    options,
    query,
  };
}

export function parseCreateProcedure(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateProcedureStatement {
  cursor.expectKeyword('PROCEDURE');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const parameters = parseParameters(cursor, true);
  const externalSecurity = cursor.takeWords('EXTERNAL', 'SECURITY') ? parseIdentifier(cursor).name.toUpperCase() : undefined;
  const connection = parseWithConnection(cursor);
  const options = parseOptions(cursor);
  const language = cursor.takeKeyword('LANGUAGE') ? parseIdentifier(cursor).name.toUpperCase() : undefined;
  const code = language !== undefined && cursor.takeKeyword('AS') ? parseString(cursor) : undefined;
  const body = language === undefined ? parseBlock(cursor, undefined) : undefined;
  return {
    kind: 'CreateProcedureStatement',
    statementType: 'CREATE_PROCEDURE',
    span: cursor.spanFrom(start),
    isOrReplace,
    isIfNotExists,
    name,
    parameters,
    externalSecurity,
    connection,
    options,
    language,
    code,
    body: body ? [body] : undefined,
  };
}
