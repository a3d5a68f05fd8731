import type { CreateStatement } from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import {
  parseCreateIndex,
  parseCreateModel,
  parseCreateResource,
  parseCreateRowAccessPolicy,
  parseCreateSchema,
} from './parse-create-other.ts';
import { parseCreateFunction, parseCreateProcedure, parseCreateTableFunction } from './parse-create-routine.ts';
import { parseCreateExternalTable, parseCreateSnapshotTable, parseCreateTable, parseCreateView } from './parse-create-table.ts';

/** What stood between CREATE and the kind of object. */
export type CreateStart = { readonly start: number; readonly isOrReplace: boolean; readonly isTemp: boolean };

export function parseCreate(cursor: Cursor): CreateStatement {
  const { start } = cursor.expectKeyword('CREATE');
  const isOrReplace = cursor.isKeyword('OR') ? takeOrReplace(cursor) : false;
  const isTemp = cursor.takeKeyword('TEMP') || cursor.takeKeyword('TEMPORARY');
  const head: CreateStart = { start, isOrReplace, isTemp };
  const { keyword } = cursor.token;
  if (isTemp && keyword !== 'TABLE' && keyword !== 'FUNCTION' && keyword !== 'AGGREGATE') cursor.failUnexpected();
  return parseObject(cursor, head);
}

function takeOrReplace(cursor: Cursor): boolean {
  cursor.advance();
  cursor.expectKeyword('REPLACE');
  return true;
}

function parseObject(cursor: Cursor, head: CreateStart): CreateStatement {
  switch (cursor.token.keyword) {
    case 'TABLE':
      return cursor.peek().keyword === 'FUNCTION' ? parseCreateTableFunction(cursor, head) : parseCreateTable(cursor, head);
    case 'SNAPSHOT':
      return parseCreateSnapshotTable(cursor, head);
    case 'EXTERNAL':
      return cursor.peek().keyword === 'SCHEMA' ? parseCreateSchema(cursor, head) : parseCreateExternalTable(cursor, head);
    case 'RECURSIVE':
      cursor.advance();
      cursor.expectKeyword('VIEW');
      return cursor.failPlain('RECURSIVE views are not supported', cursor.previous.start);
    case 'VIEW':
    case 'MATERIALIZED':
      return parseCreateView(cursor, head);
    case 'SCHEMA':
      return parseCreateSchema(cursor, head);
    case 'AGGREGATE':
    case 'FUNCTION':
      return parseCreateFunction(cursor, head);
    case 'PROCEDURE':
      return parseCreateProcedure(cursor, head);
    case 'MODEL':
      return parseCreateModel(cursor, head);
    case 'ROW':
      return parseCreateRowAccessPolicy(cursor, head);
    case 'SEARCH':
    case 'VECTOR':
      return parseCreateIndex(cursor, head);
    default:
      return parseCreateResource(cursor, head);
  }
}

/** `IF NOT EXISTS`, if it stands here. */
export function parseIfNotExists(cursor: Cursor): boolean {
  if (!cursor.isKeyword('IF')) return false;
  cursor.advance();
  cursor.expectKeyword('NOT');
  cursor.expectKeyword('EXISTS');
  return true;
}

/** `IF EXISTS`, if it stands here. */
export function parseIfExists(cursor: Cursor): boolean {
  if (!cursor.isKeyword('IF')) return false;
  cursor.advance();
  cursor.expectKeyword('EXISTS');
  return true;
}
