import type { DropStatement, UndropStatement } from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { parseIfExists, parseIfNotExists } from './parse-create.ts';
import { failObjectType, parsePolicyName, RESOURCES } from './parse-create-other.ts';
import { parseObjectPath } from './parse-name.ts';
import { parseOptions } from './parse-option.ts';
import { parseSystemTime } from './parse-table.ts';

/** What DROP and ALTER may name, longest first. */
const OBJECT_TYPES: readonly (readonly string[])[] = [
  ['ROW', 'ACCESS', 'POLICY'],
  ['SNAPSHOT', 'TABLE'],
  ['EXTERNAL', 'TABLE'],
  ['EXTERNAL', 'SCHEMA'],
  ['MATERIALIZED', 'VIEW'],
  ['TABLE', 'FUNCTION'],
  ['SEARCH', 'INDEX'],
  ['VECTOR', 'INDEX'],
  ['TABLE'],
  ['VIEW'],
  ['SCHEMA'],
  ['FUNCTION'],
  ['PROCEDURE'],
  ['MODEL'],
  ...RESOURCES.map((word) => [word]),
];

/** The kind of object in words, `MATERIALIZED VIEW`. */
export function parseObjectType(cursor: Cursor, further: readonly string[] = []): string {
  const words = [...OBJECT_TYPES, ...further.map((word) => [word])].find((candidate) => areWords(cursor, candidate));
  if (!words) return cursor.takeWords('ROW', 'ACCESS') ? cursor.failExpected('keyword POLICY') : failObjectType(cursor);
  for (const _ of words) cursor.advance();
  return words.join(' ');
}

function areWords(cursor: Cursor, words: readonly string[]): boolean {
  return words.every((word, distance) => {
    const token = cursor.peek(distance);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  });
}

/** `ROW ACCESS POLICY` to BigQuery's `DROP_ROW_ACCESS_POLICY`. */
export const toStatementType = (verb: string, objectType: string): string => `${verb}_${objectType.replaceAll(' ', '_')}`;

export function parseDrop(cursor: Cursor): DropStatement {
  const { start } = cursor.expectKeyword('DROP');
  if (cursor.isKeyword('ALL')) return parseDropAllPolicies(cursor, start);
  if (cursor.areWords('AGGREGATE', 'FUNCTION')) cursor.failPlain('DROP AGGREGATE FUNCTION is not supported, use DROP FUNCTION');
  const objectType = parseObjectType(cursor);
  const isIfExists = parseIfExists(cursor);
  const name = objectType === 'ROW ACCESS POLICY' ? parsePolicyName(cursor) : parseObjectPath(cursor);
  const onTable = isOnTable(objectType) ? parseOnTable(cursor, objectType) : undefined;
  if (objectType.endsWith('VIEW') && cursor.isKeyword('ON')) cursor.failPlain(`DROP ${objectType} does not support the ON clause`);
  if (cursor.isSymbol('(')) refuseParameters(cursor, objectType);
  const mode = objectType.endsWith('SCHEMA') ? parseMode(cursor) : undefined;
  const statementType = toStatementType('DROP', objectType);
  return { kind: 'DropStatement', statementType, span: cursor.spanFrom(start), objectType, isIfExists, name, onTable, mode };
}

/** Functions of one name and other parameters are none in BigQuery. */
function refuseParameters(cursor: Cursor, objectType: string): never {
  if (objectType === 'PROCEDURE') cursor.fail('Parameters are only supported for DROP FUNCTION');
  if (objectType !== 'TABLE FUNCTION') cursor.failUnexpected();
  return cursor.fail("Parameters are not supported for DROP TABLE FUNCTION because table functions don't support overloading");
}

function parseDropAllPolicies(cursor: Cursor, start: number): DropStatement {
  cursor.advance();
  cursor.expectKeyword('ROW');
  const isAccess = cursor.takeKeyword('ACCESS');
  if (!cursor.takeKeyword('POLICIES')) cursor.failExpected(isAccess ? 'keyword POLICIES' : 'keyword ACCESS or keyword POLICIES');
  cursor.expectKeyword('ON');
  const onTable = parseObjectPath(cursor);
  const statementType = 'DROP_ALL_ROW_ACCESS_POLICIES';
  const span = cursor.spanFrom(start);
  const objectType = 'ROW ACCESS POLICY';
  return { kind: 'DropStatement', statementType, span, objectType, isIfExists: false, name: undefined, onTable, mode: undefined };
}

const isOnTable = (objectType: string): boolean => objectType === 'ROW ACCESS POLICY' || objectType.endsWith('INDEX');

/** Policies and indexes belong to a table. */
function parseOnTable(cursor: Cursor, objectType: string) {
  if (objectType.endsWith('INDEX') && !cursor.isKeyword('ON')) return undefined;
  cursor.expectKeyword('ON');
  return parseObjectPath(cursor);
}

function parseMode(cursor: Cursor): 'CASCADE' | 'RESTRICT' | undefined {
  if (cursor.takeKeyword('CASCADE')) return 'CASCADE';
  return cursor.takeKeyword('RESTRICT') ? 'RESTRICT' : undefined;
}

export function parseUndrop(cursor: Cursor): UndropStatement {
  const { start } = cursor.expectKeyword('UNDROP');
  const objectType = parseObjectType(cursor);
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const systemTime = parseSystemTime(cursor);
  const options = parseOptions(cursor);
  const statementType = toStatementType('UNDROP', objectType);
  return { kind: 'UndropStatement', statementType, span: cursor.spanFrom(start), objectType, isIfNotExists, name, systemTime, options };
}
