import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import { BOOL, INT64, type SqlType, STRING, TIMESTAMP } from '../../../googlesql/types/sql-type.ts';
import { toColumnSize } from '../catalog/logical-size.ts';
import { toPartitionKey } from '../catalog/partition-key.ts';
import { fieldsOf, isPlaced, type PlacedTable, typeOfField } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { InformationScope } from './find-information-schema.ts';

const types: Readonly<Record<string, SqlType>> = {
  project_id: STRING,
  table_catalog: STRING,
  project_number: INT64,
  table_schema: STRING,
  table_name: STRING,
  creation_time: TIMESTAMP,
  deleted: BOOL,
  storage_last_modified_time: TIMESTAMP,
  total_rows: INT64,
  total_partitions: INT64,
  total_logical_bytes: INT64,
  active_logical_bytes: INT64,
  long_term_logical_bytes: INT64,
  current_physical_bytes: INT64,
  total_physical_bytes: INT64,
  active_physical_bytes: INT64,
  long_term_physical_bytes: INT64,
  time_travel_physical_bytes: INT64,
  fail_safe_physical_bytes: INT64,
  table_type: STRING,
};

const columns = Object.entries(types).map(([name, type]) => ({ name, type }));

/** Rows and bytes of every table, counted when the view is read. Physical bytes are as many as logical ones: nothing here is compressed as BigQuery does it. */
export function toTableStorage({ core }: QueryWorld, { datasets }: InformationScope, path: CatalogTable['path']): CatalogTable {
  const selects = datasets
    .flatMap((dataset) => core.state.tables(dataset).filter(isPlaced))
    .map((table) => toSelect(table, core.history.modifiedAt(table.resource.id)));
  const nothing = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`).join(', ');
  return { path, columns, duckName: `(${[...selects, `SELECT ${nothing} WHERE FALSE`].join(' UNION ALL ')})` };
}

function toSelect(table: PlacedTable, modifiedAt: number | undefined): string {
  const { tableReference, creationTime, lastModifiedTime, type } = table.resource;
  const [project, dataset, name] = [tableReference.projectId, tableReference.datasetId, tableReference.tableId].map(quoteText);
  const sizes = fieldsOf(table).map((field) => toColumnSize(quoteName(field.name), typeOfField(field)));
  const bytes = `CAST(${sizes.join(' + ') || '0'} AS BIGINT)`;
  const key = toPartitionKey(table);
  const time = (ms: number): string => `make_timestamptz(${BigInt(ms) * 1000n})`;
  const nothing = 'CAST(0 AS BIGINT)';
  const values: Readonly<Record<string, string>> = {
    project_id: project!,
    table_catalog: project!,
    project_number: nothing,
    table_schema: dataset!,
    table_name: name!,
    creation_time: time(Number(creationTime)),
    deleted: 'FALSE',
    storage_last_modified_time: time(modifiedAt ?? Number(lastModifiedTime)),
    total_rows: 'count(*)',
    total_partitions: key === undefined ? nothing : `count(DISTINCT ${key})`,
    total_logical_bytes: bytes,
    active_logical_bytes: bytes,
    current_physical_bytes: bytes,
    total_physical_bytes: bytes,
    active_physical_bytes: bytes,
    table_type: quoteText(type === 'TABLE' ? 'BASE TABLE' : type),
  };
  return `(SELECT ${columns.map((column) => `${values[column.name] ?? nothing} AS ${quoteName(column.name)}`).join(', ')} FROM ${toDuckTable(table.place)})`;
}
