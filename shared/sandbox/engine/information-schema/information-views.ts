import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { typeText } from '../../../googlesql/types/sql-type.ts';
import { fieldsOf, type StoredTable, typeOfField } from '../catalog/stored-table.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { DatasetResource, TableType } from '../resource.ts';
import { constraintColumnUsage, keyColumnUsage, tableConstraints } from './constraint-views.ts';
import { schemataOptions, sessions, tableSnapshots, toDatasetOptions } from './dataset-views.ts';
import type { InformationScope } from './find-information-schema.ts';
import type { InformationView, ViewRow } from './information-view.ts';
import { jobs } from './job-view.ts';
import { parameters, routineOptions, routines } from './routine-views.ts';
import { toTableDdl, toTypeText } from './table-ddl.ts';
import { toTableOptions } from './table-options.ts';
import { toYesNo } from './yes-no.ts';

const tablesOf = ({ core }: QueryWorld, { datasets }: InformationScope): readonly StoredTable[] =>
  datasets.flatMap((dataset) => [...core.state.tables(dataset)].sort((a, b) => (a.resource.id < b.resource.id ? -1 : 1)));

const tableKey = ({ resource: { tableReference } }: StoredTable): ViewRow => ({
  table_catalog: tableReference.projectId,
  table_schema: tableReference.datasetId,
  table_name: tableReference.tableId,
});
const tableKeyColumns = { table_catalog: 'STRING', table_schema: 'STRING', table_name: 'STRING' };

const tableTypes: Readonly<Record<TableType, string>> = {
  TABLE: 'BASE TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
  SNAPSHOT: 'SNAPSHOT',
  EXTERNAL: 'EXTERNAL',
};

const tables: InformationView = {
  columns: {
    ...tableKeyColumns,
    table_type: 'STRING',
    managed_table_type: 'STRING',
    is_insertable_into: 'STRING',
    is_fine_grained_mutations_enabled: 'STRING',
    is_typed: 'STRING',
    is_change_history_enabled: 'STRING',
    creation_time: 'TIMESTAMP',
    base_table_catalog: 'STRING',
    base_table_schema: 'STRING',
    base_table_name: 'STRING',
    snapshot_time_ms: 'TIMESTAMP',
    ddl: 'STRING',
    default_collation_name: 'STRING',
  },
  rows: (world, scope) =>
    tablesOf(world, scope).map((table) => {
      const { type, creationTime, snapshotDefinition } = table.resource;
      const base = snapshotDefinition?.baseTableReference;
      return {
        ...tableKey(table),
        table_type: tableTypes[type],
        managed_table_type: type === 'TABLE' ? 'NATIVE' : null,
        is_insertable_into: toYesNo(type === 'TABLE'),
        is_fine_grained_mutations_enabled: 'NO',
        is_typed: 'NO',
        is_change_history_enabled: 'NO',
        creation_time: Number(creationTime),
        base_table_catalog: base?.projectId,
        base_table_schema: base?.datasetId,
        base_table_name: base?.tableId,
        snapshot_time_ms: snapshotDefinition && Date.parse(snapshotDefinition.snapshotTime),
        ddl: toTableDdl(table),
        default_collation_name: 'NULL',
      };
    }),
};

const columns: InformationView = {
  columns: {
    ...tableKeyColumns,
    column_name: 'STRING',
    ordinal_position: 'INT64',
    is_nullable: 'STRING',
    data_type: 'STRING',
    is_generated: 'STRING',
    generation_expression: 'STRING',
    is_stored: 'STRING',
    is_hidden: 'STRING',
    is_updatable: 'STRING',
    is_system_defined: 'STRING',
    is_partitioning_column: 'STRING',
    clustering_ordinal_position: 'INT64',
    collation_name: 'STRING',
    column_default: 'STRING',
    rounding_mode: 'STRING',
  },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) => {
      const { timePartitioning, rangePartitioning, clustering } = table.resource;
      const partitioned = timePartitioning?.field ?? rangePartitioning?.field;
      return fieldsOf(table).map((field, index) => {
        const cluster = clustering?.fields.indexOf(field.name) ?? -1;
        return {
          ...tableKey(table),
          column_name: field.name,
          ordinal_position: index + 1,
          is_nullable: toYesNo(field.mode !== 'REQUIRED'),
          data_type: toTypeText(field),
          is_generated: 'NEVER',
          is_hidden: 'NO',
          is_system_defined: 'NO',
          is_partitioning_column: toYesNo(field.name === partitioned),
          clustering_ordinal_position: cluster < 0 ? null : cluster + 1,
          collation_name: 'NULL',
          column_default: field.defaultValueExpression ?? 'NULL',
        };
      });
    }),
};

