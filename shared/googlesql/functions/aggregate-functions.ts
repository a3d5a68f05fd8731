import { arrayOrderKey } from '../generate/sort-sql.ts';
import type { SqlType } from '../types/sql-type.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

const isPresent = (sql: string): string => `${sql} IS NOT NULL`;

/** The first of a list in its order, when LIMIT says so. */
const limited = (list: string, { hasLimit }: EmitContext): string => (hasLimit ? `list_slice(${list}, 1, ${hasLimit})` : list);

/** Up to this size DISTINCT keeps the order in which values first came, as BigQuery's usually does; comparing each with each costs too much beyond. */
const ORDERED_DISTINCT = 256;

/** The values gathered in a list; `filter` leaves some out. */
function gathered(value: string, context: EmitContext, filter: { readonly filter?: string }): string {
  const distinct = context.aggregate('list', [value], filter);
  if (!context.isDistinct || context.isOrdered || context.isWindow) return distinct;
  const all = context.aggregate('list', [value], { ...filter, isDistinct: false });
  const first =
    'list_filter(gathered.l, lambda item, place: len(list_filter(list_slice(gathered.l, 1, place - 1), lambda other: other IS NOT DISTINCT FROM item)) = 0)';
  const choice = `CASE WHEN len(gathered.l) <= ${ORDERED_DISTINCT} THEN ${first} ELSE gathered.d END`;
  return `list_extract(list_transform([struct_pack(l := ${all}, d := ${distinct})], lambda gathered: ${choice}), 1)`;
}

const list: Emit = ([value], context) => {
  const filter = context.nullHandling === 'IGNORE' ? { filter: isPresent(value!) } : {};
  return limited(gathered(value!, context, filter), context);
};

const stringAgg: Emit = ([value, separator], context) => {
  const isReordered = context.isDistinct && !context.isOrdered && !context.isWindow;
  if (!context.hasLimit && !isReordered) return context.aggregate('string_agg', [value!, separator ?? "','"]);
  const list = limited(gathered(value!, context, { filter: isPresent(value!) }), context);
  return `CASE WHEN len(${list}) > 0 THEN array_to_string(${list}, ${separator ?? "','"}) END`;
};

const bytesAgg: Emit = ([value, separator], context) =>
  `bq_join_bytes(${limited(context.aggregate('list', [value!], { filter: isPresent(value!) }), context)}, ${separator ?? "unhex('2c')"})`;

const concatAgg: Emit = ([value], context) =>
  `flatten(${limited(context.aggregate('list', [value!], { filter: isPresent(value!) }), context)})`;

/** The value of a row chosen freely, or of the row that has the extreme of another expression. */
const anyValue: Emit = ([value], context) => {
  if (!context.having) return context.aggregate('any_value', [value!]);
  return context.aggregate(context.having.bound === 'MAX' ? 'arg_max_null' : 'arg_min_null', [value!, context.having.sql]);
};

/** The least or greatest range: an unbounded start is the least, an unbounded end the greatest. */
const extremeRange =
  (direction: 'ASC' | 'DESC'): Emit =>
  ([range], { aggregate }) => {
    const [start, end] = direction === 'ASC' ? ['FIRST', 'LAST'] : ['LAST', 'FIRST'];
    const orderBy = `(${range})."start" ${direction} NULLS ${start}, (${range})."end" ${direction} NULLS ${end}`;
    return `list_extract(${aggregate('list', [range!], { orderBy, isDistinct: false, filter: isPresent(range!) })}, 1)`;
  };

/** The least or greatest array, as ORDER BY would have them. */
const extremeArray =
  (duckFunction: string): Emit =>
  ([array], { aggregate, types }) =>
    aggregate(duckFunction, [array!, arrayOrderKey(array!, types[0] as SqlType & { kind: 'ARRAY' })]);

/** NaN wins in both: it is the greatest to DuckDB, so MIN looks for it. */
const minFloat: Emit = ([value], { aggregate }) =>
  `CASE WHEN ${aggregate('bool_or', [`isnan(${value})`], { orderBy: '', isDistinct: false })} THEN CAST('nan' AS DOUBLE) ELSE ${aggregate('min', [value!])} END`;

const same =
  (duckFunction: string): Emit =>
  ([value], { aggregate }) =>
    aggregate(duckFunction, [value!]);

const foldBytes =
  (operator: string): Emit =>
  ([value, mode], { aggregate }) =>
    `bq_bytes_fold(${aggregate('list', [value!], { filter: isPresent(value!) })}, '${operator}', ${mode ?? "'STRICT'"})`;

const argExtreme =
  (duckFunction: string): Emit =>
  ([value, by], { aggregate }) =>
    aggregate(duckFunction, [value!, by!]);

// A frame that ends before it starts has -1 rows to DuckDB's count(*).
export const aggregateFunctions = defineFunctions(
  {
    '$count_star() -> INT64': (_args, { aggregate, isWindow }) =>
      isWindow ? `greatest(${aggregate('count', ['*'])}, 0)` : aggregate('count', ['*']),
    'COUNT(ANY) -> INT64': same('count'),
    'COUNTIF(BOOL) -> INT64': ([value], { aggregate }) => aggregate('count', [`CASE WHEN ${value} THEN 1 END`]),
    'MIN(FLOAT64) -> FLOAT64': minFloat,
    'MIN(RANGE<T>) -> RANGE<T>': extremeRange('ASC'),
    'MAX(RANGE<T>) -> RANGE<T>': extremeRange('DESC'),
    'MIN(ARRAY<T>) -> ARRAY<T>': extremeArray('arg_min'),
    'MAX(ARRAY<T>) -> ARRAY<T>': extremeArray('arg_max'),
    'MIN(T) -> T': same('min'),
    'MAX(T) -> T': same('max'),
    'MAX_BY(T, T1) -> T': argExtreme('arg_max_null'),
    'MIN_BY(T, T1) -> T': argExtreme('arg_min_null'),
    'ANY_VALUE(T) -> T': anyValue,
    'ARRAY_AGG(T) -> ARRAY<T>': list,
    'ARRAY_CONCAT_AGG(ARRAY<T>) -> ARRAY<T>': concatAgg,
    'STRING_AGG(STRING, STRING?) -> STRING': stringAgg,
    'STRING_AGG(BYTES, BYTES?) -> BYTES': bytesAgg,
    'LOGICAL_AND(BOOL) -> BOOL': same('bool_and'),
    'LOGICAL_OR(BOOL) -> BOOL': same('bool_or'),
    'BIT_AND(INT64) -> INT64': same('bit_and'),
    'BIT_OR(INT64) -> INT64': same('bit_or'),
    'BIT_XOR(INT64) -> INT64': same('bit_xor'),
    'BIT_AND(BYTES, mode => STRING?) -> BYTES': foldBytes('&'),
    'BIT_OR(BYTES, mode => STRING?) -> BYTES': foldBytes('|'),
    'BIT_XOR(BYTES, mode => STRING?) -> BYTES': foldBytes('^'),
    'GROUPING(ANY) -> INT64': '$1',
  },
  'aggregate',
);
