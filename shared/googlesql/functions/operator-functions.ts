import { checkedInterval, errorSql, intervalOf, intervalPartList, intervalParts } from '../generate/cast-sql.ts';
import { type ComparisonOperator, compareSql, notDistinctSql } from '../generate/compare-sql.ts';
import { instantOfUtcSql, utcSql } from '../generate/zone-sql.ts';
import type { SqlType } from '../types/sql-type.ts';
import { concatTexts } from './concat-texts.ts';
import { boundedDate, boundedStamp } from './date-bounds.ts';
import { type Definition, defineFunctions, type Emit, type EmitContext } from './signature.ts';

// Operators, under names no query can write: `$add` is +.

/** One signature text per numeric type: `$add(N, N) -> N`. */
const forNumbers = (
  text: string,
  definition: Definition,
  types = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
): Record<string, Definition> => Object.fromEntries(types.map((type) => [text.replace(/\bN\b/g, type), definition]));

const isNumber = (context: EmitContext, i: number): boolean => {
  const value = context.literal(i);
  return typeof value === 'number' && !Number.isNaN(value);
};

const comparison =
  (operator: ComparisonOperator): Emit =>
  ([a, b], context) =>
    compareSql(operator, a!, b!, context.types[0]!, [isNumber(context, 0), isNumber(context, 1)]);

/** The sum of two intervals, held to BigQuery's limits. */
const intervalSum =
  (operator: '+' | '-'): Emit =>
  ([a, b]) =>
    checkedInterval(`(${a} + ${operator === '+' ? b : `(-${b})`})`);

const sum: Emit = ([a, b]) => `(${a} + ${b})`;
const difference: Emit = ([a, b]) => `(${a} - ${b})`;

/** An INT64 that was made a NUMERIC, as cast-sql.ts writes it. */
const WHOLE_NUMBER = /^CAST\((CAST\(.* AS DECIMAL\(19,0\)\)) AS DECIMAL\(38,9\)\)$/s;
const WHOLE_LITERAL = /^CAST\('(-?\d{1,18})' AS DECIMAL\(38,9\)\)$/;

function wholeNumber(sql: string): string | undefined {
  const literal = WHOLE_LITERAL.exec(sql)?.[1];
  return literal ? `CAST(${literal} AS DECIMAL(19,0))` : WHOLE_NUMBER.exec(sql)?.[1];
}

/** DuckDB multiplies by whole numbers exactly; products of fractions have to be rounded, which it does slower than a function of ours. */
export const numericProduct: Emit = ([a, b]) => {
  const [x, y] = [wholeNumber(a!), wholeNumber(b!)];
  if (y) return `(${a} * ${y})`;
  return x ? `(${x} * ${b})` : `bq_numeric_multiply(${a}, ${b})`;
};

/** The divisor, or BigQuery's error when it is zero. A literal that is not zero needs no check. */
function divisor(a: string, b: string, index: number, context: EmitContext, type: SqlType): string {
  const value = context.literal(index);
  if (value !== undefined && value !== null && value !== 0 && value !== 0n) return b;
  const isNumber = context.literal(1 - index) != null ? '' : ` AND ${a} IS NOT NULL`;
  return `CASE WHEN ${b} = 0${isNumber} THEN ${errorSql(`concat('division by zero: ', ${a}, ' / ', ${b})`, type)} ELSE ${b} END`;
}

const floatQuotient: Emit = ([a, b], context) => `(${a} / ${divisor(a!, b!, 1, context, { kind: 'FLOAT64' })})`;

const inClause: Emit = ([value, ...candidates], context) => {
  const [type] = context.types as [SqlType];
  const isPlain = !['FLOAT64', 'STRUCT', 'ARRAY', 'RANGE'].includes(type.kind);
  if (isPlain) return `(${value} IN (${candidates.join(', ')}))`;
  return `(${candidates.map((c, i) => compareSql('=', value!, c, type, [false, isNumber(context, i + 1)])).join(' OR ')})`;
};

/** DuckDB writes a value twice where it stands in a BETWEEN: a few within each other take it minutes. */
const MOST_NESTED_BETWEENS = 6;

const betweenOnce = (value: string, low: string, high: string): string =>
  `list_extract(list_transform([${value}], lambda between: between >= ${low} AND between <= ${high}), 1)`;

const between: Emit = ([value, low, high], context) => {
  const [type] = context.types as [SqlType];
  const isPlain = type.kind !== 'FLOAT64' && type.kind !== 'RANGE';
  if (isPlain && value!.split(' BETWEEN ').length > MOST_NESTED_BETWEENS) return betweenOnce(value!, low!, high!);
  if (isPlain) return `(${value} BETWEEN ${low} AND ${high})`;
  const atLeast = compareSql('>=', value!, low!, type, [false, isNumber(context, 1)]);
  return `(${atLeast} AND ${compareSql('<=', value!, high!, type, [false, isNumber(context, 2)])})`;
};

