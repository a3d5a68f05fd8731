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

export const windowFunctions = defineFunctions(
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
);
