import { timeMicros, timeOf } from '../generate/cast-sql.ts';
import { defaultZone, UTC } from '../generate/default-zone.ts';
import { instantSql, localSql, utcSql } from '../generate/zone-sql.ts';
import { boundedDate, boundedStamp } from './date-bounds.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

// What is done by part of a date: TRUNC, DIFF, EXTRACT, LAST_DAY. Weeks are counted from DATE '0001-01-01', a Monday.

const WEEKDAYS = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const CLOCK_MICROS: Readonly<Record<string, number>> = { MICROSECOND: 1, MILLISECOND: 1000, SECOND: 1e6, MINUTE: 6e7, HOUR: 3.6e9 };

/** The day a WEEK part starts on, 0 for Sunday; undefined for other parts. */
function weekStart(part: string): number | undefined {
  if (part === 'WEEK') return 0;
  if (part === 'ISOWEEK') return 1;
  const day = WEEKDAYS.indexOf(/^WEEK\((\w+)\)$/.exec(part)?.[1] ?? '');
  return day < 0 ? undefined : day;
}

const partAt = (index: number, context: EmitContext): string => String(context.literal(index));

function refuse(part: string, name: string): never {
  throw new UnsupportedPart(`${name} does not support the ${part} date part`);
}

/** Turned into an analysis error by whoever knows the place. */
export class UnsupportedPart extends Error {}

const daysSinceMonday = (date: string, start: number): string => `(CAST(${date} - DATE '0001-01-01' AS BIGINT) + ${(8 - start) % 7})`;

/** The first day of the part's period, for a DATE. */
function truncDate(date: string, part: string): string {
  const start = weekStart(part);
  if (start !== undefined) return boundedDate(`(${date} - CAST(${daysSinceMonday(date, start)} % 7 AS INTEGER))`);
  if (part === 'DAY') return date;
  if (part === 'ISOYEAR') return `CAST(date_trunc('week', make_date(isoyear(${date}), 1, 4)) AS DATE)`;
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part)) return `CAST(date_trunc('${part}', ${date}) AS DATE)`;
  return refuse(part, 'DATE_TRUNC');
}

function truncDatetime(value: string, part: string): string {
  if (CLOCK_MICROS[part]) return part === 'MICROSECOND' ? value : `date_trunc('${part}', ${value})`;
  return `CAST(${truncDate(`CAST(${value} AS DATE)`, part)} AS TIMESTAMP)`;
}

function truncTimestamp(value: string, part: string, zone = defaultZone()): string {
  const truncated = instantSql(zone, truncDatetime(localSql(zone, value), part));
  return zone === UTC ? truncated : boundedStamp(truncated, 'TIMESTAMP');
}

const truncTime = (value: string, part: string): string => {
  const unit = CLOCK_MICROS[part] ?? refuse(part, 'TIME_TRUNC');
  return timeOf(`(${timeMicros(value)} // ${unit} * ${unit})`);
};

function diffDates(a: string, b: string, part: string): string {
  const start = weekStart(part);
  if (start !== undefined) return `(${daysSinceMonday(a, start)} // 7 - ${daysSinceMonday(b, start)} // 7)`;
  if (part === 'DAY') return `CAST(${a} - ${b} AS BIGINT)`;
  if (part === 'ISOYEAR') return `(isoyear(${a}) - isoyear(${b}))`;
  if (['MONTH', 'QUARTER', 'YEAR'].includes(part)) return `date_diff('${part}', ${b}, ${a})`;
  return refuse(part, 'DATE_DIFF');
}

/** How many boundaries of the part lie between. */
function diffDatetimes(a: string, b: string, part: string): string {
  if (CLOCK_MICROS[part]) return `date_diff('${part}', ${b}, ${a})`;
  return diffDates(`CAST(${a} AS DATE)`, `CAST(${b} AS DATE)`, part);
}

/** How many whole units fit between two instants. */
function diffTimestamps(a: string, b: string, part: string): string {
  const unit = part === 'DAY' ? 8.64e10 : CLOCK_MICROS[part];
  if (!unit) return diffDatetimes(utcSql(a), utcSql(b), part);
  return unit === 1 ? `(epoch_us(${a}) - epoch_us(${b}))` : `((epoch_us(${a}) - epoch_us(${b})) // ${unit})`;
}

function diffTimes(a: string, b: string, part: string): string {
  const unit = CLOCK_MICROS[part] ?? refuse(part, 'TIME_DIFF');
  return `(${timeMicros(a)} // ${unit} - ${timeMicros(b)} // ${unit})`;
}

/** Week of the year from 0: days before the first such weekday are week 0. */
function weekOfYear(date: string, start: number): string {
  return `CAST((dayofyear(${date}) + 6 - (dayofweek(${date}) - ${start} + 7) % 7) // 7 AS BIGINT)`;
}

function extractDate(date: string, part: string): string {
  const start = weekStart(part);
  if (part === 'ISOWEEK') return `CAST(weekofyear(${date}) AS BIGINT)`;
  if (start !== undefined) return weekOfYear(date, start);
  switch (part) {
    case 'DAYOFWEEK':
      return `CAST(dayofweek(${date}) + 1 AS BIGINT)`;
    case 'DAYOFYEAR':
    case 'DAY':
    case 'MONTH':
    case 'QUARTER':
    case 'YEAR':
    case 'ISOYEAR':
      return `CAST(${part.toLowerCase()}(${date}) AS BIGINT)`;
    default:
      return refuse(part, 'EXTRACT');
  }
}