/** A pattern that ends inside an escape is an error in BigQuery; DuckDB says so itself. */
const like: Emit = ([text, pattern], context) => {
  const literal = context.literal(1);
  // DuckDB's matcher without an escape is much the faster.
  const isPlain = typeof literal === 'string' && !literal.includes('\\');
  return `(${text} LIKE ${pattern}${isPlain ? '' : " ESCAPE '\\'"})`;
};

const scaleInterval: Emit = ([interval, factor]) => intervalOf(`bq_interval_multiply(${intervalParts(interval!)}, ${factor})`);
const scaleIntervalByFloat: Emit = ([interval, factor]) => intervalOf(`bq_interval_scale(${intervalParts(interval!)}, ${factor})`);
const divideInterval: Emit = ([interval, divided]) => intervalOf(`bq_interval_divide(${intervalParts(interval!)}, ${divided})`);

/** Whole days apart from the rest, both with the sign of the whole. */
const daysAndClock = (micros: string): string =>
  `(to_days(CAST(${micros} // 86400000000 AS INTEGER)) + to_microseconds(${micros} % 86400000000))`;

/** An instant has no calendar: months cannot be added. What is written as days or a clock's units has none. */
const withoutMonths = (interval: string): string =>
  /^to_(days|hours|minutes|microseconds)\(/.test(interval)
    ? interval
    : `CASE WHEN ${intervalPartList(interval)[0]} <> 0 THEN ${errorSql(`'TIMESTAMP +/- INTERVAL is not supported for intervals with non-zero MONTH or YEAR part.'`, { kind: 'INTERVAL' })} ELSE ${interval} END`;

const shift = (operator: '+' | '-', type: 'DATETIME' | 'TIMESTAMP'): Emit =>
  type === 'DATETIME'
    ? ([value, interval]) => boundedStamp(`(CAST(${value} AS TIMESTAMP) ${operator} ${interval})`, type)
    : ([value, interval]) => boundedStamp(instantOfUtcSql(`${utcSql(value!)} ${operator} ${withoutMonths(interval!)}`), type);
const shiftTime =
  (operator: '+' | '-'): Emit =>
  ([value, interval]) =>
    `(${value} ${operator} ${interval})`;

const concatArrays: Emit = ([a, b]) => `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE list_concat(${a}, ${b}) END`;

export const operatorFunctions = defineFunctions({
  '$equal(T, T) -> BOOL': comparison('='),
  '$not_equal(T, T) -> BOOL': comparison('!='),
  '$less(T, T) -> BOOL': comparison('<'),
  '$less_or_equal(T, T) -> BOOL': comparison('<='),
  '$greater(T, T) -> BOOL': comparison('>'),
  '$greater_or_equal(T, T) -> BOOL': comparison('>='),
  '$is_distinct(T, T) -> BOOL': ([a, b]) => `(${a} IS DISTINCT FROM ${b})`,
  '$is_not_distinct(T, T) -> BOOL': ([a, b]) => notDistinctSql(a!, b!),
  '$in(T, T...) -> BOOL': inClause,
  '$between(T, T, T) -> BOOL': between,
  '$like(STRING, STRING) -> BOOL': like,
  '$like(BYTES, BYTES) -> BOOL': 'bq_like_bytes($1, $2)',

  ...forNumbers('$add(N, N) -> N', sum, ['INT64', 'NUMERIC', 'FLOAT64']),
  '$add(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_checked($1 + $2)',
  '$add(DATE, INT64) -> DATE': ([date, days]) => boundedDate(`(${date} + CAST(${days} AS INTEGER))`),
  '$add(INT64, DATE) -> DATE': ([days, date]) => boundedDate(`(${date} + CAST(${days} AS INTEGER))`),
  '$add(INTERVAL, INTERVAL) -> INTERVAL': intervalSum('+'),
  '$add(DATETIME, INTERVAL) -> DATETIME': shift('+', 'DATETIME'),
  '$add(TIMESTAMP, INTERVAL) -> TIMESTAMP': shift('+', 'TIMESTAMP'),
  '$add(DATE, INTERVAL) -> DATETIME': shift('+', 'DATETIME'),
  '$add(TIME, INTERVAL) -> TIME': shiftTime('+'),
  '$add(INTERVAL, DATETIME) -> DATETIME': ([interval, value], c) => shift('+', 'DATETIME')([value!, interval!], c),
  '$add(INTERVAL, TIMESTAMP) -> TIMESTAMP': ([interval, value], c) => shift('+', 'TIMESTAMP')([value!, interval!], c),
  '$add(INTERVAL, DATE) -> DATETIME': ([interval, value], c) => shift('+', 'DATETIME')([value!, interval!], c),
  '$add(INTERVAL, TIME) -> TIME': '($2 + $1)',

  ...forNumbers('$subtract(N, N) -> N', difference, ['INT64', 'NUMERIC', 'FLOAT64']),
  '$subtract(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_checked($1 - $2)',
  '$subtract(DATE, INT64) -> DATE': ([date, days]) => boundedDate(`(${date} - CAST(${days} AS INTEGER))`),
  '$subtract(DATE, DATE) -> INTERVAL': 'to_days(CAST($1 - $2 AS INTEGER))',
  '$subtract(DATETIME, DATETIME) -> INTERVAL': ([a, b]) => daysAndClock(`(epoch_us(${a}) - epoch_us(${b}))`),
  '$subtract(TIMESTAMP, TIMESTAMP) -> INTERVAL': 'to_microseconds(epoch_us($1) - epoch_us($2))',
  '$subtract(TIME, TIME) -> INTERVAL': `to_microseconds(epoch_us(DATE '1970-01-01' + $1) - epoch_us(DATE '1970-01-01' + $2))`,
  '$subtract(INTERVAL, INTERVAL) -> INTERVAL': intervalSum('-'),
  '$subtract(DATETIME, INTERVAL) -> DATETIME': shift('-', 'DATETIME'),
  '$subtract(TIMESTAMP, INTERVAL) -> TIMESTAMP': shift('-', 'TIMESTAMP'),
  '$subtract(DATE, INTERVAL) -> DATETIME': shift('-', 'DATETIME'),
  '$subtract(TIME, INTERVAL) -> TIME': shiftTime('-'),

  '$multiply(INT64, INT64) -> INT64': '($1 * $2)',
  '$multiply(NUMERIC, NUMERIC) -> NUMERIC': numericProduct,
  '$multiply(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_multiply($1, $2)',
  '$multiply(FLOAT64, FLOAT64) -> FLOAT64': '($1 * $2)',
  '$multiply(INTERVAL, INT64) -> INTERVAL': scaleInterval,
  '$multiply(INT64, INTERVAL) -> INTERVAL': ([factor, interval], c) => scaleInterval([interval!, factor!], c),

  '$multiply(INTERVAL, FLOAT64) -> INTERVAL': scaleIntervalByFloat,
  '$multiply(FLOAT64, INTERVAL) -> INTERVAL': ([factor, interval], c) => scaleIntervalByFloat([interval!, factor!], c),

  '$divide(FLOAT64, FLOAT64) -> FLOAT64': floatQuotient,
  '$divide(INT64, INT64) -> FLOAT64': floatQuotient,
  '$divide(NUMERIC, NUMERIC) -> NUMERIC': 'bq_numeric_divide($1, $2)',
  '$divide(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_divide($1, $2)',
  '$divide(INTERVAL, INT64) -> INTERVAL': divideInterval,

  ...forNumbers('$unary_minus(N) -> N', '(-$1)'),
  '$unary_minus(INTERVAL) -> INTERVAL': '(-$1)',
  ...forNumbers('$unary_plus(N) -> N', '$1'),

  '$concat(STRING, STRING) -> STRING': '($1 || $2)',
  '$concat(BYTES, BYTES) -> BYTES': '($1 || $2)',
  '$concat(ARRAY<T>, ARRAY<T>) -> ARRAY<T>': concatArrays,
  '$concat(CASTABLE, CASTABLE) -> STRING': concatTexts,

  '$bitwise_or(INT64, INT64) -> INT64': '($1 | $2)',
  '$bitwise_or(BYTES, BYTES) -> BYTES': `bq_bytes_bitwise($1, $2, '|')`,
  '$bitwise_and(INT64, INT64) -> INT64': '($1 & $2)',
  '$bitwise_and(BYTES, BYTES) -> BYTES': `bq_bytes_bitwise($1, $2, '&')`,
  '$bitwise_xor(INT64, INT64) -> INT64': 'xor($1, $2)',
  '$bitwise_xor(BYTES, BYTES) -> BYTES': `bq_bytes_bitwise($1, $2, '^')`,
  '$bitwise_not(INT64) -> INT64': '(~$1)',
  '$bitwise_not(BYTES) -> BYTES': 'bq_bytes_not($1)',
  '$shift_left(INT64, INT64) -> INT64': `bq_shift($1, $2, '<<')`,
  '$shift_left(BYTES, INT64) -> BYTES': `bq_bytes_shift($1, $2, '<<')`,
  '$shift_right(INT64, INT64) -> INT64': `bq_shift($1, $2, '>>')`,
  '$shift_right(BYTES, INT64) -> BYTES': `bq_bytes_shift($1, $2, '>>')`,
});
