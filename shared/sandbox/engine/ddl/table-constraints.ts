import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { Identifier } from '../../../googlesql/syntax/ast.ts';
import type { AlterAction, ColumnDefinition, ForeignKeyReference, TableConstraint } from '../../../googlesql/syntax/ast-ddl.ts';
import { createInvalidQuery } from '../failure.ts';
import { resolveTable } from '../query/analysis-catalog.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableReference } from '../resource.ts';

/** REST's TableConstraints. Kept and, as in BigQuery, not enforced. */
export type TableConstraints = {
  readonly primaryKey?: { readonly columns: readonly string[] };
  readonly foreignKeys?: readonly ForeignKey[];
};
type ForeignKey = {
  readonly name: string;
  readonly referencedTable: TableReference;
  readonly columnReferences: readonly { readonly referencingColumn: string; readonly referencedColumn: string }[];
};

/** Of CREATE TABLE: those of the table and those beside a column. */
export function toConstraints(
  context: StatementContext,
  columns: readonly ColumnDefinition[],
  constraints: readonly TableConstraint[],
): { readonly tableConstraints?: TableConstraints } {
  const inline = columns.filter(({ isPrimaryKey }) => isPrimaryKey).map(({ name }) => name.name);
  let all: TableConstraints = inline.length > 0 ? { primaryKey: { columns: inline } } : {};
  for (const { name, references, constraintName } of columns)
    if (references) all = withForeignKey(all, toForeignKey(context, [name], references, constraintName, all));
  for (const constraint of constraints) all = withConstraint(context, all, constraint);
  return Object.keys(all).length > 0 ? { tableConstraints: all } : {};
}

/** What ADD and DROP leave; undefined for an action that is about something else. */
export function alterConstraints(context: StatementContext, old: TableConstraints, action: AlterAction): TableConstraints | undefined {
  switch (action.kind) {
    case 'AddConstraintAction':
      return withConstraint(context, old, action.constraint);
    case 'DropPrimaryKeyAction': {
      if (!old.primaryKey && !action.isIfExists) throw createInvalidQuery('Table does not have a primary key constraint');
      const { primaryKey: _, ...rest } = old;
      return rest;
    }
    case 'DropConstraintAction': {
      const kept = old.foreignKeys?.filter(({ name }) => name !== action.name.name) ?? [];
      if (kept.length === (old.foreignKeys?.length ?? 0) && !action.isIfExists)
        throw createInvalidQuery(`Constraint ${action.name.name} does not exist`);
      return { ...old, foreignKeys: kept };
    }
    default:
      return undefined;
  }
}

function withConstraint(context: StatementContext, old: TableConstraints, constraint: TableConstraint): TableConstraints {
  if (!constraint.isNotEnforced)
    throw createInvalidQuery(
      `Enforced constraints are not supported: add NOT ENFORCED to the ${constraint.kind === 'PrimaryKey' ? 'primary' : 'foreign'} key`,
    );
  if (constraint.kind === 'PrimaryKey') {
    if (!old.primaryKey) return { ...old, primaryKey: { columns: constraint.columns.map(({ name }) => name) } };
    if (constraint.isIfNotExists) return old;
    throw createInvalidQuery('Already Exists: the table has a primary key constraint');
  }
  return withForeignKey(old, toForeignKey(context, constraint.columns, constraint.references, constraint.name, old));
}

function withForeignKey(old: TableConstraints, key: ForeignKey): TableConstraints {
  if (old.foreignKeys?.some(({ name }) => name === key.name)) throw createInvalidQuery(`Already Exists: Constraint ${key.name}`);
  return { ...old, foreignKeys: [...(old.foreignKeys ?? []), key] };
}

function toForeignKey(
  context: StatementContext,
  columns: readonly Identifier[],
  { table, columns: referenced }: ForeignKeyReference,
  name: Identifier | undefined,
  old: TableConstraints,
): ForeignKey {
  const referencedTable = resolveTable(splitPath(table), context.defaults);
  if (!referencedTable || referenced.length !== columns.length)
    throw createInvalidQuery('A foreign key names a table and as many of its columns as it has itself');
  return {
    name: name?.name ?? `fk$${(old.foreignKeys?.length ?? 0) + 1}`,
    referencedTable,
    columnReferences: columns.map((column, index) => ({ referencingColumn: column.name, referencedColumn: referenced[index]!.name })),
  };
}
