import type { CatalogTable } from '../../../googlesql/analyze/catalog.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import { INT64, STRING, TIMESTAMP } from '../../../googlesql/types/sql-type.ts';
import { toValueSize } from '../catalog/logical-size.ts';
import { toPartitionKey } from '../catalog/partition-key.ts';
import { fieldsOf, isPlaced, type PlacedTable, typeOfField } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName, quoteText } from '../duck/quote.ts';
import type { QueryWorld } from '../query/query-world.ts';
import type { InformationScope } from './find-information-schema.ts';

const columns = [
  { name: 'table_catalog', type: STRING },
  { name: 'table_schema', type: STRING },
  { name: 'table_name', type: STRING },
  { name: 'partition_id', type: STRING },
  { name: 'total_rows', type: INT64 },
  { name: 'total_logical_bytes', type: INT64 },
  { name: 'last_modified_time', type: TIMESTAMP },
  { name: 'storage_tier', type: STRING },
];

/** One row per partition with its rows and bytes, counted when the view is read. A table without partitions has one, whose id is NULL. */
export function toPartitionsTable({ core }: QueryWorld, { datasets }: InformationScope, path: CatalogTable['path']): CatalogTable {
  const selects = datasets.flatMap((dataset) => core.state.tables(dataset).filter(isPlaced)).map(toSelect);
  const nothing = columns.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${quoteName(name)}`).join(', ');
  return { path, columns, duckName: `(${[...selects, `SELECT ${nothing} WHERE FALSE`].join(' UNION ALL ')})` };
}

function toSelect(table: PlacedTable): string {
  const { tableReference, lastModifiedTime } = table.resource;
  const names = [tableReference.projectId, tableReference.datasetId, tableReference.tableId].map(quoteText);
  const sizes = fieldsOf(table).map((field) => toValueSize(quoteName(field.name), typeOfField(field)));
  const bytes = `CAST(coalesce(sum(${sizes.join(' + ') || '0'}), 0) AS BIGINT)`;
  const modified = `make_timestamptz(${BigInt(lastModifiedTime) * 1000n})`;
  const key = toPartitionKey(table) ?? 'CAST(NULL AS VARCHAR)';
  const facts = `${names[0]} AS table_catalog, ${names[1]} AS table_schema, ${names[2]} AS table_name, ${key} AS partition_id`;
  const counts = `count(*) AS total_rows, ${bytes} AS total_logical_bytes, ${modified} AS last_modified_time, 'ACTIVE' AS storage_tier`;
  return `(SELECT ${facts}, ${counts} FROM ${toDuckTable(table.place)}${key === 'CAST(NULL AS VARCHAR)' ? '' : ` GROUP BY ${key}`})`;
}
