import { dateOf, errorSql, intervalParts, timestampOf } from '../generate/cast-sql.ts';
import { compareSql } from '../generate/compare-sql.ts';
import { duckType } from '../generate/duck-type.ts';
import type { SqlType } from '../types/sql-type.ts';
import { defineFunctions, type Emit } from './signature.ts';

const strict = (args: readonly string[], sql: string): string =>
  `CASE WHEN ${args.map((a) => `${a} IS NULL`).join(' OR ')} THEN NULL ELSE ${sql} END`;

const concat: Emit = (args) =>
  args.length === 1
    ? args[0]!
    : strict(
        args,
        args.slice(1).reduce((all, next) => `list_concat(${all}, ${next})`, args[0]!),
      );

const elementOf = (type: SqlType): SqlType => (type.kind === 'ARRAY' ? type.element : type);

/** ARRAY_FIRST and ARRAY_LAST of an empty array are errors. */
const end =
  (index: string, name: string): Emit =>
  ([array], { returns }) =>
    `CASE WHEN len(${array}) = 0 THEN ${errorSql(`'${name} cannot get the element of an empty array'`, returns)} ELSE list_extract(${array}, ${index}) END`;

const includes: Emit = ([array, value], { types }) => {
  const element = elementOf(types[0]!);
  const found = ['FLOAT64', 'STRUCT'].includes(element.kind)
    ? `len(list_filter(${array}, lambda element: ${compareSql('=', 'element', value!, element)})) > 0`
    : `list_contains(${array}, ${value})`;
  return strict([array!, value!], found);
};

/** BigQuery's limit. Nothing can interrupt DuckDB while it makes an array. */
const MAX_SERIES = 1_048_575;

/** A series whose step is zero is an error, and so is one that is too long. */
const integers: Emit = ([start, stop, step = 'CAST(1 AS BIGINT)'], context) => {
  const isStep = context.literal(2) === undefined || context.literal(2) === 0n;
  const isZero =
    step !== 'CAST(1 AS BIGINT)' && isStep ? `WHEN ${step} = 0 THEN CAST(bq_error('Sequence step cannot be 0.') AS BIGINT) ` : '';
  const [first, last] = [context.literal(0), context.literal(1)];
  const isShort = typeof first === 'bigint' && typeof last === 'bigint' && Math.abs(Number(last - first)) < MAX_SERIES;
  const tooLong = `CAST(bq_error('Cannot generate arrays with more than ${MAX_SERIES} elements.') AS BIGINT)`;
  const isLong = isShort ? '' : `WHEN abs(CAST(${stop} AS HUGEINT) - ${start}) // abs(${step}) >= ${MAX_SERIES} THEN ${tooLong} `;
  return `generate_series(${start}, ${stop}, ${isZero || isLong ? `CASE ${isZero}${isLong}ELSE ${step} END` : step})`;
};

const dateSeries: Emit = ([start, stop, step]) => {
  const parts = step === undefined ? 'CAST(0 AS BIGINT), CAST(1 AS BIGINT), CAST(0 AS BIGINT)' : intervalParts(step);
  const days = (date: string): string => `CAST(${date} - DATE '1970-01-01' AS BIGINT)`;
  return `list_transform(bq_date_series(${days(start!)}, ${days(stop!)}, ${parts}), lambda day: ${dateOf('day')})`;
};

const timestampSeries: Emit = ([start, stop, step]) =>
  `list_transform(bq_timestamp_series(epoch_us(${start}), epoch_us(${stop}), ${intervalParts(step!)}), lambda micros: ${timestampOf('micros')})`;

const slice: Emit = ([array, start, stop]) => {
  const position = (index: string): string => `CASE WHEN ${index} < 0 THEN len(${array}) + ${index} ELSE ${index} END`;
  return strict([array!, start!, stop!], `list_slice(${array}, greatest(${position(start!)}, 0) + 1, greatest(${position(stop!)} + 1, 0))`);
};

const distinctCheck: Emit = ([array]) =>
  `(len(list_distinct(${array})) + CASE WHEN list_count(${array}) < len(${array}) THEN 1 ELSE 0 END = len(${array}))`;

