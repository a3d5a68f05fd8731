import type { TableResource } from '../resource.ts';

type Option = { readonly option_name: string; readonly option_type: string; readonly option_value: string };

const text = (name: string, value: string | undefined): readonly Option[] =>
  value === undefined ? [] : [{ option_name: name, option_type: 'STRING', option_value: JSON.stringify(value) }];

/** OPTIONS of a table, each value as GoogleSQL text. */
export function toTableOptions({
  description,
  friendlyName,
  labels,
  expirationTime,
  requirePartitionFilter,
}: TableResource): readonly Option[] {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`);
  return [
    ...text('description', description),
    ...text('friendly_name', friendlyName),
    ...(pairs.length > 0
      ? [{ option_name: 'labels', option_type: 'ARRAY<STRUCT<STRING, STRING>>', option_value: `[${pairs.join(', ')}]` }]
      : []),
    ...(expirationTime === undefined
      ? []
      : [
          {
            option_name: 'expiration_timestamp',
            option_type: 'TIMESTAMP',
            option_value: `TIMESTAMP "${new Date(Number(expirationTime)).toISOString()}"`,
          },
        ]),
    ...(requirePartitionFilter === undefined
      ? []
      : [{ option_name: 'require_partition_filter', option_type: 'BOOL', option_value: String(requirePartitionFilter) }]),
  ];
}
