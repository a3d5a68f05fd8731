import type { Expression, Identifier, StructTypeField } from './ast.ts';
import type { ColumnDefinition, ForeignKeyReference, GeneratedColumn, TableConstraint } from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { parseIfNotExists } from './parse-create.ts';
import { parseExpression } from './parse-expression.ts';
import { parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseOptions } from './parse-option.ts';
import { parseType } from './parse-type.ts';

/** `(column, …, constraint, …)` of CREATE TABLE; a comma may close the list. */
export function parseTableElements(cursor: Cursor): { columns: ColumnDefinition[]; constraints: TableConstraint[] } {
  const columns: ColumnDefinition[] = [];
  const constraints: TableConstraint[] = [];
  cursor.expectSymbol('(');
  if (cursor.isSymbol(')')) cursor.failPlain('A table must define at least one column.');
  do {
    if (cursor.isSymbol(')')) break;
    const constraint = parseTableConstraint(cursor);
    if (constraint) constraints.push(constraint);
    else columns.push(parseColumnDefinition(cursor));
  } while (cursor.takeSymbol(','));
  cursor.expectListEnd(')');
  return { columns, constraints };
}

type Attributes = { -readonly [Key in keyof Omit<ColumnDefinition, 'kind' | 'span' | 'name' | 'type'>]: ColumnDefinition[Key] };

export function parseColumnDefinition(cursor: Cursor): ColumnDefinition {
  const name = parseIdentifier(cursor);
  const type = parseType(cursor);
  const attributes: Attributes = {
    isNotNull: false,
    isPrimaryKey: false,
    isNotEnforced: false,
    references: undefined,
    constraintName: undefined,
    defaultValue: undefined,
    generated: undefined,
    collation: undefined,
    options: undefined,
  };
  while (parseAttribute(cursor, attributes));
  return { kind: 'ColumnDefinition', span: cursor.spanFrom(name.span.start), name, type, ...attributes };
}

/** One more property of a column; false where none follows. */
function parseAttribute(cursor: Cursor, attributes: Attributes): boolean {
  if (cursor.takeKeyword('CONSTRAINT')) attributes.constraintName = parseIdentifier(cursor);
  if (cursor.isKeyword('NOT') && cursor.peek().keyword === 'NULL' && !attributes.isNotNull) {
    attributes.isNotNull = cursor.takeWords('NOT', 'NULL');
  } else if (cursor.isKeyword('PRIMARY') && !attributes.isPrimaryKey) {
    cursor.advance();
    cursor.expectKeyword('KEY');
    attributes.isPrimaryKey = true;
    attributes.isNotEnforced = parseEnforcement(cursor);
  } else if (cursor.isKeyword('REFERENCES') && !attributes.references) {
    attributes.references = parseReferences(cursor);
    attributes.isNotEnforced = parseEnforcement(cursor);
  } else if (cursor.isKeyword('DEFAULT') && cursor.peek().keyword !== 'COLLATE' && !attributes.defaultValue) {
    cursor.advance();
    attributes.defaultValue = parseExpression(cursor);
  } else if ((cursor.isKeyword('GENERATED') || cursor.isKeyword('AS')) && !attributes.generated) {
    attributes.generated = parseGenerated(cursor);
  } else if (cursor.isKeyword('OPTIONS') && !attributes.options) {
    attributes.options = parseOptions(cursor);
  } else return false;
  return true;
}

/** `[NOT] ENFORCED`, true for NOT. */
function parseEnforcement(cursor: Cursor): boolean {
  if (cursor.takeKeyword('ENFORCED')) return false;
  if (!(cursor.isKeyword('NOT') && cursor.peek().keyword === 'ENFORCED')) return false;
  return cursor.takeWords('NOT', 'ENFORCED');
}

function parseReferences(cursor: Cursor): ForeignKeyReference {
  const { start } = cursor.expectKeyword('REFERENCES');
  const table = parseObjectPath(cursor);
  const columns = cursor.parenthesised(parseIdentifier);
  return { kind: 'ForeignKeyReference', span: cursor.spanFrom(start), table, columns };
}

