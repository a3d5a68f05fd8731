import type { StoredTable } from '../catalog/stored-table.ts';
import type { TableConstraints } from '../ddl/table-constraints.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { InformationScope } from './find-information-schema.ts';
import type { InformationView, ViewRow } from './information-view.ts';

type Key = { readonly name: string; readonly type: 'PRIMARY KEY' | 'FOREIGN KEY'; readonly columns: readonly string[] };
type Used = { readonly projectId: string; readonly datasetId: string; readonly tableId: string };

const keyColumns = { constraint_catalog: 'STRING', constraint_schema: 'STRING', constraint_name: 'STRING' };
const tableColumns = { table_catalog: 'STRING', table_schema: 'STRING', table_name: 'STRING' };

const constraintsOf = ({ resource }: StoredTable): TableConstraints => (resource.tableConstraints ?? {}) as TableConstraints;

function keysOf(table: StoredTable): readonly Key[] {
  const { primaryKey, foreignKeys = [] } = constraintsOf(table);
  const { tableId } = table.resource.tableReference;
  const foreign = foreignKeys.map(({ name, columnReferences }): Key => {
    return { name: `${tableId}.${name}`, type: 'FOREIGN KEY', columns: columnReferences.map(({ referencingColumn }) => referencingColumn) };
  });
  return primaryKey ? [{ name: `${tableId}.pk$`, type: 'PRIMARY KEY', columns: primaryKey.columns }, ...foreign] : foreign;
}

const toConstraint = ({ resource: { tableReference } }: StoredTable, name: string): ViewRow => ({
  constraint_catalog: tableReference.projectId,
  constraint_schema: tableReference.datasetId,
  constraint_name: name,
});
const toTable = ({ projectId, datasetId, tableId }: Used): ViewRow => ({
  table_catalog: projectId,
  table_schema: datasetId,
  table_name: tableId,
});

const tablesOf = ({ core }: QueryWorld, { datasets }: InformationScope): readonly StoredTable[] =>
  datasets.flatMap((dataset) => [...core.state.tables(dataset)].sort((a, b) => (a.resource.id < b.resource.id ? -1 : 1)));

export const tableConstraints: InformationView = {
  columns: {
    ...keyColumns,
    ...tableColumns,
    constraint_type: 'STRING',
    is_deferrable: 'STRING',
    initially_deferred: 'STRING',
    enforced: 'STRING',
  },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) =>
      keysOf(table).map(({ name, type }) => ({
        ...toConstraint(table, name),
        ...toTable(table.resource.tableReference),
        constraint_type: type,
        is_deferrable: 'NO',
        initially_deferred: 'NO',
        enforced: 'NO',
      })),
    ),
};

export const keyColumnUsage: InformationView = {
  columns: { ...keyColumns, ...tableColumns, column_name: 'STRING', ordinal_position: 'INT64', position_in_unique_constraint: 'INT64' },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) =>
      keysOf(table).flatMap(({ name, type, columns }) =>
        columns.map((column, index) => ({
          ...toConstraint(table, name),
          ...toTable(table.resource.tableReference),
          column_name: column,
          ordinal_position: index + 1,
          position_in_unique_constraint: type === 'FOREIGN KEY' ? index + 1 : null,
        })),
      ),
    ),
};

/** The columns that a constraint is about: those a foreign key points at, those a primary key consists of. */
export const constraintColumnUsage: InformationView = {
  columns: { ...tableColumns, column_name: 'STRING', ...keyColumns },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) => {
      const { tableReference } = table.resource;
      const { primaryKey, foreignKeys = [] } = constraintsOf(table);
      const own = primaryKey?.columns.map((column) => ({ used: tableReference, column, name: 'pk$' })) ?? [];
      const others = foreignKeys.flatMap(({ name, referencedTable, columnReferences }) =>
        columnReferences.map(({ referencedColumn }) => ({ used: referencedTable, column: referencedColumn, name })),
      );
      return [...own, ...others].map(({ used, column, name }) => ({
        ...toTable(used),
        column_name: column,
        ...toConstraint(table, `${tableReference.tableId}.${name}`),
      }));
    }),
};
