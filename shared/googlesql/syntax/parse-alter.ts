import type { PathExpression } from './ast.ts';
import type { AlterAction, AlterColumnAction, AlterStatement } from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { parseColumnDefinition, parseNamedConstraint, parseTableConstraint } from './parse-column-definition.ts';
import { parseIfExists, parseIfNotExists } from './parse-create.ts';
import { parseAsJson, parseFilterUsing, parseGrantee, parseGrantTo, parsePolicyName } from './parse-create-other.ts';
import { parseDefaultCollation } from './parse-create-table.ts';
import { parseObjectType, toStatementType } from './parse-drop.ts';
import { parseExpression } from './parse-expression.ts';
import { parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseOptions } from './parse-option.ts';
import { parseCollation, parseType } from './parse-type.ts';

export function parseAlter(cursor: Cursor): AlterStatement {
  const { start } = cursor.expectKeyword('ALTER');
  const objectType = parseObjectType(cursor, ['ORGANIZATION', 'PROJECT']);
  const isIfExists = parseIfExists(cursor);
  const name = parseAlteredName(cursor, objectType);
  const onTable = parseOnTable(cursor, objectType);
  const actions = parseActions(cursor, objectType);
  const statementType = toStatementType('ALTER', objectType);
  return { kind: 'AlterStatement', statementType, span: cursor.spanFrom(start), objectType, isIfExists, name, onTable, actions };
}

/** The one organization, and the current project, have no name. */
function parseAlteredName(cursor: Cursor, objectType: string): PathExpression {
  if (objectType === 'ROW ACCESS POLICY') return parsePolicyName(cursor);
  const isUnnamed = (objectType === 'ORGANIZATION' || objectType === 'PROJECT') && cursor.isKeyword('SET');
  if (!isUnnamed) return parseObjectPath(cursor);
  const at = cursor.previous.end;
  return { kind: 'PathExpression', span: { start: at, end: at }, names: [] };
}

/** Policies and indexes belong to a table. */
function parseOnTable(cursor: Cursor, objectType: string): PathExpression | undefined {
  if (objectType !== 'ROW ACCESS POLICY' && !objectType.endsWith('INDEX')) return undefined;
  cursor.expectKeyword('ON');
  return parseObjectPath(cursor);
}

function parseActions(cursor: Cursor, objectType: string): AlterAction[] {
  const actions = [parseAction(cursor, objectType)];
  while (cursor.takeSymbol(',')) actions.push(parseAction(cursor, objectType));
  return actions;
}

function parseAction(cursor: Cursor, objectType: string): AlterAction {
  const { start, keyword } = cursor.token;
  if (objectType === 'ROW ACCESS POLICY') return parsePolicyAction(cursor, start);
  switch (keyword) {
    case 'SET':
      return parseSet(cursor, start);
    case 'ADD':
      return parseAdd(cursor, start);
    case 'DROP':
      return parseDropPart(cursor, start);
    case 'RENAME':
      return parseRename(cursor, start);
    case 'ALTER':
      return parseAlterColumn(cursor, start);
    case 'REBUILD':
      cursor.advance();
      return { kind: 'RebuildAction', span: cursor.spanFrom(start) };
    default:
      return cursor.failUnexpected();
  }
}

function parseSet(cursor: Cursor, start: number): AlterAction {
  cursor.advance();
  const collation = parseDefaultCollation(cursor);
  if (collation) return { kind: 'SetCollateAction', span: cursor.spanFrom(start), collation };
  const json = parseAsJson(cursor);
  if (json) return { kind: 'SetAsAction', span: cursor.spanFrom(start), json };
  const options = parseOptions(cursor) ?? cursor.failUnexpected();
  return { kind: 'SetOptionsAction', span: cursor.spanFrom(start), options };
}

function parseAdd(cursor: Cursor, start: number): AlterAction {
  cursor.advance();
  if (cursor.takeKeyword('COLUMN')) {
    const isIfNotExists = parseIfNotExists(cursor);
    const column = parseColumnDefinition(cursor);
    return { kind: 'AddColumnAction', span: cursor.spanFrom(start), isIfNotExists, column };
  }
  const constraint = cursor.isKeyword('CONSTRAINT') ? parseNamedConstraint(cursor) : parseTableConstraint(cursor);
  if (constraint) return { kind: 'AddConstraintAction', span: cursor.spanFrom(start), constraint };
  return parseNestedObject(cursor, start, 'ADD');
}

/** `ADD REPLICA name OPTIONS (…)`, `DROP REPLICA name`. */
function parseNestedObject(cursor: Cursor, start: number, verb: 'ADD' | 'DROP'): AlterAction {
  if (!cursor.isKeyword('REPLICA')) cursor.failUnexpected();
  cursor.advance();
  const name = parseObjectPath(cursor);
  const options = verb === 'ADD' ? parseOptions(cursor) : undefined;
  return { kind: 'AddDropResourceAction', span: cursor.spanFrom(start), verb, objectType: 'REPLICA', name, options };
}

