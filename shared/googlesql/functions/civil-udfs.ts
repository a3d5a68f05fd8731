import {
  civilOf,
  clockText,
  DAY,
  dateText,
  daysFromCivil,
  daysInMonth,
  FIRST_MICROS,
  LAST_MICROS,
  namesZone,
  parseDate,
  parseDatetime,
  parseTime,
  parseTimestamp,
} from './civil-time.ts';
import { formatTime } from './format-time.ts';
import { intervalIso, intervalText, parseInterval } from './interval-text.ts';
import { parseTimeFormat } from './parse-time-format.ts';
import type { ScalarUdf } from './scalar-udf.ts';
import { fixedOffset, isZone } from './time-zone.ts';

function fail(message: string): never {
  throw new Error(message);
}

/** A calendar date months later; a day past the month's end becomes its last. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilOf(BigInt(days) * DAY);
  const index = year * 12 + month - 1 + months;
  const [y, m] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  return daysFromCivil(y, m, Math.min(day, daysInMonth(y, m)));
}

function makeDate(y: bigint, m: bigint, d: bigint): bigint {
  if (y < 1n || y > 9999n || m < 1n || m > 12n || d < 1n || d > BigInt(daysInMonth(Number(y), Number(m)))) {
    fail(`Input calculates to invalid date: ${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);
  }
  return BigInt(daysFromCivil(Number(y), Number(m), Number(d)));
}

/** A leap second, 60, is the next minute's first. */
function makeTime(h: bigint, m: bigint, s: bigint): bigint {
  if (h < 0n || h > 23n || m < 0n || m > 59n || s < 0n || s > 60n) fail(`Input calculates to invalid time: ${h}:${m}:${s}`);
  return ((h * 60n + m) * 60n + s) * 1_000_000n;
}

const MAX_ELEMENTS = 1_000_000;

/** Each day is counted from the one before: a month after January 31 comes February 29, a month after that March 29. */
function dateSeries(start: bigint, stop: bigint, months: bigint, days: bigint, micros: bigint): bigint[] {
  if (micros !== 0n) fail('GENERATE_DATE_ARRAY takes only whole days');
  if (months === 0n && days === 0n) fail('Sequence step cannot be 0.');
  const isUp = months > 0n || days > 0n;
  const series: bigint[] = [];
  for (let day = start; ; day = BigInt(addMonths(Number(day), Number(months))) + days) {
    if (isUp ? day > stop : day < stop) return series;
    if (series.push(day) > MAX_ELEMENTS) fail('Cannot generate arrays with more than 1000000 elements.');
  }
}

function timestampSeries(start: bigint, stop: bigint, months: bigint, days: bigint, micros: bigint): bigint[] {
  if (months !== 0n) fail('GENERATE_TIMESTAMP_ARRAY does not support months');
  const step = days * DAY + micros;
  if (step === 0n) fail('Sequence step cannot be 0.');
  const series: bigint[] = [];
  for (let at = start; step > 0n ? at <= stop : at >= stop; at += step) {
    if (series.push(at) > MAX_ELEMENTS) fail('Cannot generate arrays with more than 1000000 elements.');
  }
  return series;
}

function offsetText(offset: bigint): string {
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  return `${offset < 0n ? '-' : '+'}${String(h).padStart(2, '0')}${m ? `:${String(m).padStart(2, '0')}` : ''}`;
}

/** A zone that is off by seconds, as before the standard times, is printed as if it were off by whole minutes. */
function timestampText(utc: bigint, local: bigint): string {
  const offset = ((local - utc) / 60_000_000n) * 60_000_000n;
  const t = civilOf(utc + offset);
  return `${dateText(t)} ${clockText(t)}${offsetText(offset)}`;
}

const parsedBy =
  (parse: (text: string) => bigint | undefined, type: string) =>
  (text: string): bigint =>
    parse(text) ?? fail(`Invalid ${type}: '${text}'`);

const toTimestamp = (value: bigint, unit: bigint): bigint => {
  const micros = value * unit;
  return micros < FIRST_MICROS || micros > LAST_MICROS ? fail(`Timestamp out of range: ${value}`) : micros;
};