function* fieldPaths(
  fields: readonly TableFieldSchema[],
  path: string,
): Generator<{ readonly path: string; readonly field: TableFieldSchema }> {
  for (const field of fields) {
    const own = path === '' ? field.name : `${path}.${field.name}`;
    yield { path: own, field };
    yield* fieldPaths(field.fields ?? [], own);
  }
}

const columnFieldPaths: InformationView = {
  columns: {
    ...tableKeyColumns,
    column_name: 'STRING',
    field_path: 'STRING',
    data_type: 'STRING',
    description: 'STRING',
    collation_name: 'STRING',
    rounding_mode: 'STRING',
    policy_tags: 'ARRAY<STRING>',
  },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) =>
      [...fieldPaths(fieldsOf(table), '')].map(({ path, field }) => ({
        ...tableKey(table),
        column_name: path.split('.')[0],
        field_path: path,
        data_type: typeText(typeOfField(field)),
        description: field.description,
        collation_name: 'NULL',
        policy_tags: field.policyTags?.names ?? [],
      })),
    ),
};

const tableOptions: InformationView = {
  columns: { ...tableKeyColumns, option_name: 'STRING', option_type: 'STRING', option_value: 'STRING' },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) => toTableOptions(table.resource).map((option) => ({ ...tableKey(table), ...option }))),
};

const views: InformationView = {
  columns: { ...tableKeyColumns, view_definition: 'STRING', check_option: 'STRING', use_standard_sql: 'STRING' },
  rows: (world, scope) =>
    tablesOf(world, scope)
      .filter(({ resource }) => resource.view)
      .map((table) => ({ ...tableKey(table), view_definition: table.resource.view!.query, use_standard_sql: 'YES' })),
};

const materializedViews: InformationView = {
  columns: { ...tableKeyColumns, last_refresh_time: 'TIMESTAMP', refresh_watermark: 'TIMESTAMP' },
  rows: (world, scope) =>
    tablesOf(world, scope)
      .filter(({ resource }) => resource.materializedView)
      .map((table) => ({ ...tableKey(table), last_refresh_time: Date.now(), refresh_watermark: Date.now() })),
};

const toSchemaDdl = (dataset: DatasetResource): string => {
  const options = toDatasetOptions(dataset).map(({ option_name, option_value }) => `  ${option_name}=${option_value}`);
  const { projectId, datasetId } = dataset.datasetReference;
  return `CREATE SCHEMA \`${projectId}.${datasetId}\`\nOPTIONS(\n${options.join(',\n')}\n);`;
};

const schemata: InformationView = {
  columns: {
    catalog_name: 'STRING',
    schema_name: 'STRING',
    schema_owner: 'STRING',
    creation_time: 'TIMESTAMP',
    last_modified_time: 'TIMESTAMP',
    location: 'STRING',
    ddl: 'STRING',
    default_collation_name: 'STRING',
  },
  rows: ({ core }, { datasets }) =>
    datasets.map((reference) => {
      const { location, creationTime, lastModifiedTime } = core.state.dataset(reference)!;
      return {
        catalog_name: reference.projectId,
        schema_name: reference.datasetId,
        creation_time: Number(creationTime),
        last_modified_time: Number(lastModifiedTime),
        location,
        ddl: toSchemaDdl(core.state.dataset(reference)!),
        default_collation_name: 'NULL',
      };
    }),
};

/** By name. PARTITIONS and TABLE_STORAGE count rows and so are not among them. */
export const informationViews: Readonly<Record<string, InformationView>> = {
  TABLES: tables,
  COLUMNS: columns,
  COLUMN_FIELD_PATHS: columnFieldPaths,
  TABLE_OPTIONS: tableOptions,
  VIEWS: views,
  MATERIALIZED_VIEWS: materializedViews,
  SCHEMATA: schemata,
  ROUTINES: routines,
  PARAMETERS: parameters,
  KEY_COLUMN_USAGE: keyColumnUsage,
  TABLE_CONSTRAINTS: tableConstraints,
  CONSTRAINT_COLUMN_USAGE: constraintColumnUsage,
  SCHEMATA_OPTIONS: schemataOptions,
  TABLE_SNAPSHOTS: tableSnapshots,
  ROUTINE_OPTIONS: routineOptions,
  SESSIONS: sessions,
  SESSIONS_BY_PROJECT: sessions,
  SESSIONS_BY_USER: sessions,
  JOBS: jobs,
  JOBS_BY_PROJECT: jobs,
  JOBS_BY_USER: jobs,
  JOBS_BY_FOLDER: jobs,
  JOBS_BY_ORGANIZATION: jobs,
};
