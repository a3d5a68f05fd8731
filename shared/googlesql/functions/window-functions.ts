import { errorSql } from '../generate/cast-sql.ts';
import { defineFunctions, type Emit } from './signature.ts';

const ranking =
  (call: string): Emit =>
  (args, { aggregate }) =>
    aggregate(call, args);

/** LAG and LEAD: an offset below zero is an error in BigQuery and the other direction in DuckDB. */
const neighbour =
  (call: string): Emit =>
  ([value, offset, otherwise], { aggregate }) =>
    aggregate(call, [
      value!,
      ...(offset === undefined
        ? []
        : [`CASE WHEN ${offset} < 0 THEN CAST(bq_error('LEAD/LAG offset cannot be negative') AS BIGINT) ELSE ${offset} END`]),
      ...(otherwise === undefined ? [] : [otherwise]),
    ]);

const navigation =
  (call: string): Emit =>
  (args, { aggregate, nullHandling }) =>
    aggregate(call, args, nullHandling === 'IGNORE' ? { suffix: ' IGNORE NULLS' } : {});

const percentile =
  (call: string): Emit =>
  ([value, fraction], { aggregate, nullHandling, types, returns }) => {
    const odd = call === 'quantile_cont' ? `NOT isfinite(${value})` : types[0]?.kind === 'FLOAT64' ? `isnan(${value})` : undefined;
    const quantile = aggregate(call, [value!, fraction!]);
    const refused = odd && aggregate('bool_or', [odd], { isDistinct: false });
    const found = refused
      ? `CASE WHEN ${refused} THEN ${errorSql("'Percentiles of values that are not finite are not supported'", returns)} ELSE ${quantile} END`
      : quantile;
    if (nullHandling !== 'RESPECT') return found;
    return `bq_percentile_with_nulls(${aggregate('list', [value!])}, ${fraction}, '${call}')`;
  };

/** Exactly, from a list of all values as texts of scaled integers. */
const percentileOfDecimals =
  (kind: 'numeric' | 'bignumeric'): Emit =>
  ([value, fraction], { aggregate, nullHandling, returns }) => {
    if (nullHandling === 'RESPECT') return errorSql("'PERCENTILE_CONT of decimals with RESPECT NULLS is not supported'", returns);
    const scaled = (sql: string): string => (kind === 'numeric' ? `replace(CAST(${sql} AS VARCHAR), '.', '')` : `CAST(${sql} AS VARCHAR)`);
    return `bq_percentile_${kind}(${aggregate('list', [scaled(value!)])}, ${scaled(fraction!)})`;
  };

const percentiles = defineFunctions(
  {
    'PERCENTILE_CONT(FLOAT64, FLOAT64) -> FLOAT64': percentile('quantile_cont'),
    'PERCENTILE_CONT(NUMERIC, NUMERIC) -> NUMERIC': percentileOfDecimals('numeric'),
    'PERCENTILE_CONT(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': percentileOfDecimals('bignumeric'),
    'PERCENTILE_DISC(T, FLOAT64) -> T': percentile('quantile_disc'),
  },
  'aggregate',
);

export const windowFunctions = [
  ...percentiles,
  ...defineFunctions(
    {
      'ROW_NUMBER() -> INT64': ranking('row_number'),
      'RANK() -> INT64': ranking('rank'),
      'DENSE_RANK() -> INT64': ranking('dense_rank'),
      'PERCENT_RANK() -> FLOAT64': ranking('percent_rank'),
      'CUME_DIST() -> FLOAT64': ranking('cume_dist'),
      'NTILE(INT64) -> INT64': ranking('ntile'),
      'LEAD(T, INT64?, T?) -> T': neighbour('lead'),
      'LAG(T, INT64?, T?) -> T': neighbour('lag'),
      'FIRST_VALUE(T) -> T': navigation('first_value'),
      'LAST_VALUE(T) -> T': navigation('last_value'),
      'NTH_VALUE(T, INT64) -> T': navigation('nth_value'),
    },
    'window',
  ),
];