const INTERVAL_LIMITS = { months: 120_000n, days: 3_660_000n, micros: 316_224_000_000_000_000n } as const;

function checkedInterval(months: bigint, days: bigint, micros: bigint): bigint[] {
  for (const [field, value] of Object.entries({ months, days, micros })) {
    const limit = INTERVAL_LIMITS[field as keyof typeof INTERVAL_LIMITS];
    if (value < -limit || value > limit) fail(`Interval field ${field} '${value}' is out of range -${limit} to ${limit}`);
  }
  return [months, days, micros];
}

/** What is left of a month after the product goes to the days, of a day to the clock; a month counts 30 days. */
function scaleInterval(months: bigint, days: bigint, micros: bigint, by: number): bigint[] {
  if (!Number.isFinite(by)) fail('Interval multiplication by a value that is not finite');
  const wholeMonths = Math.trunc(Number(months) * by);
  const dayParts = (Number(months) * by - wholeMonths) * 30 + Number(days) * by;
  const wholeDays = Math.trunc(dayParts);
  const rest = Math.round((dayParts - wholeDays) * Number(DAY) + Number(micros) * by);
  return checkedInterval(BigInt(wholeMonths), BigInt(wholeDays), BigInt(rest));
}

function interval(text: string, format: string): bigint[] {
  const parts = parseInterval(text, format);
  return parts ? checkedInterval(...(parts as [bigint, bigint, bigint])) : fail(`Invalid INTERVAL value '${text}'`);
}

/** Division of an interval: what does not divide goes to the next smaller part; a month counts 30 days. */
function divideInterval(months: bigint, days: bigint, micros: bigint, by: bigint): bigint[] {
  if (by === 0n) fail('Interval division by zero');
  const wholeMonths = months / by;
  const dayRest = (months % by) * 30n + days;
  const wholeDays = dayRest / by;
  const microRest = (dayRest % by) * DAY + micros;
  return [wholeMonths, wholeDays, microRest / by];
}

function justify(months: bigint, days: bigint, micros: bigint, what: string): bigint[] {
  let [m, d, u] = [months, days, micros];
  if (what !== 'days') {
    d += u / DAY;
    u %= DAY;
    if (d > 0n && u < 0n) [d, u] = [d - 1n, u + DAY];
    if (d < 0n && u > 0n) [d, u] = [d + 1n, u - DAY];
  }
  if (what !== 'hours') {
    m += d / 30n;
    d %= 30n;
    if (m > 0n && (d < 0n || (d === 0n && u < 0n))) [m, d] = [m - 1n, d + 30n];
    if (m < 0n && (d > 0n || (d === 0n && u > 0n))) [m, d] = [m + 1n, d - 30n];
    if (what === 'interval' && d > 0n && u < 0n) [d, u] = [d - 1n, u + DAY];
    if (what === 'interval' && d < 0n && u > 0n) [d, u] = [d + 1n, u - DAY];
  }
  return [m, d, u];
}

function rangeBounds(text: string): (string | null)[] {
  const m = /^\s*\[\s*([^,]+?)\s*,\s*([^)]+?)\s*\)\s*$/.exec(text);
  if (!m) fail(`Invalid RANGE value '${text}'`);
  return [m![1]!, m![2]!].map((bound) => (/^(unbounded|null)$/i.test(bound) ? null : bound));
}

/** The start of the bucket of `unit` (months, or microseconds) that holds a time, counted from an origin. */
function bucket(at: bigint, months: bigint, days: bigint, micros: bigint, origin: bigint): bigint {
  const width = days * DAY + micros;
  if (months < 0n || width < 0n || (months === 0n && width === 0n)) fail('Bucket width must be positive');
  if (months !== 0n && width !== 0n) fail('Bucket width cannot mix months with days');
  if (months === 0n) return origin + (at - origin - ((((at - origin) % width) + width) % width));
  const date = civilOf(at);
  const start = civilOf(origin);
  const apart = BigInt((date.year - start.year) * 12 + date.month - start.month);
  const shift = (count: bigint): bigint =>
    BigInt(addMonths(start.days, Number(count * months))) * DAY + (origin - BigInt(start.days) * DAY);
  let index = apart / months + 1n;
  while (shift(index) > at) index--;
  return shift(index);
}

