import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { AddColumnAction, AlterColumnAction, DropColumnAction, RenameColumnAction } from '../../../googlesql/syntax/ast-ddl.ts';
import { coercionDistance } from '../../../googlesql/types/coercion.ts';
import { type SqlType, typeText } from '../../../googlesql/types/sql-type.ts';
import { type ColumnOrigin, rebuildTable } from '../catalog/rebuild-table.ts';
import { createStamp } from '../catalog/resource-stamp.ts';
import { isPlaced, typeOfField } from '../catalog/stored-table.ts';
import { getTable, publish } from '../catalog/table-operations.ts';
import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableReference, TableResource } from '../resource.ts';
import { toColumnSchema, toFieldOfNode } from './column-schema.ts';
import { optionValues } from './option-values.ts';

type ColumnAction = AddColumnAction | DropColumnAction | RenameColumnAction | AlterColumnAction;
type Fields = readonly TableFieldSchema[];
type Changed = { readonly fields: Fields; readonly origins?: ReadonlyMap<string, ColumnOrigin> };

export async function alterColumns(context: StatementContext, target: TableReference, action: ColumnAction): Promise<void> {
  const { core } = context.world;
  await core.change(async (connection) => {
    const table = getTable(core, target);
    if (!isPlaced(table)) {
      if (!isDescription(action)) throw createInvalidQuery(`Columns of a ${table.resource.type} cannot be altered`);
      const changed = await changeFields(context, table.resource.schema?.fields ?? [], action);
      if (changed)
        await publish(core, connection, {
          ...table,
          resource: { ...table.resource, schema: { fields: changed.fields }, ...createStamp() },
        });
      return;
    }
    checkKept(table.resource, action);
    const changed = await changeFields(context, table.resource.schema?.fields ?? [], action);
    if (!changed) return;
    const resource = { ...table.resource, schema: { fields: changed.fields }, ...createStamp() };
    await publish(core, connection, await rebuildTable(core, connection, table, resource, changed.origins));
  });
}

const isDescription = (action: ColumnAction): boolean => action.kind === 'AlterColumnAction' && action.change === 'SET_OPTIONS';

/** What partitions or clusters a table can be neither dropped nor renamed. */
function checkKept({ timePartitioning, rangePartitioning, clustering }: TableResource, action: ColumnAction): void {
  const name =
    action.kind === 'DropColumnAction' ? action.column.name : action.kind === 'RenameColumnAction' ? action.from.name : undefined;
  if (name === undefined) return;
  const isSame = (other: string | undefined): boolean => other?.toLowerCase() === name.toLowerCase();
  const verb = action.kind === 'DropColumnAction' ? 'dropped' : 'renamed';
  if (isSame(timePartitioning?.field) || isSame(rangePartitioning?.field))
    throw createInvalidQuery(`Partitioning column cannot be ${verb}: ${name}`);
  if (clustering?.fields.some(isSame)) throw createInvalidQuery(`Clustering column cannot be ${verb}: ${name}`);
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

/** Records may get fields more; those they have stay. */
function isAssignable(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return isAssignable(from.element, to.element);
  if (from.kind !== 'STRUCT' || to.kind !== 'STRUCT') return coercionDistance(from, to, 'strict') !== undefined;
  return from.fields.every(({ name, type }) => {
    const next = to.fields.find((field) => field.name?.toLowerCase() === name?.toLowerCase());
    return next !== undefined && isAssignable(type, next.type);
  });
}

/** A length or precision may grow or go, never shrink. */
function narrows(old: TableFieldSchema, next: TableFieldSchema): boolean {
  const shrinks = (before: number | undefined, after: number | undefined): boolean =>
    after !== undefined && (before === undefined || after < before);
  const sizes = ({ maxLength, precision, scale }: TableFieldSchema) => ({
    length: maxLength === undefined ? undefined : Number(maxLength),
    scale: precision === undefined ? undefined : Number(scale ?? 0),
    whole: precision === undefined ? undefined : Number(precision) - Number(scale ?? 0),
  });
  if (old.type !== next.type) return false;
  const [before, after] = [sizes(old), sizes(next)];
  return shrinks(before.length, after.length) || shrinks(before.scale, after.scale) || shrinks(before.whole, after.whole);
}

const limitedText = ({ maxLength, precision, scale }: TableFieldSchema, type: SqlType): string => {
  const limits = maxLength ?? (precision && [precision, scale].filter(Boolean).join(', '));
  return limits === undefined ? typeText(type) : `${typeText(type)}(${limits})`;
};

function widen(context: StatementContext, field: TableFieldSchema, action: AlterColumnAction): TableFieldSchema {
  const next = toFieldOfNode(context, field.name, action.type!);
  const [from, to] = [typeOfField(field), typeOfField(next)];
  if (!isAssignable(from, to)) {
    throw createInvalidQuery(
      `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${typeText(from)}) is assignable to the new type (${typeText(to)})`,
    );
  }
  if (narrows(field, next)) {
    throw createInvalidQuery(
      `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${limitedText(field, from)}) is assignable to the new type (${limitedText(next, to)})`,
    );
  }
  const { maxLength: _, precision: __, scale: ___, ...kept } = field;
  return { ...kept, ...next, ...(field.mode === undefined ? {} : { mode: field.mode }) };
}
