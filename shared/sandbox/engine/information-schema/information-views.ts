import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { typeText } from '../../../googlesql/types/sql-type.ts';
import { fieldsOf, type StoredTable, typeOfField } from '../catalog/stored-table.ts';
import type { JobFacts } from '../engine.ts';
import type { QueryWorld } from '../query/query-world.ts';
import { parseStandardType } from '../query/sql-types.ts';
import type { RoutineResource, TableType } from '../resource.ts';
import type { InformationScope } from './find-information-schema.ts';
import type { ViewColumns, ViewRow } from './information-view.ts';
import { toTableDdl } from './table-ddl.ts';
import { toTableOptions } from './table-options.ts';

type InformationView = { readonly columns: ViewColumns; readonly rows: (world: QueryWorld, scope: InformationScope) => readonly ViewRow[] };

const tablesOf = ({ core }: QueryWorld, { datasets }: InformationScope): readonly StoredTable[] =>
  datasets.flatMap((dataset) => [...core.state.tables(dataset)].sort((a, b) => (a.resource.id < b.resource.id ? -1 : 1)));

const routinesOf = ({ core }: QueryWorld, { datasets }: InformationScope): readonly RoutineResource[] =>
  datasets.flatMap((dataset) => core.state.routines(dataset));

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

const yesNo = (flag: boolean): string => (flag ? 'YES' : 'NO');

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
        is_insertable_into: yesNo(type === 'TABLE'),
        is_fine_grained_mutations_enabled: 'NO',
        is_typed: 'NO',
        is_change_history_enabled: 'NO',
        creation_time: Number(creationTime),
        base_table_catalog: base?.projectId,
        base_table_schema: base?.datasetId,
        base_table_name: base?.tableId,
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
          is_nullable: yesNo(field.mode !== 'REQUIRED'),
          data_type: typeText(typeOfField(field)),
          is_generated: 'NEVER',
          is_hidden: 'NO',
          is_system_defined: 'NO',
          is_partitioning_column: yesNo(field.name === partitioned),
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
        ddl: `CREATE SCHEMA \`${reference.projectId}.${reference.datasetId}\`\nOPTIONS(\n  location="${location}"\n);`,
        default_collation_name: 'NULL',
      };
    }),
};

const routineKey = ({ routineReference: { projectId, datasetId, routineId } }: RoutineResource): ViewRow => ({
  specific_catalog: projectId,
  specific_schema: datasetId,
  specific_name: routineId,
});
const routineKeyColumns = { specific_catalog: 'STRING', specific_schema: 'STRING', specific_name: 'STRING' };

const routineTypes: Readonly<Record<RoutineResource['routineType'], string>> = {
  SCALAR_FUNCTION: 'FUNCTION',
  AGGREGATE_FUNCTION: 'FUNCTION',
  TABLE_VALUED_FUNCTION: 'TABLE FUNCTION',
  PROCEDURE: 'PROCEDURE',
};

const routines: InformationView = {
  columns: {
    ...routineKeyColumns,
    routine_catalog: 'STRING',
    routine_schema: 'STRING',
    routine_name: 'STRING',
    routine_type: 'STRING',
    data_type: 'STRING',
    routine_body: 'STRING',
    routine_definition: 'STRING',
    external_language: 'STRING',
    is_deterministic: 'STRING',
    security_type: 'STRING',
    created: 'TIMESTAMP',
    last_altered: 'TIMESTAMP',
    ddl: 'STRING',
  },
  rows: (world, scope) =>
    routinesOf(world, scope).map((routine) => ({
      ...routineKey(routine),
      routine_catalog: routine.routineReference.projectId,
      routine_schema: routine.routineReference.datasetId,
      routine_name: routine.routineReference.routineId,
      routine_type: routineTypes[routine.routineType],
      data_type: routine.returnType && typeText(parseStandardType(routine.returnType)),
      routine_body: routine.language === 'SQL' ? 'SQL' : 'EXTERNAL',
      routine_definition: routine.definitionBody,
      external_language: routine.language === 'SQL' ? null : routine.language,
      is_deterministic: routine.language === 'SQL' ? null : yesNo(routine.determinismLevel !== 'NOT_DETERMINISTIC'),
      created: Number(routine.creationTime),
      last_altered: Number(routine.lastModifiedTime),
    })),
};

