import { assert } from '../../../base/assert.ts';
import { isRepeated, isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import { duckType } from '../../../googlesql/generate/duck-type.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { parseTableFieldSchema } from '../../../googlesql/types/table-field-schema.ts';
import { type DuckPlace, toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { TableResource } from '../resource.ts';

/** A table as the catalogue holds it; a view has no place in DuckDB. `resource` carries neither numRows nor numBytes. */
export type StoredTable = {
  readonly resource: TableResource;
  readonly place?: DuckPlace;
  readonly isValueTable?: boolean;
  /** Written once and never changed: a result. */
  readonly isSealed?: boolean;
  /** Only a part of the rows at `place` is meant: a partition, a time gone by. Never of a table in the catalogue. */
  readonly window?: TableWindow;
};

/** `where`: DuckDB's condition. `dropLast`: how many rows at the end do not count. */
export type TableWindow = { readonly where?: string; readonly dropLast?: bigint };

/** A table that has rows. */
export type PlacedTable = StoredTable & { readonly place: DuckPlace };

export const isPlaced = (table: StoredTable): table is PlacedTable => table.place !== undefined;

export const fieldsOf = (table: StoredTable): readonly TableFieldSchema[] => table.resource.schema?.fields ?? [];

export function typeOfField(field: TableFieldSchema): SqlType {
  const type = parseTableFieldSchema(field as Parameters<typeof parseTableFieldSchema>[0]);
  assert(type !== undefined, `the catalogue holds valid schemas, not ${field.type}`);
  return type;
}

/** What reads say FROM: the rows that are meant. */
export function toDuckRelation({ place, window }: PlacedTable): string {
  const table = toDuckTable(place);
  if (!window) return table;
  const { where, dropLast } = window;
  const rows = dropLast === undefined ? table : `(SELECT * FROM ${table} LIMIT (SELECT greatest(count(*) - ${dropLast}, 0) FROM ${table}))`;
  return where === undefined ? rows : `(SELECT * FROM ${rows} WHERE ${where})`;
}

/** Ingestion-time partitioned: the rows' partition is when they came, kept in two hidden columns. */
export const hasPseudoColumns = ({ resource }: StoredTable): boolean =>
  resource.timePartitioning !== undefined && resource.timePartitioning.field === undefined;

export const PARTITION_TIME_COLUMN = '#partition_time';
export const PARTITION_DATE_COLUMN = '#partition_date';

/** Names of all that DuckDB's table has, for INSERT and SELECT. */
export function columnsOf(table: StoredTable): string {
  const hidden = hasPseudoColumns(table) ? [PARTITION_TIME_COLUMN, PARTITION_DATE_COLUMN] : [];
  const names = [...fieldsOf(table).map(({ name }) => name), ...hidden];
  return (names.length === 0 ? ['#none'] : names).map(quoteName).join(', ');
}

/** DuckDB names of columns that are the schema's own, in its order. A table without columns has one that nobody sees. */
export function toColumnDefinitions(table: StoredTable): string {
  const own = fieldsOf(table).map(toColumnDefinition);
  const hidden = hasPseudoColumns(table) ? pseudoColumns(table.resource.timePartitioning!.type) : [];
  const all = [...own, ...hidden];
  return (all.length === 0 ? ['"#none" BOOLEAN'] : all).join(', ');
}

function toColumnDefinition(field: TableFieldSchema): string {
  const notNull = isRequired(field) && !isRepeated(field) ? ' NOT NULL' : '';
  return `${quoteName(field.name)} ${duckType(typeOfField(field))}${notNull}${toLengthCheck(field)}`;
}

/** STRING(n) counts characters, BYTES(n) bytes. Whatever writes the table is held to it; `error` gives BigQuery's own words. */
function toLengthCheck(field: TableFieldSchema): string {
  if (field.maxLength === undefined || isRepeated(field)) return '';
  const length = `${field.type === 'BYTES' ? 'octet_length' : 'length'}(${quoteName(field.name)})`;
  const complaint = `'${field.type}(${field.maxLength}) has maximum length ${field.maxLength} but got a value with length ' || ${length}`;
  return ` CHECK (CASE WHEN ${length} > ${Number(field.maxLength)} THEN error(${complaint}) IS NULL ELSE TRUE END)`;
}

function pseudoColumns(unit: 'DAY' | 'HOUR' | 'MONTH' | 'YEAR'): readonly string[] {
  const now = `date_trunc('${unit.toLowerCase()}', get_current_timestamp())`;
  return [
    `${quoteName(PARTITION_TIME_COLUMN)} TIMESTAMPTZ DEFAULT ${now}`,
    `${quoteName(PARTITION_DATE_COLUMN)} DATE DEFAULT CAST(${now} AS DATE)`,
  ];
}
