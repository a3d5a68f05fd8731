import type { Expression } from '../../../googlesql/syntax/ast.ts';
import { createInvalidQuery } from '../failure.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { RangePartitioning, TableInput, TimePartitioning } from '../resource.ts';

type Partitioning = Pick<TableInput, 'timePartitioning' | 'rangePartitioning' | 'clustering'>;

const column = '`?(\\w+)`?';
const rules: readonly (readonly [RegExp, (...groups: string[]) => Partitioning])[] = [
  [/^(?:_PARTITIONDATE|DATE\(_PARTITIONTIME\))$/i, () => byTime('DAY')],
  [/^(?:TIMESTAMP|DATE)_TRUNC\(_PARTITION(?:TIME|DATE),\s*(HOUR|DAY|MONTH|YEAR)\)$/i, (unit) => byTime(unit!)],
  [new RegExp(`^${column}$`), (field) => byTime('DAY', field)],
  [new RegExp(`^(?:DATE|DATETIME|TIMESTAMP)\\(\\s*${column}\\s*\\)$`, 'i'), (field) => byTime('DAY', field)],
  [
    new RegExp(`^(?:DATE|DATETIME|TIMESTAMP)_TRUNC\\(\\s*${column}\\s*,\\s*(HOUR|DAY|MONTH|YEAR)\\s*\\)$`, 'i'),
    (field, unit) => byTime(unit!, field),
  ],
  [
    new RegExp(
      `^RANGE_BUCKET\\(\\s*${column}\\s*,\\s*GENERATE_ARRAY\\(\\s*(-?\\d+)\\s*,\\s*(-?\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)\\s*\\)$`,
      'i',
    ),
    (field, start, end, interval = '1') => ({
      rangePartitioning: { field: field!, range: { start: start!, end: end!, interval } } satisfies RangePartitioning,
    }),
  ],
];

const byTime = (unit: string, field?: string): Partitioning => ({
  timePartitioning: { type: unit.toUpperCase() as TimePartitioning['type'], ...(field === undefined ? {} : { field }) },
});

/** PARTITION BY and CLUSTER BY as the resource says them. */
export function toPartitioning(
  context: StatementContext,
  partitionBy: readonly Expression[],
  clusterBy: readonly Expression[],
): Partitioning {
  if (partitionBy.length > 1) throw createInvalidQuery('Only a single PARTITION BY expression is supported but found multiple');
  const clustering =
    clusterBy.length === 0 ? {} : { clustering: { fields: clusterBy.map((each) => context.slice(each).replaceAll('`', '')) } };
  return { ...(partitionBy[0] ? toPartition(context.slice(partitionBy[0])) : {}), ...clustering };
}

function toPartition(text: string): Partitioning {
  for (const [pattern, convert] of rules) {
    const match = pattern.exec(text.trim());
    if (match) return convert(...match.slice(1));
  }
  throw createInvalidQuery(
    'PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))',
  );
}
