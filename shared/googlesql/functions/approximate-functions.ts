import { castSql, errorSql } from '../generate/cast-sql.ts';
import { literalSql } from '../generate/literal-sql.ts';
import { type SqlType, structField, structOf } from '../types/sql-type.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

// The approximate aggregates, computed exactly: what BigQuery promises within a margin holds without one.

const present = (value: string, { nullHandling }: EmitContext, isDefaultRespect: boolean) =>
  (nullHandling ?? (isDefaultRespect ? 'RESPECT' : 'IGNORE')) === 'IGNORE' ? { filter: `${value} IS NOT NULL` } : {};

/** Uses an aggregate's value more than once. */
const withList = (list: string, body: (list: string) => string): string =>
  `list_extract(list_transform([${list}], lambda gathered: ${body('gathered')}), 1)`;

const quantiles: Emit = ([value, number], context) => {
  const sorted = context.aggregate('list', [value!], { ...present(value!, context, false), orderBy: `${value} ASC NULLS FIRST` });
  const rank = `greatest(1, CAST(ceil(CAST(i AS DOUBLE) * len(gathered) / ${number}) AS BIGINT))`;
  return withList(
    sorted,
    (l) =>
      `CASE WHEN ${l} IS NULL OR len(${l}) = 0 THEN NULL ELSE list_transform(range(0, ${number} + 1), lambda i: list_extract(${l}, ${rank})) END`,
  );
};

/** Values with their number of rows, the most frequent first. */
const topCount: Emit = ([value, number], { aggregate }) => {
  const counted = `map_entries(${aggregate('histogram', [value!], { isDistinct: false })})`;
  const nulls = aggregate('count', [`CASE WHEN ${value} IS NULL THEN 1 END`], { isDistinct: false });
  const negative = `list_transform(${counted}, lambda e: struct_pack(n := -CAST(e."value" AS BIGINT), v := e."key"))`;
  const all = `CASE WHEN ${nulls} > 0 THEN list_append(coalesce(${negative}, []), struct_pack(n := -${nulls}, v := NULL)) ELSE ${negative} END`;
  return `list_transform(list_slice(list_sort(${all}), 1, ${number}), lambda e: struct_pack("value" := e.v, "count" := -e.n))`;
};

function checkedWeight(weight: string, type: SqlType): string {
  const isOdd = type.kind === 'FLOAT64' ? `${weight} < 0 OR isnan(${weight})` : `${weight} < ${literalSql(0n, type)}`;
  const text = castSql(weight, type, { kind: 'STRING' });
  const message = `'APPROX_TOP_SUM does not support negative or NaN weights in the second argument; got ' || ${text}`;
  return `CASE WHEN ${isOdd} THEN ${errorSql(message, type)} ELSE ${weight} END`;
}

const topSum: Emit = ([value, weight, number], { aggregate, types }) => {
  const rows = aggregate('list', [`struct_pack(v := ${value}, w := ${checkedWeight(weight!, types[1]!)})`], { isDistinct: false });
  const total = 'list_sum(list_transform(list_filter(gathered, lambda r: r.v IS NOT DISTINCT FROM d.v), lambda r: r.w))';
  const summed = `list_transform(list_distinct(list_transform(gathered, lambda r: struct_pack(v := r.v))), lambda d: struct_pack(isnull := ${total} IS NULL, n := -${total}, v := d.v))`;
  return withList(
    rows,
    () => `list_transform(list_slice(list_sort(${summed}), 1, ${number}), lambda e: struct_pack("value" := e.v, "sum" := -e.n))`,
  );
};

const ranked =
  (field: string) =>
  (types: readonly SqlType[]): SqlType => ({
    kind: 'ARRAY',
    element: structOf([structField('value', types[0]!), structField(field, field === 'count' ? { kind: 'INT64' } : types[1]!)]),
  });

/** Each value's hash once, as a BIGINT. */
function sketched(value: string, precision: string | undefined, { aggregate, types, isWindow }: EmitContext): string {
  const hashed = types[0]?.kind === 'BIGNUMERIC' ? `CAST(${value} AS VARCHAR)` : value;
  const hash = `CAST(CAST(hash(${hashed}) AS HUGEINT) - 9223372036854775808 AS BIGINT)`;
  const hashes = aggregate('list', [hash], { filter: `${value} IS NOT NULL`, isDistinct: !isWindow });
  const valueType = types[0]?.kind === 'INT64' ? 4 : 20;
  return `bq_hll_init(${hashes}, ${aggregate('count', [value], { isDistinct: false })}, CAST(${valueType} AS BIGINT), ${precision ?? 'CAST(NULL AS BIGINT)'})`;
}

const merged = (value: string, caller: string, { aggregate }: EmitContext): string =>
  `bq_hll_merge(${aggregate('list', [value], { filter: `${value} IS NOT NULL`, isDistinct: false })}, '${caller}')`;

const sketchable = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'STRING', 'BYTES'];

export const approximateFunctions = [
  ...defineFunctions(
    {
      'APPROX_COUNT_DISTINCT(ANY) -> INT64': ([value], { aggregate }) => aggregate('count', [value!], { isDistinct: true }),
      'APPROX_QUANTILES(T, INT64) -> ARRAY<T>': quantiles,
      'APPROX_TOP_COUNT(T, INT64) -> ANY': { emit: topCount, resultType: ranked('count') },
      'APPROX_TOP_SUM(T, INT64, INT64) -> ANY': { emit: topSum, resultType: ranked('sum') },
      'APPROX_TOP_SUM(T, NUMERIC, INT64) -> ANY': { emit: topSum, resultType: ranked('sum') },
      'APPROX_TOP_SUM(T, BIGNUMERIC, INT64) -> ANY': { emit: topSum, resultType: ranked('sum') },
      'APPROX_TOP_SUM(T, FLOAT64, INT64) -> ANY': { emit: topSum, resultType: ranked('sum') },
      ...Object.fromEntries(
        sketchable.map((type) => [
          `HLL_COUNT.INIT(${type}, INT64?) -> BYTES`,
          ([value, precision]: readonly string[], c: EmitContext) => sketched(value!, precision, c),
        ]),
      ),
      'HLL_COUNT.MERGE(BYTES) -> INT64': ([value], c) =>
        `coalesce(bq_hll_count(${merged(value!, 'HLL_COUNT.MERGE', c)}, 'HLL_COUNT.MERGE'), CAST(0 AS BIGINT))`,
      'HLL_COUNT.MERGE_PARTIAL(BYTES) -> BYTES': ([value], c) => merged(value!, 'HLL_COUNT.MERGE_PARTIAL', c),
    },
    'aggregate',
  ),
  ...defineFunctions({ 'HLL_COUNT.EXTRACT(BYTES) -> INT64': `coalesce(bq_hll_count($1, 'HLL_COUNT.EXTRACT'), CAST(0 AS BIGINT))` }),
];
