import type { Expression, PathExpression } from './ast.ts';
import type {
  CreateIndexStatement,
  CreateModelStatement,
  CreateResourceStatement,
  CreateRowAccessPolicyStatement,
  CreateSchemaStatement,
  IndexColumn,
  JsonText,
  NamedQuery,
} from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { parseTypedNames } from './parse-column-definition.ts';
import { type CreateStart, parseIfNotExists } from './parse-create.ts';
import { parseDefaultCollation } from './parse-create-table.ts';
import { parseExpression } from './parse-expression.ts';
import { parseString } from './parse-literal.ts';
import { isName, parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseOptions, parseWithConnection } from './parse-option.ts';
import { parseDirection } from './parse-order.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseParenthesisedQuery, parseQuery } from './parse-query.ts';
import { parseSelectItem, parseSelectList } from './parse-select.ts';
import { parsePartitionBy } from './parse-window.ts';

export function parseCreateSchema(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateSchemaStatement {
  const isExternal = cursor.takeKeyword('EXTERNAL');
  cursor.expectKeyword('SCHEMA');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const collation = isExternal ? undefined : parseDefaultCollation(cursor);
  const connection = isExternal ? parseWithConnection(cursor) : undefined;
  const options = parseOptions(cursor) ?? (isExternal ? cursor.failExpected('keyword OPTIONS') : undefined);
  const statementType = isExternal ? 'CREATE_EXTERNAL_SCHEMA' : 'CREATE_SCHEMA';
  const span = cursor.spanFrom(start);
  return {
    kind: 'CreateSchemaStatement',
    statementType,
    span,
    isOrReplace,
    isIfNotExists,
    isExternal,
    name,
    collation,
    connection,
    options,
  };
}

export function parseCreateModel(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateModelStatement {
  cursor.expectKeyword('MODEL');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const transform = cursor.takeKeyword('TRANSFORM') ? parseTransform(cursor) : [];
  const inputs = cursor.takeKeyword('INPUT') ? parseTypedNames(cursor) : undefined;
  if (inputs) cursor.expectKeyword('OUTPUT');
  const outputs = inputs ? parseTypedNames(cursor) : undefined;
  const isRemote = cursor.takeKeyword('REMOTE');
  const connection = isRemote ? parseWithConnection(cursor) : undefined;
  const options = parseOptions(cursor);
  const namedQueries = isNamedQueries(cursor) ? parseNamedQueries(cursor) : [];
  const query = namedQueries.length === 0 && cursor.takeKeyword('AS') ? parseQuery(cursor) : undefined;
  return {
    kind: 'CreateModelStatement',
    statementType: 'CREATE_MODEL',
    span: cursor.spanFrom(start),
    isOrReplace,
    isIfNotExists,
    name,
    transform,
    inputs,
    outputs,
    isRemote,
    connection,
    options,
    query,
    namedQueries,
  };
}

function parseTransform(cursor: Cursor) {
  cursor.expectSymbol('(');
  const items = parseSelectList(cursor, parseSelectItem);
  cursor.expectListEnd(')');
  return items;
}

const isNamedQueries = (cursor: Cursor): boolean =>
  cursor.isKeyword('AS') && cursor.isSymbolAt(1, '(') && isName(cursor.peek(2)) && cursor.peek(3).keyword === 'AS';

function parseNamedQueries(cursor: Cursor): NamedQuery[] {
  cursor.advance();
  return cursor.parenthesised(parseNamedQuery);
}

function parseNamedQuery(cursor: Cursor): NamedQuery {
  const name = parseIdentifier(cursor);
  cursor.expectKeyword('AS');
  const query = parseParenthesisedQuery(cursor);
  return { kind: 'NamedQuery', span: cursor.spanFrom(name.span.start), name, query };
}

export function parseCreateRowAccessPolicy(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateRowAccessPolicyStatement {
  cursor.expectKeyword('ROW');
  cursor.takeKeyword('ACCESS');
  cursor.expectKeyword('POLICY');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parsePolicyName(cursor);
  cursor.expectKeyword('ON');
  const table = parseObjectPath(cursor);
  const grantees = cursor.isKeyword('GRANT') ? parseGrantTo(cursor) : [];
  const filter = parseFilterUsing(cursor);
  const statementType = 'CREATE_ROW_ACCESS_POLICY';
  const span = cursor.spanFrom(start);
  const kind = 'CreateRowAccessPolicyStatement';
  return { kind, statementType, span, isOrReplace, isIfNotExists, name, table, grantees, filter, options: undefined };
}

/** A policy's name has no dots: it lives in its table. */
export function parsePolicyName(cursor: Cursor): PathExpression {
  const name = parseIdentifier(cursor);
  return { kind: 'PathExpression', span: name.span, names: [name] };
}

/** `GRANT TO ("user:…", …)`. */
export function parseGrantTo(cursor: Cursor): Expression[] {
  cursor.expectKeyword('GRANT');
  cursor.expectKeyword('TO');
  return cursor.parenthesised(parseGrantee);
}

/** A string or a parameter. */
export function parseGrantee(cursor: Cursor): Expression {
  const { token } = cursor;
  const isAllowed = token.kind === 'string' || cursor.isSymbol('@') || cursor.isSymbol('?') || cursor.isSymbol('@@');
  return isAllowed ? parsePrimary(cursor) : cursor.failExpected('"@" or "@@" or string literal');
}

/** `FILTER USING (condition)`. */
export function parseFilterUsing(cursor: Cursor): Expression {
  cursor.expectKeyword('FILTER');
  cursor.expectKeyword('USING');
  cursor.expectSymbol('(');
  const filter = parseExpression(cursor);
  cursor.expectSymbol(')');
  return filter;
}

export function parseCreateIndex(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateIndexStatement {
  const indexType = cursor.advance().keyword === 'SEARCH' ? 'SEARCH' : 'VECTOR';
  cursor.expectKeyword('INDEX');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  cursor.expectKeyword('ON');
  const table = parseObjectPath(cursor);
  const indexed = parseIndexed(cursor);
  const storing = cursor.takeKeyword('STORING') ? cursor.parenthesised(parseExpression) : [];
  const partitionBy = parsePartitionBy(cursor, false);
  const options = parseOptions(cursor);
  return {
    kind: 'CreateIndexStatement',
    statementType: `CREATE_${indexType}_INDEX`,
    span: cursor.spanFrom(start),
    isOrReplace,
    isIfNotExists,
    indexType,
    name,
    table,
    ...indexed,
    storing,
    partitionBy,
    options,
  };
}

/** `(ALL COLUMNS [WITH COLUMN OPTIONS (…)])` or `(a OPTIONS (…), b DESC)`. */
function parseIndexed(cursor: Cursor): Pick<CreateIndexStatement, 'isAllColumns' | 'columns'> {
  if (!(cursor.isSymbolAt(0, '(') && cursor.peek().keyword === 'ALL'))
    return { isAllColumns: false, columns: cursor.parenthesised(parseIndexColumn) };
  cursor.advance();
  cursor.advance();
  cursor.expectKeyword('COLUMNS');
  const columns = cursor.takeKeyword('WITH') ? parseColumnOptions(cursor) : [];
  if (!cursor.takeSymbol(')')) cursor.failExpected(columns.length > 0 ? '")"' : '")" or keyword WITH');
  return { isAllColumns: true, columns };
}

function parseColumnOptions(cursor: Cursor): IndexColumn[] {
  cursor.expectKeyword('COLUMN');
  cursor.expectKeyword('OPTIONS');
  return cursor.parenthesised(parseIndexColumn);
}

function parseIndexColumn(cursor: Cursor): IndexColumn {
  const expression = parseExpression(cursor);
  const { direction } = parseDirection(cursor);
  const options = parseOptions(cursor);
  return { kind: 'IndexColumn', span: cursor.spanFrom(expression.span.start), expression, direction, options };
}

/** Things of administration: a name, options, or the old `AS JSON '…'`. */
export const RESOURCES: readonly string[] = ['CAPACITY', 'RESERVATION', 'ASSIGNMENT', 'CONNECTION', 'DATA_POLICY', 'BI_CAPACITY'];

export function parseCreateResource(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateResourceStatement {
  const objectType = RESOURCES.find((word) => cursor.isWord(word)) ?? failObjectType(cursor);
  cursor.advance();
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const table = cursor.takeKeyword('ON') ? parseObjectPath(cursor) : undefined;
  const options = parseOptions(cursor);
  const json = parseAsJson(cursor);
  const statementType = `CREATE_${objectType}`;
  const span = cursor.spanFrom(start);
  return { kind: 'CreateResourceStatement', statementType, span, isOrReplace, isIfNotExists, objectType, name, table, options, json };
}

export function failObjectType(cursor: Cursor): never {
  const { token } = cursor;
  if (cursor.areWords('PROPERTY', 'GRAPH')) cursor.failUnsupported('PROPERTY GRAPH');
  const isPlainName = token.kind === 'word' && !token.isReserved && token.keyword === '';
  return isPlainName ? cursor.failPlain(`${token.text} is not a supported object type`) : cursor.failUnexpected();
}

/** `AS JSON '{…}'`, if it stands here. */
export function parseAsJson(cursor: Cursor): JsonText | undefined {
  if (!cursor.takeKeyword('AS')) return undefined;
  const { start } = cursor.expectKeyword('JSON');
  const { value } = parseString(cursor);
  return { kind: 'JsonText', span: cursor.spanFrom(start), value };
}
