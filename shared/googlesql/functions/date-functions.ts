import { castSql, dateOf, timeMicros, timeOf, timestampOf } from '../generate/cast-sql.ts';
import { defaultZone, UTC } from '../generate/default-zone.ts';
import { stringSql } from '../generate/literal-sql.ts';
import { instantOfUtcSql, instantSql, localSql, utcSql } from '../generate/zone-sql.ts';
import { DATE, DATETIME, STRING, TIMESTAMP } from '../types/sql-type.ts';
import { boundedDate, boundedStamp } from './date-bounds.ts';
import { defineFunctions, type Emit } from './signature.ts';

// DATE, DATETIME and TIMESTAMP: making them, adding to them, printing and parsing them. Parts (TRUNC, DIFF, EXTRACT): date-part-functions.ts.

const localOf = (timestamp: string, zone = defaultZone()): string =>
  zone === UTC ? localSql(zone, timestamp) : boundedStamp(localSql(zone, timestamp), 'DATETIME');
const instantOf = (local: string, zone = defaultZone()): string =>
  zone === UTC ? instantSql(zone, local) : boundedStamp(instantSql(zone, local), 'TIMESTAMP');

/** `INTERVAL n DAY`, as it is written in SQL: adding a number of days is ten times as fast. */
const WHOLE_DAYS = /^to_days\((CAST\(.* AS INTEGER\))\)$/s;

const shiftDate =
  (operator: '+' | '-'): Emit =>
  ([date, interval]) => {
    const days = WHOLE_DAYS.exec(interval!)?.[1];
    const moved = days ? `(${date} ${operator} ${days})` : `CAST(${date} ${operator} ${interval} AS DATE)`;
    return boundedDate(moved);
  };
const shiftDays =
  (operator: '+' | '-'): Emit =>
  ([date, days]) =>
    boundedDate(`(${date} ${operator} CAST(${days} AS INTEGER))`);
const shiftDatetime =
  (operator: '+' | '-'): Emit =>
  ([value, interval]) =>
    boundedStamp(`(${value} ${operator} ${interval})`, 'DATETIME');
const shiftTimestamp =
  (operator: '+' | '-'): Emit =>
  ([value, interval]) =>
    instantOfUtcSql(boundedStamp(`(${utcSql(value!)} ${operator} ${interval})`, 'DATETIME'));

/** Elements that DuckDB's strftime prints as BigQuery does; a DATE has no time of day. */
const NATIVE_FORMAT = /^(?:[^%\\]|%[aAbBdHIjmMpSyYFTR%])*$/;
const NATIVE_DATE_FORMAT = /^(?:[^%\\]|%[aAbBdjmyYF%])*$/;
const COMPOSED: Readonly<Record<string, string>> = { '%F': '%Y-%m-%d', '%T': '%H:%M:%S', '%R': '%H:%M' };

const format =
  (kind: string, micros: (value: string) => string): Emit =>
  ([pattern, value, zone], context) => {
    const literal = context.literal(0);
    if (typeof literal === 'string' && (kind === 'DATE' ? NATIVE_DATE_FORMAT : NATIVE_FORMAT).test(literal) && kind !== 'TIME') {
      const local = kind === 'TIMESTAMP' || context.types[1]?.kind === 'TIMESTAMP' ? localSql(zone ?? defaultZone(), value!) : value;
      return `strftime(${local}, ${stringSql(literal.replace(/%[FTR]/g, (element) => COMPOSED[element]!))})`;
    }
    const utc = micros(value!);
    const local = zone === undefined ? utc : `epoch_us(${localSql(zone, value!)})`;
    return `bq_format_time(${pattern}, ${local}, ${utc}, ${zone ?? defaultZone()}, '${kind}')`;
  };

const dateMicros = (date: string): string => `epoch_us(CAST(${date} AS TIMESTAMP))`;
const stampMicros = (value: string): string => `epoch_us(${value})`;

/** Microseconds to whole units, rounded down also before 1970. */
const whole = (value: string, unit: number): string =>
  unit === 1 ? value : `((${value} - ((${value} % ${unit}) + ${unit}) % ${unit}) // ${unit})`;
const unix =
  (unit: number): Emit =>
  ([value]) =>
    whole(`epoch_us(${value})`, unit);