export const civilUdfs: readonly ScalarUdf[] = [
  { name: 'bq_zone_offset', parameters: ['VARCHAR'], returns: 'BIGINT', call: (zone: string) => fixedOffset(zone) ?? null },
  { name: 'bq_parse_date', parameters: ['VARCHAR'], returns: 'BIGINT', call: parsedBy(parseDate, 'date') },
  { name: 'bq_parse_datetime', parameters: ['VARCHAR'], returns: 'BIGINT', call: parsedBy(parseDatetime, 'datetime string') },
  { name: 'bq_parse_time', parameters: ['VARCHAR'], returns: 'BIGINT', call: parsedBy(parseTime, 'time string') },
  {
    name: 'bq_parse_timestamp',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BIGINT',
    call: (text: string, zone: string) => parseTimestamp(text, zone) ?? fail(`Invalid timestamp: '${text}'`),
  },
  {
    name: 'bq_timestamp_in_zone',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BIGINT',
    call: (text: string, zone: string) => {
      if (!isZone(zone)) fail(`Invalid time zone: ${zone}`);
      if (namesZone(text)) fail(`Timezone is not allowed in "${text}"`);
      return parseTimestamp(text, zone) ?? fail(`Invalid timestamp: '${text}'`);
    },
  },
  {
    name: 'bq_timestamp_text',
    parameters: ['BIGINT', 'BIGINT'],
    returns: 'VARCHAR',
    call: timestampText,
  },
  { name: 'bq_make_date', parameters: ['BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT', call: makeDate },
  { name: 'bq_make_time', parameters: ['BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT', call: makeTime },
  {
    name: 'bq_make_datetime',
    parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT',
    call: (y: bigint, m: bigint, d: bigint, h: bigint, min: bigint, s: bigint) => {
      const micros = makeDate(y, m, d) * DAY + makeTime(h, min, s);
      return micros > LAST_MICROS ? fail(`Input calculates to invalid datetime: ${y}-${m}-${d} ${h}:${min}:${s}`) : micros;
    },
  },
  { name: 'bq_timestamp_micros', parameters: ['BIGINT', 'BIGINT'], returns: 'BIGINT', call: toTimestamp },
  { name: 'bq_date_series', parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT[]', call: dateSeries },
  {
    name: 'bq_timestamp_series',
    parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT[]',
    call: timestampSeries,
  },
  { name: 'bq_format_time', parameters: ['VARCHAR', 'BIGINT', 'BIGINT', 'VARCHAR', 'VARCHAR'], returns: 'VARCHAR', call: formatTime },
  { name: 'bq_parse_time_format', parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR'], returns: 'BIGINT', call: parseTimeFormat },
  { name: 'bq_interval_parts', parameters: ['VARCHAR', 'VARCHAR'], returns: 'BIGINT[]', call: interval },
  { name: 'bq_interval_text', parameters: ['BIGINT', 'BIGINT', 'BIGINT'], returns: 'VARCHAR', call: intervalText },
  {
    name: 'bq_interval_multiply',
    parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'],
    returns: 'BIGINT[]',
    call: (m: bigint, d: bigint, u: bigint, by: bigint) => checkedInterval(m * by, d * by, u * by),
  },
  { name: 'bq_interval_checked', parameters: ['BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT[]', call: checkedInterval },
  { name: 'bq_interval_scale', parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'DOUBLE'], returns: 'BIGINT[]', call: scaleInterval },
  { name: 'bq_interval_divide', parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT[]', call: divideInterval },
  { name: 'bq_interval_justify', parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'VARCHAR'], returns: 'BIGINT[]', call: justify },
  { name: 'bq_interval_iso', parameters: ['BIGINT', 'BIGINT', 'BIGINT'], returns: 'VARCHAR', call: intervalIso },
  { name: 'bq_range_bounds', parameters: ['VARCHAR'], returns: 'VARCHAR[]', call: rangeBounds },
  { name: 'bq_time_bucket', parameters: ['BIGINT', 'BIGINT', 'BIGINT', 'BIGINT', 'BIGINT'], returns: 'BIGINT', call: bucket },
];