const joined: Emit = ([array, separator, nullText]) => {
  const list = nullText === undefined ? array : `list_transform(${array}, lambda element: coalesce(element, ${nullText}))`;
  const kept = nullText === undefined ? `list_filter(${array}, lambda element: element IS NOT NULL)` : list!;
  return strict([array!, separator!, ...(nullText ? [nullText] : [])], `coalesce(array_to_string(${kept}, ${separator}), '')`);
};

const flatten: Emit = ([array]) => `flatten(${array})`;

const totalOf: Emit = ([array], { returns }) => `CAST(list_sum(${array}) AS ${duckType(returns)})`;

const zip =
  (count: number): Emit =>
  (args, { returns }) => {
    const mode = args[count] ?? "'STRICT'";
    const arrays = args.slice(0, count);
    const lengths = arrays.map((a) => `len(${a})`);
    const size = `CASE ${mode} WHEN 'PAD' THEN greatest(${lengths.join(', ')}) WHEN 'TRUNCATE' THEN least(${lengths.join(', ')}) ELSE ${lengths[0]} END`;
    const unequal = `${mode} = 'STRICT' AND (${lengths
      .slice(1)
      .map((l) => `${l} <> ${lengths[0]}`)
      .join(' OR ')})`;
    const element = elementOf(returns);
    const fields = arrays
      .map((a, i) => `"${element.kind === 'STRUCT' ? (element.fields[i]!.name ?? `_f${i}`) : ''}" := list_extract(${a}, i)`)
      .join(', ');
    const rows = `list_transform(range(1, ${size} + 1), lambda i: struct_pack(${fields}))`;
    return strict(
      arrays,
      `CASE WHEN ${unequal} THEN ${errorSql(`'Unequal array lengths in ARRAY_ZIP using STRICT mode'`, returns)} ELSE ${rows} END`,
    );
  };

const zipType = (types: readonly SqlType[]): SqlType => ({
  kind: 'ARRAY',
  element: { kind: 'STRUCT', fields: types.filter((t) => t.kind === 'ARRAY').map((t) => ({ type: elementOf(t) })) },
});