function extractClock(micros: string, part: string): string {
  switch (part) {
    case 'MICROSECOND':
      return `((${micros} % 1000000 + 1000000) % 1000000)`;
    case 'MILLISECOND':
      return `((${micros} % 1000000 + 1000000) % 1000000 // 1000)`;
    default:
      return '';
  }
}

function extractDatetime(value: string, part: string): string {
  if (part === 'MICROSECOND' || part === 'MILLISECOND') return extractClock(`epoch_us(${value})`, part);
  if (part === 'HOUR' || part === 'MINUTE' || part === 'SECOND') return `CAST(${part.toLowerCase()}(${value}) AS BIGINT)`;
  return extractDate(value, part);
}

function extractTime(value: string, part: string): string {
  if (part === 'MICROSECOND' || part === 'MILLISECOND') return extractClock(timeMicros(value), part);
  if (part === 'HOUR' || part === 'MINUTE' || part === 'SECOND') return `CAST(${part.toLowerCase()}(${value}) AS BIGINT)`;
  return refuse(part, 'EXTRACT');
}

function extractInterval(value: string, part: string): string {
  switch (part) {
    case 'YEAR':
    case 'MONTH':
    case 'DAY':
    case 'HOUR':
    case 'MINUTE':
      return `CAST(datepart('${part}', ${value}) AS BIGINT)`;
    case 'SECOND':
      return `CAST(datepart('microsecond', ${value}) // 1000000 AS BIGINT)`;
    case 'MILLISECOND':
      return `CAST(datepart('microsecond', ${value}) % 1000000 // 1000 AS BIGINT)`;
    case 'MICROSECOND':
      return `CAST(datepart('microsecond', ${value}) % 1000000 AS BIGINT)`;
    default:
      return refuse(part, 'EXTRACT');
  }
}

function lastDay(date: string, part: string): string {
  const start = weekStart(part);
  if (start !== undefined) return boundedDate(`(${date} + CAST(6 - ${daysSinceMonday(date, start)} % 7 AS INTEGER))`);
  if (part === 'ISOYEAR') return boundedDate(`(CAST(date_trunc('week', make_date(isoyear(${date}) + 1, 1, 4)) AS DATE) - 1)`);
  if (part === 'MONTH') return `last_day(${date})`;
  const months = { QUARTER: 3, YEAR: 12 }[part] ?? refuse(part, 'LAST_DAY');
  return `(CAST(${truncDate(date, part)} + to_months(${months}) AS DATE) - 1)`;
}

const byPart =
  (build: (value: string, part: string) => string, index = 1): Emit =>
  (args, context) =>
    build(args[index === 1 ? 0 : 1]!, partAt(index, context));
const diff =
  (build: (a: string, b: string, part: string) => string): Emit =>
  ([a, b], context) =>
    build(a!, b!, partAt(2, context));
const lastDayOf =
  (toDate: (value: string) => string): Emit =>
  ([value, part], context) =>
    lastDay(toDate(value!), part === undefined ? 'MONTH' : partAt(1, context));

export const datePartFunctions = defineFunctions({
  'DATE_TRUNC(DATE, KEYWORD) -> DATE': byPart(truncDate),
  'DATE_TRUNC|DATETIME_TRUNC(DATETIME, KEYWORD) -> DATETIME': byPart(truncDatetime),
  'DATE_TRUNC|DATETIME_TRUNC|TIMESTAMP_TRUNC(TIMESTAMP, KEYWORD, STRING?) -> TIMESTAMP': ([value, , zone], context) =>
    truncTimestamp(value!, partAt(1, context), zone),
  'TIMESTAMP_TRUNC(DATETIME, KEYWORD) -> DATETIME': byPart(truncDatetime),
  'TIME_TRUNC(TIME, KEYWORD) -> TIME': byPart(truncTime),
  'DATE_DIFF(DATE, DATE, KEYWORD) -> INT64': diff(diffDates),
  'DATE_DIFF|DATETIME_DIFF(DATETIME, DATETIME, KEYWORD) -> INT64': diff(diffDatetimes),
  'DATE_DIFF|DATETIME_DIFF|TIMESTAMP_DIFF(TIMESTAMP, TIMESTAMP, KEYWORD) -> INT64': diff(diffTimestamps),
  'TIMESTAMP_DIFF(DATETIME, DATETIME, KEYWORD) -> INT64': diff(diffDatetimes),
  'TIME_DIFF(TIME, TIME, KEYWORD) -> INT64': diff(diffTimes),
  '$extract(STRING, DATE) -> INT64': byPart(extractDate, 0),
  '$extract(STRING, DATETIME) -> INT64': byPart(extractDatetime, 0),
  '$extract(STRING, TIMESTAMP, STRING?) -> INT64': ([, value, zone], context) =>
    extractDatetime(localSql(zone ?? defaultZone(), value!), partAt(0, context)),
  '$extract(STRING, TIME) -> INT64': byPart(extractTime, 0),
  '$extract(STRING, INTERVAL) -> INT64': byPart(extractInterval, 0),
  'LAST_DAY(DATE, KEYWORD?) -> DATE': lastDayOf((value) => value),
  'LAST_DAY(DATETIME, KEYWORD?) -> DATE': lastDayOf((value) => `CAST(${value} AS DATE)`),
});
