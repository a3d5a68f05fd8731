import type { DuckDBListValue, DuckDBStructValue, DuckDBTimestampTZValue, DuckDBValue } from '@duckdb/node-api';
import type { OptionList } from '../../../googlesql/syntax/ast.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { TableInput } from '../resource.ts';
import { createToCell } from '../rows/to-cell.ts';
import { evaluate } from '../script/script-values.ts';

export type OptionValue = string | number | boolean | null | readonly OptionValue[];
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** OPTIONS(name = expression, …): names in lower case; numbers as numbers, timestamps as epoch milliseconds, structs as lists. */
export async function optionValues(context: StatementContext, { entries }: OptionList): Promise<OptionValues> {
  const values: Record<string, OptionValue> = {};
  for (const { name, value } of entries) {
    // An array of unnamed pairs, as in labels = [('a', 'b')]: the type comes from the expression.
    const { type } = context.scalar(value);
    values[name.name.toLowerCase()] = toOptionValue(await evaluate(context, value), type);
  }
  return values;
}

function toOptionValue(value: DuckDBValue, type: SqlType): OptionValue {
  if (value === null) return null;
  if (type.kind === 'ARRAY') return (value as DuckDBListValue).items.map((item) => toOptionValue(item, type.element));
  if (type.kind === 'STRUCT')
    return Object.values((value as DuckDBStructValue).entries).map((item, index) => toOptionValue(item, type.fields[index]!.type));
  if (type.kind === 'TIMESTAMP') return Number((value as DuckDBTimestampTZValue).micros / 1000n);
  if (type.kind === 'BOOL') return value as boolean;
  if (type.kind === 'INT64' || type.kind === 'FLOAT64') return Number(value);
  const text = createToCell(type)(value) as string;
  return type.kind === 'NUMERIC' ? Number(text) : text;
}

/** What table options mean in the resource. A value of NULL removes, as in ALTER … SET OPTIONS. */
export function toResourceOptions(values: OptionValues): Readonly<Record<string, unknown>> {
  const resource: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const [key, convert] = resourceOptions[name] ?? [];
    if (key !== undefined && convert !== undefined) resource[key] = value === null ? null : convert(value);
  }
  return resource;
}

/** Options that stand inside the partitioning of a table, or beside the query of a view. */
export function toNestedOptions(values: OptionValues, resource: NestedResource): Readonly<Record<string, unknown>> {
  const { partition_expiration_days: days, enable_refresh: enableRefresh, refresh_interval_minutes: minutes } = values;
  const { timePartitioning, materializedView } = resource;
  const nested: Record<string, unknown> = {};
  if (days !== undefined && timePartitioning) {
    const { expirationMs: _, ...rest } = timePartitioning;
    nested['timePartitioning'] = days === null ? rest : { ...rest, expirationMs: toDaysMs(days) };
  }
  if (materializedView && (enableRefresh !== undefined || minutes !== undefined)) {
    const refresh = typeof enableRefresh === 'boolean' ? { enableRefresh } : {};
    const interval = typeof minutes === 'number' ? { refreshIntervalMs: String(Math.round(minutes * 60_000)) } : {};
    nested['materializedView'] = { ...materializedView, ...refresh, ...interval };
  }
  return nested;
}

type NestedResource = Pick<TableInput, 'timePartitioning' | 'materializedView'>;

/** Throws BigQuery's error for an option that does not exist. */
export function checkOptions(values: OptionValues): void {
  const unknown = Object.keys(values).find((name) => !(name in resourceOptions) && !otherOptions.has(name));
  if (unknown !== undefined) throw createInvalidQuery(`Unknown option: ${unknown}`);
}

/** Kept elsewhere, or without a meaning in a sandbox. */
const otherOptions = new Set([
  'partition_expiration_days',
  'enable_refresh',
  'refresh_interval_minutes',
  'max_staleness',
  'allow_non_incremental_definition',
  'kms_key_name',
  'default_kms_key_name',
  'default_rounding_mode',
  'privacy_policy',
  'enable_change_history',
  'enable_fine_grained_mutations',
  'storage_uri',
  'file_format',
  'table_format',
  'tags',
  'is_primary',
  'primary_replica',
  'failover_reservation',
  'storage_billing_model',
  'max_time_travel_hours',
]);

const toDaysMs = (value: OptionValue): string => String(Math.round(Number(value) * 86_400_000));
const identity = (value: OptionValue): unknown => value;

const resourceOptions: Readonly<Record<string, readonly [key: string, convert: (value: OptionValue) => unknown]>> = {
  description: ['description', identity],
  friendly_name: ['friendlyName', identity],
  labels: ['labels', (value) => Object.fromEntries(value as readonly (readonly [string, string])[])],
  expiration_timestamp: ['expirationTime', String],
  require_partition_filter: ['requirePartitionFilter', identity],
  default_table_expiration_days: ['defaultTableExpirationMs', toDaysMs],
  default_partition_expiration_days: ['defaultPartitionExpirationMs', toDaysMs],
  location: ['location', identity],
  is_case_insensitive: ['isCaseInsensitive', identity],
};
