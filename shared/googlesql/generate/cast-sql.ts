import { type SqlType, sameType } from '../types/sql-type.ts';
import { defaultZone, UTC } from './default-zone.ts';
import { duckType, quoteName, structFieldNames } from './duck-type.ts';
import { fieldSql } from './field-sql.ts';
import { instantSql, localSql, utcSql } from './zone-sql.ts';

/** SQL that throws: a cast of a text that no type takes. The message reaches the client through `bq_error`. */
export const errorSql = (messageSql: string, type: SqlType): string => `CAST(bq_error(${messageSql}) AS ${duckType(type)})`;

/** Microseconds since the epoch as TIMESTAMP (DATETIME) and as TIMESTAMPTZ (TIMESTAMP), whatever the session's time zone. */
export const datetimeOf = (micros: string): string => `make_timestamp(${micros})`;
export const timestampOf = (micros: string): string => `make_timestamptz(${micros})`;
export const dateOf = (days: string): string => `(DATE '1970-01-01' + CAST(${days} AS INTEGER))`;
export const timeOf = (micros: string): string => `CAST(make_timestamp(${micros}) AS TIME)`;
export const timeMicros = (time: string): string => `epoch_us(CAST('1970-01-01' AS DATE) + ${time})`;
/** Months, days and microseconds of an INTERVAL, as arguments of a function. */
export const intervalParts = (interval: string): string => intervalPartList(interval).join(', ');

/** The same, one by one. */
export const intervalPartList = (interval: string): string[] => [
  `CAST(datepart('year', ${interval}) * 12 + datepart('month', ${interval}) AS BIGINT)`,
  `CAST(datepart('day', ${interval}) AS BIGINT)`,
  `CAST(datepart('hour', ${interval}) * 3600000000 + datepart('minute', ${interval}) * 60000000 + datepart('microsecond', ${interval}) AS BIGINT)`,
];

export const intervalOf = (parts: string): string =>
  `(to_months(CAST(${parts}[1] AS INTEGER)) + to_days(CAST(${parts}[2] AS INTEGER)) + to_microseconds(${parts}[3]))`;

/** BigQuery's limits of an INTERVAL: 10,000 years of months, as many of days and of hours. */
export const checkedInterval = (interval: string): string => intervalOf(`bq_interval_checked(${intervalParts(interval)})`);

const fraction = (datetime: string, pattern: string): string =>
  `CASE WHEN epoch_us(${datetime}) % 1000000 = 0 THEN strftime(${datetime}, '${pattern}') WHEN epoch_us(${datetime}) % 1000 = 0 THEN strftime(${datetime}, '${pattern}.%g') ELSE strftime(${datetime}, '${pattern}.%f') END`;

type Conversion = (sql: string, zone: string) => string;
const plain =
  (target: string): Conversion =>
  (sql) =>
    `CAST(${sql} AS ${target})`;