const parameters: InformationView = {
  columns: {
    ...routineKeyColumns,
    ordinal_position: 'INT64',
    parameter_mode: 'STRING',
    is_result: 'STRING',
    parameter_name: 'STRING',
    data_type: 'STRING',
    parameter_default: 'STRING',
    is_aggregate: 'STRING',
  },
  rows: (world, scope) =>
    routinesOf(world, scope).flatMap((routine) =>
      (routine.arguments ?? []).map(({ name, mode, dataType }, index) => ({
        ...routineKey(routine),
        ordinal_position: index + 1,
        parameter_mode: routine.routineType === 'PROCEDURE' ? (mode ?? 'IN') : null,
        is_result: 'NO',
        parameter_name: name,
        data_type: dataType && dataType.typeKind !== 'TABLE' ? typeText(parseStandardType(dataType)) : 'ANY TYPE',
      })),
    ),
};

const jobs: InformationView = {
  columns: {
    creation_time: 'TIMESTAMP',
    project_id: 'STRING',
    user_email: 'STRING',
    job_id: 'STRING',
    job_type: 'STRING',
    statement_type: 'STRING',
    priority: 'STRING',
    start_time: 'TIMESTAMP',
    end_time: 'TIMESTAMP',
    query: 'STRING',
    state: 'STRING',
    total_bytes_processed: 'INT64',
    total_bytes_billed: 'INT64',
    total_slot_ms: 'INT64',
    cache_hit: 'BOOL',
    error_reason: 'STRING',
    error_message: 'STRING',
    destination_dataset: 'STRING',
    destination_table: 'STRING',
    referenced_table_names: 'ARRAY<STRING>',
    parent_job_id: 'STRING',
    session_id: 'STRING',
  },
  rows: ({ options }, { projectId }) => [...(options.jobs?.(projectId) ?? [])].map(toJobRow),
};

const toJobRow = (job: JobFacts): ViewRow => ({
  creation_time: job.creationTime,
  project_id: job.projectId,
  user_email: job.userEmail,
  job_id: job.jobId,
  job_type: job.jobType,
  statement_type: job.statementType,
  priority: 'INTERACTIVE',
  start_time: job.startTime,
  end_time: job.endTime,
  query: job.query,
  state: job.state,
  total_bytes_processed: job.totalBytesProcessed,
  total_bytes_billed: job.totalBytesBilled,
  total_slot_ms: 0,
  cache_hit: job.cacheHit ?? false,
  error_reason: job.errorResult?.reason,
  error_message: job.errorResult?.message,
  destination_dataset: job.destinationTable?.datasetId,
  destination_table: job.destinationTable?.tableId,
  referenced_table_names: (job.referencedTables ?? []).map(({ projectId, datasetId, tableId }) => `${projectId}.${datasetId}.${tableId}`),
  parent_job_id: job.parentJobId,
  session_id: job.sessionId,
});

const keyColumnUsage: InformationView = {
  columns: {
    constraint_catalog: 'STRING',
    constraint_schema: 'STRING',
    constraint_name: 'STRING',
    ...tableKeyColumns,
    column_name: 'STRING',
    ordinal_position: 'INT64',
  },
  rows: (world, scope) =>
    tablesOf(world, scope).flatMap((table) =>
      primaryKeyOf(table).map((column, index) => {
        const { projectId, datasetId, tableId } = table.resource.tableReference;
        const constraint = { constraint_catalog: projectId, constraint_schema: datasetId, constraint_name: `${tableId}.pk$` };
        return { ...constraint, ...tableKey(table), column_name: column, ordinal_position: index + 1 };
      }),
    ),
};

const primaryKeyOf = ({ resource }: StoredTable): readonly string[] =>
  (resource.tableConstraints as { primaryKey?: { columns?: readonly string[] } } | undefined)?.primaryKey?.columns ?? [];

/** By name. PARTITIONS counts rows and so is not among them. */
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
  JOBS: jobs,
  JOBS_BY_PROJECT: jobs,
  JOBS_BY_USER: jobs,
};