function parseDropPart(cursor: Cursor, start: number): AlterAction {
  cursor.advance();
  if (cursor.takeKeyword('COLUMN')) {
    const isIfExists = parseIfExists(cursor);
    const column = parseIdentifier(cursor);
    return { kind: 'DropColumnAction', span: cursor.spanFrom(start), isIfExists, column };
  }
  if (cursor.takeKeyword('CONSTRAINT')) {
    const isIfExists = parseIfExists(cursor);
    const name = parseIdentifier(cursor);
    return { kind: 'DropConstraintAction', span: cursor.spanFrom(start), isIfExists, name };
  }
  if (cursor.takeWords('PRIMARY', 'KEY')) {
    const isIfExists = parseIfExists(cursor);
    return { kind: 'DropPrimaryKeyAction', span: cursor.spanFrom(start), isIfExists };
  }
  return parseNestedObject(cursor, start, 'DROP');
}

function parseRename(cursor: Cursor, start: number): AlterAction {
  cursor.advance();
  if (cursor.takeKeyword('TO')) {
    const to = parseObjectPath(cursor);
    return { kind: 'RenameToAction', span: cursor.spanFrom(start), to };
  }
  cursor.expectKeyword('COLUMN');
  const isIfExists = parseIfExists(cursor);
  const from = parseIdentifier(cursor);
  cursor.expectKeyword('TO');
  const to = parseIdentifier(cursor);
  return { kind: 'RenameColumnAction', span: cursor.spanFrom(start), isIfExists, from, to };
}

type ColumnChange = Pick<AlterColumnAction, 'change' | 'type' | 'collation' | 'options' | 'defaultValue'>;
const NO_CHANGE = { type: undefined, collation: undefined, options: undefined, defaultValue: undefined };

function parseAlterColumn(cursor: Cursor, start: number): AlterAction {
  cursor.advance();
  cursor.expectKeyword('COLUMN');
  const isIfExists = parseIfExists(cursor);
  const column = parseIdentifier(cursor);
  const change = cursor.takeKeyword('DROP') ? parseColumnDrop(cursor) : parseColumnSet(cursor);
  return { kind: 'AlterColumnAction', span: cursor.spanFrom(start), isIfExists, column, ...change };
}

function parseColumnDrop(cursor: Cursor): ColumnChange {
  if (cursor.takeKeyword('DEFAULT')) return { ...NO_CHANGE, change: 'DROP_DEFAULT' };
  if (cursor.takeKeyword('GENERATED')) return { ...NO_CHANGE, change: 'DROP_GENERATED' };
  cursor.expectKeyword('NOT');
  cursor.expectKeyword('NULL');
  return { ...NO_CHANGE, change: 'DROP_NOT_NULL' };
}

function parseColumnSet(cursor: Cursor): ColumnChange {
  if (!cursor.takeKeyword('SET')) cursor.failExpected('keyword DROP or keyword SET');
  if (cursor.takeKeyword('DEFAULT')) return { ...NO_CHANGE, change: 'SET_DEFAULT', defaultValue: parseExpression(cursor) };
  const options = parseOptions(cursor);
  if (options) return { ...NO_CHANGE, change: 'SET_OPTIONS', options };
  if (!cursor.takeKeyword('DATA')) cursor.failExpected('keyword DATA or keyword DEFAULT or keyword GENERATED or keyword OPTIONS');
  cursor.expectKeyword('TYPE');
  const type = parseType(cursor);
  return { ...NO_CHANGE, change: 'SET_DATA_TYPE', type, collation: parseCollation(cursor) };
}

/** GRANT TO, FILTER USING, REVOKE FROM, RENAME TO of a row access policy. */
function parsePolicyAction(cursor: Cursor, start: number): AlterAction {
  if (cursor.takeKeyword('RENAME')) {
    cursor.expectKeyword('TO');
    return { kind: 'RenameToAction', to: parsePolicyName(cursor), span: cursor.spanFrom(start) };
  }
  if (cursor.isKeyword('GRANT')) return { kind: 'GrantToAction', grantees: parseGrantTo(cursor), span: cursor.spanFrom(start) };
  if (cursor.isKeyword('FILTER')) return { kind: 'FilterUsingAction', filter: parseFilterUsing(cursor), span: cursor.spanFrom(start) };
  if (!cursor.takeKeyword('REVOKE')) cursor.failUnexpected();
  cursor.expectKeyword('FROM');
  const isAll = cursor.takeKeyword('ALL');
  if (!isAll && !cursor.isSymbol('(')) cursor.failExpected('"(" or keyword ALL');
  const grantees = isAll ? [] : cursor.parenthesised(parseGrantee);
  return { kind: 'RevokeFromAction', span: cursor.spanFrom(start), isAll, grantees };
}