const WHOLE = `'\\s*[-+]?\\d+\\s*'`;
const REAL = `'[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?'`;
const FIXED = `'[-+]?\\d+(\\.\\d+)?'`;
const parsed = (sql: string, pattern: string, target: string, otherwise: string): string =>
  `CASE WHEN regexp_full_match(${sql}, ${pattern}) THEN CAST(${sql} AS ${target}) ELSE ${otherwise} END`;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  'INT64>STRING': plain('VARCHAR'),
  'INT64>FLOAT64': plain('DOUBLE'),
  'INT64>NUMERIC': (sql) => `CAST(CAST(${sql} AS DECIMAL(19,0)) AS DECIMAL(38,9))`,
  'INT64>BIGNUMERIC': (sql) => `CAST(CAST(${sql} AS VARCHAR) || '${'0'.repeat(38)}' AS BIGNUM)`,
  'INT64>BOOL': (sql) => `(${sql} <> 0)`,
  'BOOL>STRING': plain('VARCHAR'),
  'BOOL>INT64': plain('BIGINT'),
  'FLOAT64>STRING': (sql) => `bq_float_text(${sql})`,
  'FLOAT64>INT64': (sql) => `CAST(round(${sql}) AS BIGINT)`,
  'FLOAT64>NUMERIC': (sql) => `bq_float_to_numeric(${sql})`,
  'FLOAT64>BIGNUMERIC': (sql) => `bq_float_to_bignumeric(${sql})`,
  'NUMERIC>STRING': (sql) => `rtrim(rtrim(CAST(${sql} AS VARCHAR), '0'), '.')`,
  'NUMERIC>INT64': (sql) => `CAST(round(${sql}) AS BIGINT)`,
  'NUMERIC>FLOAT64': (sql) => `bq_numeric_to_float(${sql})`,
  'NUMERIC>BIGNUMERIC': (sql) => `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') || '${'0'.repeat(29)}' AS BIGNUM)`,
  'BIGNUMERIC>STRING': (sql) => `bq_bignumeric_text(${sql})`,
  'BIGNUMERIC>INT64': (sql) => `bq_bignumeric_to_int(${sql})`,
  'BIGNUMERIC>NUMERIC': (sql) => `bq_bignumeric_to_numeric(${sql})`,
  'BIGNUMERIC>FLOAT64': (sql) => `bq_bignumeric_to_float(${sql})`,
  'STRING>INT64': (sql) => parsed(sql, WHOLE, 'BIGINT', `bq_parse_int(${sql})`),
  'STRING>FLOAT64': (sql) => parsed(sql, REAL, 'DOUBLE', `bq_parse_float(${sql})`),
  'STRING>NUMERIC': (sql) => parsed(sql, FIXED, 'DECIMAL(38,9)', `bq_parse_numeric(${sql})`),
  'STRING>BIGNUMERIC': (sql) => `bq_parse_bignumeric(${sql})`,
  'STRING>BOOL': (sql) => `bq_parse_bool(${sql})`,
  'STRING>BYTES': (sql) => `encode(${sql})`,
  'STRING>DATE': (sql) =>
    parsed(sql, `'(?:[1-9]\\d{3}|0[1-9]\\d{2}|00[1-9]\\d|000[1-9])-\\d{2}-\\d{2}'`, 'DATE', dateOf(`bq_parse_date(${sql})`)),
  'STRING>DATETIME': (sql) => datetimeOf(`bq_parse_datetime(${sql})`),
  'STRING>TIME': (sql) => timeOf(`bq_parse_time(${sql})`),
  'STRING>TIMESTAMP': (sql, zone) => timestampOf(`bq_parse_timestamp(${sql}, ${zone})`),
  'STRING>INTERVAL': (sql) => intervalOf(`bq_interval_parts(${sql}, '')`),
  'BYTES>STRING': (sql) => `bq_bytes_text(${sql})`,
  'DATE>STRING': plain('VARCHAR'),
  'DATE>DATETIME': plain('TIMESTAMP'),
  'DATE>TIMESTAMP': (sql, zone) => instantSql(zone, `CAST(${sql} AS TIMESTAMP)`),
  'DATETIME>STRING': (sql) => fraction(sql, '%Y-%m-%d %H:%M:%S'),
  'DATETIME>DATE': plain('DATE'),
  'DATETIME>TIME': plain('TIME'),
  'DATETIME>TIMESTAMP': (sql, zone) => instantSql(zone, sql),
  'TIME>STRING': (sql) => fraction(`(DATE '1970-01-01' + ${sql})`, '%H:%M:%S'),
  'TIMESTAMP>STRING': (sql, zone) => timestampText(sql, zone),
  'TIMESTAMP>DATE': (sql, zone) => `CAST(${localSql(zone, sql)} AS DATE)`,
  'TIMESTAMP>DATETIME': (sql, zone) => localSql(zone, sql),
  'TIMESTAMP>TIME': (sql, zone) => `CAST(${localSql(zone, sql)} AS TIME)`,
  'INTERVAL>STRING': (sql) => `bq_interval_text(${intervalParts(sql)})`,
  'INT64>JSON': plain('VARCHAR'),
};

function timestampText(sql: string, zone: string): string {
  if (zone === UTC) return `(${fraction(utcSql(sql), '%Y-%m-%d %H:%M:%S')} || '+00')`;
  return `bq_timestamp_text(epoch_us(${sql}), epoch_us(${localSql(zone, sql)}))`;
}

/** SQL for the value of type `from` as a `to`. The pair is known to be castable. */
export function castSql(sql: string, from: SqlType, to: SqlType, zone: string = defaultZone()): string {
  if (sameType(from, to) && from.kind !== 'STRUCT' && from.kind !== 'ARRAY') return sql;
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') return castStruct(sql, from, to, zone);
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return castArray(sql, from, to, zone);
  if (from.kind === 'RANGE' || to.kind === 'RANGE') return castRange(sql, from, to, zone);
  const conversion = CONVERSIONS[`${from.kind}>${to.kind}`];
  if (!conversion) throw new Error(`No conversion from ${from.kind} to ${to.kind}`);
  return conversion(sql, zone);
}

function castStruct(sql: string, from: SqlType & { kind: 'STRUCT' }, to: SqlType & { kind: 'STRUCT' }, zone: string): string {
  if (duckType(from) === duckType(to)) return sql;
  const names = structFieldNames(to);
  const fields = to.fields.map(
    (field, i) => `${quoteName(names[i]!)} := ${castSql(fieldSql(sql, from, i), from.fields[i]!.type, field.type, zone)}`,
  );
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`;
}

function castArray(sql: string, from: SqlType & { kind: 'ARRAY' }, to: SqlType & { kind: 'ARRAY' }, zone: string): string {
  if (duckType(from) === duckType(to) && sameType(from, to)) return sql;
  return `list_transform(${sql}, lambda element: ${castSql('element', from.element, to.element, zone)})`;
}

function castRange(sql: string, from: SqlType, to: SqlType, zone: string): string {
  if (from.kind === 'RANGE') {
    const bound = (name: string): string =>
      `coalesce(${castSql(`(${sql})."${name}"`, from.element, { kind: 'STRING' }, zone)}, 'UNBOUNDED')`;
    return `CASE WHEN ${sql} IS NULL THEN NULL ELSE '[' || ${bound('start')} || ', ' || ${bound('end')} || ')' END`;
  }
  const element = (to as { element: SqlType }).element;
  const bound = (index: number): string => castSql(`bq_range_bounds(${sql})[${index}]`, from, element, zone);
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE struct_pack("start" := ${bound(1)}, "end" := ${bound(2)}) END`;
}