/** `GENERATED ALWAYS AS (expression) [STORED] [OPTIONS (…)]`; the expression may be an AI function with options of its own. */
function parseGenerated(cursor: Cursor): GeneratedColumn {
  const { start } = cursor.token;
  if (cursor.takeKeyword('GENERATED') && !cursor.takeKeyword('ALWAYS')) {
    cursor.expectKeyword('BY');
    cursor.expectKeyword('DEFAULT');
  }
  cursor.expectKeyword('AS');
  const expression = parseGeneratedValue(cursor);
  const { text } = cursor;
  cursor.takeKeyword('STORED');
  cursor.takeWord('ASYNCHRONOUS');
  return { kind: 'GeneratedColumn', span: cursor.spanFrom(start), expression, text: text.slice(start, cursor.previous.end) };
}

function parseGeneratedValue(cursor: Cursor): Expression | undefined {
  cursor.expectSymbol('(');
  const expression = parseExpression(cursor);
  cursor.expectSymbol(')');
  return expression;
}

/** `[CONSTRAINT [IF NOT EXISTS] name] PRIMARY KEY (…) | FOREIGN KEY (…) REFERENCES …`; undefined where a column stands. */
export function parseTableConstraint(cursor: Cursor): TableConstraint | undefined {
  if (cursor.isKeyword('CONSTRAINT') && !isColumnCalled(cursor)) return parseNamedConstraint(cursor);
  if (!isKey(cursor, 'PRIMARY') && !isKey(cursor, 'FOREIGN')) return undefined;
  return parseKey(cursor, cursor.token.start, undefined, false);
}

export function parseNamedConstraint(cursor: Cursor): TableConstraint {
  const { start } = cursor.expectKeyword('CONSTRAINT');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseIdentifier(cursor);
  if (!KEYS.has(cursor.token.keyword)) cursor.failExpected('keyword CHECK or keyword FOREIGN or keyword PRIMARY');
  if (cursor.isKeyword('CHECK')) refuseCheck(cursor);
  return parseKey(cursor, start, name, isIfNotExists);
}

const KEYS: ReadonlySet<string> = new Set(['CHECK', 'FOREIGN', 'PRIMARY']);

/** Google's grammar has CHECK constraints, BigQuery has not. */
function refuseCheck(cursor: Cursor): never {
  const { start } = cursor.advance();
  cursor.expectSymbol('(');
  parseExpression(cursor);
  cursor.expectSymbol(')');
  return cursor.failPlain('CHECK constraints are not supported', start);
}

const isKey = (cursor: Cursor, word: string): boolean => cursor.isKeyword(word) && cursor.peek().keyword === 'KEY';

/** A column may be called `constraint`: then a type follows, and no key after that. */
function isColumnCalled(cursor: Cursor): boolean {
  return !KEYS.has(cursor.peek(2).keyword) && cursor.peek().keyword !== 'IF';
}

function parseKey(cursor: Cursor, start: number, name: Identifier | undefined, isIfNotExists: boolean): TableConstraint {
  if (cursor.takeKeyword('PRIMARY')) {
    cursor.expectKeyword('KEY');
    const columns = cursor.parenthesised(parseIdentifier);
    const isNotEnforced = parseEnforcement(cursor);
    return { kind: 'PrimaryKey', span: cursor.spanFrom(start), name, isIfNotExists, columns, isNotEnforced };
  }
  cursor.expectKeyword('FOREIGN');
  cursor.expectKeyword('KEY');
  const columns = cursor.parenthesised(parseIdentifier);
  const references = parseReferences(cursor);
  const isNotEnforced = parseEnforcement(cursor);
  return { kind: 'ForeignKey', span: cursor.spanFrom(start), name, isIfNotExists, columns, references, isNotEnforced };
}

/** `(name type, …)`: model inputs, partition columns, columns to load. */
export const parseTypedNames = (cursor: Cursor): StructTypeField[] => cursor.parenthesised(parseTypedName);

function parseTypedName(cursor: Cursor): StructTypeField {
  const name = parseIdentifier(cursor);
  const type = parseType(cursor);
  const isNotNull = cursor.takeWords('NOT', 'NULL');
  const options = parseOptions(cursor);
  return { kind: 'StructTypeField', span: cursor.spanFrom(name.span.start), name, type, isNotNull, options };
}