export const arrayFunctions = defineFunctions({
  'ARRAY_LENGTH(ARRAY<T>) -> INT64': 'CAST(len($1) AS BIGINT)',
  'ARRAY_CONCAT(ARRAY<T>...) -> ARRAY<T>': concat,
  'ARRAY_REVERSE(ARRAY<T>) -> ARRAY<T>': 'list_reverse($1)',
  'ARRAY_TO_STRING(ARRAY<STRING>, STRING, STRING?) -> STRING': joined,
  'ARRAY_TO_STRING(ARRAY<BYTES>, BYTES, BYTES?) -> BYTES': ([array, separator, nullText]) =>
    strict(
      [array!, separator!],
      `bq_join_bytes(list_transform(${array}, lambda element: coalesce(element, ${nullText ?? 'CAST(NULL AS BLOB)'})), ${separator})`,
    ),
  'ARRAY_FIRST(ARRAY<T>) -> T': end('1', 'ARRAY_FIRST'),
  'ARRAY_LAST(ARRAY<T>) -> T': end('-1', 'ARRAY_LAST'),
  'ARRAY_FIRST_N(ARRAY<T>, INT64) -> ARRAY<T>': `CASE WHEN $2 < 0 THEN list_slice($1, 1, CAST(bq_error('The n argument to ARRAY_FIRST_N must not be negative.') AS BIGINT)) ELSE list_slice($1, 1, $2) END`,
  'ARRAY_LAST_N(ARRAY<T>, INT64) -> ARRAY<T>': `CASE WHEN $2 < 0 THEN list_slice($1, 1, CAST(bq_error('The n argument to ARRAY_LAST_N must not be negative.') AS BIGINT)) ELSE list_slice($1, greatest(len($1) - $2, 0) + 1, len($1)) END`,
  'ARRAY_SLICE(ARRAY<T>, INT64, INT64) -> ARRAY<T>': slice,
  'ARRAY_DISTINCT(ARRAY<T>) -> ARRAY<T>':
    'list_filter($1, lambda element, place: len(list_filter(list_slice($1, 1, place - 1), lambda other: other IS NOT DISTINCT FROM element)) = 0)',
  'ARRAY_IS_DISTINCT(ARRAY<T>) -> BOOL': distinctCheck,
  'ARRAY_INCLUDES(ARRAY<T>, T -> BOOL) -> BOOL': 'CASE WHEN $1 IS NULL THEN NULL ELSE len(list_filter($1, $2)) > 0 END',
  'ARRAY_INCLUDES(ARRAY<T>, T) -> BOOL': includes,
  'ARRAY_INCLUDES_ANY(ARRAY<T>, ARRAY<T>) -> BOOL': 'list_has_any($1, $2)',
  'ARRAY_INCLUDES_ALL(ARRAY<T>, ARRAY<T>) -> BOOL': '(list_has_all($1, $2) AND list_count($2) = len($2))',
  'ARRAY_FILTER(ARRAY<T>, T -> BOOL) -> ARRAY<T>': 'list_filter($1, $2)',
  'ARRAY_FILTER(ARRAY<T>, (T, INT64) -> BOOL) -> ARRAY<T>': 'list_filter($1, $2)',
  'ARRAY_TRANSFORM(ARRAY<T>, T -> T1) -> ARRAY<T1>': 'list_transform($1, $2)',
  'ARRAY_TRANSFORM(ARRAY<T>, (T, INT64) -> T1) -> ARRAY<T1>': 'list_transform($1, $2)',
  'ARRAY_FIND(ARRAY<T>, T -> BOOL, KEYWORD?) -> T': 'list_extract(list_filter($1, $2), 1)',
  'ARRAY_MIN(ARRAY<T>) -> T': 'list_min($1)',
  'ARRAY_MAX(ARRAY<T>) -> T': 'list_max($1)',
  'ARRAY_SUM(ARRAY<INT64>) -> INT64': totalOf,
  'ARRAY_SUM(ARRAY<NUMERIC>) -> NUMERIC': totalOf,
  'ARRAY_SUM(ARRAY<FLOAT64>) -> FLOAT64': totalOf,
  'ARRAY_AVG(ARRAY<NUMERIC>) -> NUMERIC':
    'CASE WHEN list_count($1) > 0 THEN bq_numeric_divide(CAST(list_sum($1) AS DECIMAL(38,9)), CAST(list_count($1) AS DECIMAL(38,9))) END',
  'ARRAY_AVG(ARRAY<FLOAT64>) -> FLOAT64': 'list_avg($1)',
  'FLATTEN(ARRAY<ARRAY<T>>) -> ARRAY<T>': flatten,
  'ARRAY_ZIP(ARRAY<T>, ARRAY<T1>, mode => KEYWORD?) -> ANY': { emit: zip(2), resultType: zipType },
  'ARRAY_ZIP(ARRAY<T>, ARRAY<T1>, ARRAY<T2>, mode => KEYWORD?) -> ANY': { emit: zip(3), resultType: zipType },
  'GENERATE_ARRAY(INT64, INT64, INT64?) -> ARRAY<INT64>': integers,
  'GENERATE_ARRAY(NUMERIC, NUMERIC, NUMERIC?) -> ARRAY<NUMERIC>': ([start, stop, step]) =>
    `bq_numeric_series(${start}, ${stop}, ${step ?? 'CAST(1 AS DECIMAL(38,9))'})`,
  'GENERATE_ARRAY(FLOAT64, FLOAT64, FLOAT64?) -> ARRAY<FLOAT64>': ([start, stop, step]) =>
    `bq_float_series(${start}, ${stop}, ${step ?? 'CAST(1 AS DOUBLE)'})`,
  'GENERATE_DATE_ARRAY(DATE, DATE, INTERVAL?) -> ARRAY<DATE>': dateSeries,
  'GENERATE_TIMESTAMP_ARRAY(TIMESTAMP, TIMESTAMP, INTERVAL) -> ARRAY<TIMESTAMP>': timestampSeries,
  'RANGE_BUCKET(T, ARRAY<T>) -> INT64': ([point, array], { types }) => {
    const value = types[0]?.kind === 'FLOAT64' ? `CASE WHEN isnan(${point}) THEN NULL ELSE ${point} END` : point!;
    return strict([value, array!], `CAST(len(list_filter(${array}, lambda element: element <= ${point})) AS BIGINT)`);
  },
});
