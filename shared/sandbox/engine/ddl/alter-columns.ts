import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { AddColumnAction, AlterColumnAction, DropColumnAction, RenameColumnAction } from '../../../googlesql/syntax/ast-ddl.ts';
import { coercionDistance } from '../../../googlesql/types/coercion.ts';
import { typeText } from '../../../googlesql/types/sql-type.ts';
import { type ColumnOrigin, rebuildTable } from '../catalog/rebuild-table.ts';
import { createStamp } from '../catalog/resource-stamp.ts';
import { isPlaced, typeOfField } from '../catalog/stored-table.ts';
import { getTable, publish } from '../catalog/table-operations.ts';
import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableReference } from '../resource.ts';
import { toColumnSchema, toFieldOfNode } from './column-schema.ts';
import { optionValues } from './option-values.ts';

type ColumnAction = AddColumnAction | DropColumnAction | RenameColumnAction | AlterColumnAction;
type Fields = readonly TableFieldSchema[];
type Changed = { readonly fields: Fields; readonly origins?: ReadonlyMap<string, ColumnOrigin> };

export async function alterColumns(context: StatementContext, target: TableReference, action: ColumnAction): Promise<void> {
  const { core } = context.world;
  await core.change(async (connection) => {
    const table = getTable(core, target);
    if (!isPlaced(table)) throw createInvalidQuery(`Columns of a ${table.resource.type} cannot be altered`);
    const changed = await changeFields(context, table.resource.schema?.fields ?? [], action);
    if (!changed) return;
    const resource = { ...table.resource, schema: { fields: changed.fields }, ...createStamp() };
    await publish(core, connection, await rebuildTable(core, connection, table, resource, changed.origins));
  });
}

async function changeFields(context: StatementContext, fields: Fields, action: ColumnAction): Promise<Changed | undefined> {
  switch (action.kind) {
    case 'AddColumnAction':
      return addColumn(context, fields, action);
    case 'DropColumnAction':
      return dropColumn(fields, action);
    case 'RenameColumnAction':
      return renameColumn(fields, action);
    case 'AlterColumnAction':
      return alterColumn(context, fields, action);
  }
}

const indexOf = (fields: Fields, name: string): number => fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());

async function addColumn(
  context: StatementContext,
  fields: Fields,
  { column, isIfNotExists }: AddColumnAction,
): Promise<Changed | undefined> {
  const { name } = column.name;
  if (indexOf(fields, name) >= 0) {
    if (isIfNotExists) return undefined;
    throw createInvalidQuery(`Column already exists: ${name}`);
  }
  if (column.isNotNull) throw createInvalidQuery(`Cannot add required fields to an existing schema. (field: ${name})`);
  return { fields: [...fields, await toColumnSchema(context, column)] };
}

function dropColumn(fields: Fields, { column, isIfExists }: DropColumnAction): Changed | undefined {
  const index = indexOf(fields, column.name);
  if (index < 0) {
    if (isIfExists) return undefined;
    throw createInvalidQuery(`Column not found: ${column.name}`);
  }
  if (fields.length === 1) throw createInvalidQuery('ALTER TABLE DROP COLUMN cannot drop all columns of a table');
  return { fields: fields.toSpliced(index, 1) };
}

function renameColumn(fields: Fields, { from, to, isIfExists }: RenameColumnAction): Changed | undefined {
  const index = indexOf(fields, from.name);
  if (index < 0) {
    if (isIfExists) return undefined;
    throw createInvalidQuery(`Column not found: ${from.name}`);
  }
  if (indexOf(fields, to.name) >= 0) throw createInvalidQuery(`Column already exists: ${to.name}`);
  return { fields: fields.with(index, { ...fields[index]!, name: to.name }), origins: new Map([[to.name, { from: fields[index]!.name }]]) };
}

async function alterColumn(context: StatementContext, fields: Fields, action: AlterColumnAction): Promise<Changed | undefined> {
  const index = indexOf(fields, action.column.name);
  if (index < 0) {
    if (action.isIfExists) return undefined;
    throw createInvalidQuery(`Column not found: ${action.column.name}`);
  }
  return { fields: fields.with(index, await changeField(context, fields[index]!, action)) };
}

async function changeField(context: StatementContext, field: TableFieldSchema, action: AlterColumnAction): Promise<TableFieldSchema> {
  const { defaultValueExpression: _, ...rest } = field;
  switch (action.change) {
    case 'SET_DATA_TYPE':
      return widen(context, field, action);
    case 'SET_OPTIONS': {
      const { description } = await optionValues(context, action.options!);
      const { description: __, ...plain } = field;
      return typeof description === 'string' ? { ...field, description } : plain;
    }
    case 'SET_DEFAULT':
      context.scalar(action.defaultValue!, typeOfField(field));
      return { ...field, defaultValueExpression: context.slice(action.defaultValue!) };
    case 'DROP_DEFAULT':
      return rest;
    case 'DROP_NOT_NULL':
      if (field.mode !== 'REQUIRED') throw createInvalidQuery(`Column ${field.name} is already nullable`);
      return { ...field, mode: 'NULLABLE' };
    default:
      throw createInvalidQuery('ALTER COLUMN DROP GENERATED is not supported by the sandbox');
  }
}

function widen(context: StatementContext, field: TableFieldSchema, action: AlterColumnAction): TableFieldSchema {
  const next = toFieldOfNode(context, field.name, action.type!);
  const [from, to] = [typeOfField(field), typeOfField(next)];
  if (coercionDistance(from, to, 'strict') === undefined) {
    throw createInvalidQuery(
      `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${typeText(from)}) is assignable to the new type (${typeText(to)})`,
    );
  }
  const { maxLength: _, precision: __, scale: ___, ...kept } = field;
  return { ...kept, ...next, ...(field.mode === undefined ? {} : { mode: field.mode }) };
}