const fromUnix =
  (unit: number): Emit =>
  ([value]) =>
    timestampOf(`bq_timestamp_micros(${value}, CAST(${unit} AS BIGINT))`);

export const dateFunctions = defineFunctions({
  'CURRENT_DATE(STRING?) -> DATE': ([zone]) => `CAST(${localOf('now()', zone)} AS DATE)`,
  'CURRENT_DATETIME(STRING?) -> DATETIME': ([zone]) => localOf('now()', zone),
  'CURRENT_TIME(STRING?) -> TIME': ([zone]) => `CAST(${localOf('now()', zone)} AS TIME)`,
  'CURRENT_TIMESTAMP() -> TIMESTAMP': 'now()',

  'DATE(INT64, INT64, INT64) -> DATE': ([y, m, d]) => dateOf(`bq_make_date(${y}, ${m}, ${d})`),
  'DATE(DATE) -> DATE': '$1',
  'DATE(DATETIME) -> DATE': 'CAST($1 AS DATE)',
  'DATE(TIMESTAMP, STRING?) -> DATE': ([value, zone]) => `CAST(${localOf(value!, zone)} AS DATE)`,
  'DATE(STRING) -> DATE': ([text]) => castSql(castSql(text!, STRING, TIMESTAMP), TIMESTAMP, DATE),
  'DATETIME(INT64, INT64, INT64, INT64, INT64, INT64) -> DATETIME': (args) => `make_timestamp(bq_make_datetime(${args.join(', ')}))`,
  'DATETIME(DATE, TIME?) -> DATETIME': ([date, time]) => (time === undefined ? `CAST(${date} AS TIMESTAMP)` : `(${date} + ${time})`),
  'DATETIME(DATETIME) -> DATETIME': '$1',
  'DATETIME(TIMESTAMP, STRING?) -> DATETIME': ([value, zone]) => localOf(value!, zone),
  'DATETIME(STRING) -> DATETIME': ([text]) => castSql(text!, STRING, DATETIME),
  'TIMESTAMP(TIMESTAMP) -> TIMESTAMP': '$1',
  'TIMESTAMP(STRING, STRING?) -> TIMESTAMP': ([text, zone]) =>
    zone === undefined ? castSql(text!, STRING, TIMESTAMP) : timestampOf(`bq_timestamp_in_zone(${text}, ${zone})`),
  'TIMESTAMP(DATETIME, STRING?) -> TIMESTAMP': ([value, zone]) => instantOf(value!, zone),
  'TIMESTAMP(DATE, STRING?) -> TIMESTAMP': ([value, zone]) => instantOf(`CAST(${value} AS TIMESTAMP)`, zone),

  'DATE_ADD(DATE, INTERVAL) -> DATE': shiftDate('+'),
  'DATE_ADD(DATE, INT64) -> DATE': shiftDays('+'),
  'DATE_ADD(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('+'),
  'DATE_ADD(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('+'),
  'DATE_SUB(DATE, INTERVAL) -> DATE': shiftDate('-'),
  'DATE_SUB(DATE, INT64) -> DATE': shiftDays('-'),
  'DATE_SUB(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('-'),
  'DATE_SUB(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('-'),
  'DATETIME_ADD(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('+'),
  'DATETIME_ADD(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('+'),
  'DATETIME_SUB(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('-'),
  'DATETIME_SUB(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('-'),
  'TIMESTAMP_ADD(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('+'),
  'TIMESTAMP_ADD(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('+'),
  'TIMESTAMP_SUB(TIMESTAMP, INTERVAL) -> TIMESTAMP': shiftTimestamp('-'),
  'TIMESTAMP_SUB(DATETIME, INTERVAL) -> DATETIME': shiftDatetime('-'),

  'ADD_MONTHS(DATE, INT64) -> DATE': ([date, count]) => dateOf(`bq_add_months(CAST(${date} - DATE '1970-01-01' AS BIGINT), ${count})`),
  'ADD_MONTHS(DATETIME, INT64) -> DATETIME': ([value, count]) =>
    `(${dateOf(`bq_add_months(CAST(CAST(${value} AS DATE) - DATE '1970-01-01' AS BIGINT), ${count})`)} + CAST(${value} AS TIME))`,
  'MONTHS_BETWEEN(DATE, DATE) -> FLOAT64': ([end, start]) => `bq_months_between(${dateMicros(end!)}, ${dateMicros(start!)})`,
  'MONTHS_BETWEEN(DATETIME, DATETIME) -> FLOAT64': ([end, start]) => `bq_months_between(${stampMicros(end!)}, ${stampMicros(start!)})`,
  'NEXT_DAY(DATE, STRING) -> DATE': ([date, day]) => dateOf(`bq_next_day(CAST(${date} - DATE '1970-01-01' AS BIGINT), ${day})`),
  'NEXT_DAY(DATETIME, STRING) -> DATE': ([value, day]) =>
    dateOf(`bq_next_day(CAST(CAST(${value} AS DATE) - DATE '1970-01-01' AS BIGINT), ${day})`),
  'UNIX_DATE(DATE) -> INT64': `CAST($1 - DATE '1970-01-01' AS BIGINT)`,
  'DATE_FROM_UNIX_DATE(INT64) -> DATE': ([days]) => boundedDate(dateOf(days!)),
  'UNIX_SECONDS(TIMESTAMP) -> INT64': unix(1000000),
  'UNIX_MILLIS(TIMESTAMP) -> INT64': unix(1000),
  'UNIX_MICROS(TIMESTAMP) -> INT64': 'epoch_us($1)',
  'TIMESTAMP_SECONDS|TIMESTAMP_FROM_UNIX_SECONDS(INT64) -> TIMESTAMP': fromUnix(1000000),
  'TIMESTAMP_MILLIS|TIMESTAMP_FROM_UNIX_MILLIS(INT64) -> TIMESTAMP': fromUnix(1000),
  'TIMESTAMP_MICROS|TIMESTAMP_FROM_UNIX_MICROS(INT64) -> TIMESTAMP': fromUnix(1),
  'TIMESTAMP_FROM_UNIX_SECONDS|TIMESTAMP_FROM_UNIX_MILLIS|TIMESTAMP_FROM_UNIX_MICROS(TIMESTAMP) -> TIMESTAMP': '$1',

  'FORMAT_DATE(STRING, DATE) -> STRING': format('DATE', dateMicros),
  'FORMAT_DATE(STRING, DATETIME) -> STRING': format('DATETIME', stampMicros),
  'FORMAT_DATE(STRING, TIMESTAMP) -> STRING': format('TIMESTAMP', stampMicros),
  'FORMAT_DATETIME(STRING, DATETIME) -> STRING': format('DATETIME', stampMicros),
  'FORMAT_DATETIME(STRING, TIMESTAMP, STRING?) -> STRING': format('DATETIME', stampMicros),
  'FORMAT_TIMESTAMP(STRING, TIMESTAMP, STRING?) -> STRING': format('TIMESTAMP', stampMicros),
  'FORMAT_TIME(STRING, TIME) -> STRING': format('TIME', timeMicros),
  'PARSE_DATE(STRING, STRING) -> DATE': ([pattern, text]) =>
    dateOf(`(bq_parse_time_format(${pattern}, ${text}, 'UTC', 'DATE') // 86400000000)`),
  'PARSE_DATETIME(STRING, STRING) -> DATETIME': ([pattern, text]) =>
    `make_timestamp(bq_parse_time_format(${pattern}, ${text}, 'UTC', 'DATETIME'))`,
  'PARSE_TIMESTAMP(STRING, STRING, STRING?, precision => INT64?) -> TIMESTAMP': ([pattern, text, zone, precision]) =>
    timestampOf(
      precision === undefined
        ? `bq_parse_time_format(${pattern}, ${text}, ${zone ?? defaultZone()}, 'TIMESTAMP')`
        : `bq_parse_timestamp_precision(${pattern}, ${text}, ${zone ?? defaultZone()}, ${precision})`,
    ),
  'PARSE_TIME(STRING, STRING) -> TIME': ([pattern, text]) => timeOf(`bq_parse_time_format(${pattern}, ${text}, 'UTC', 'TIME')`),
  'STRING(DATE) -> STRING': ([value]) => castSql(value!, DATE, STRING),
  'STRING(DATETIME) -> STRING': ([value]) => castSql(value!, DATETIME, STRING),
  'STRING(TIMESTAMP, STRING?) -> STRING': ([value, zone]) => castSql(value!, TIMESTAMP, STRING, zone),
  'STRING(TIME) -> STRING': ([value]) => castSql(value!, { kind: 'TIME' }, STRING),
});
