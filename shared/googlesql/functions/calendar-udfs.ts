import { civilOf, DAY, daysFromCivil, daysInMonth, FIRST_MICROS, LAST_MICROS } from './civil-time.ts';
import { DAY_NAMES, weekdayOf } from './format-time.ts';
import { parseTimeFormat } from './parse-time-format.ts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const isMonthEnd = (date: { readonly year: number; readonly month: number; readonly day: number }): boolean =>
  date.day === daysInMonth(date.year, date.month);

/** The last day of a month stays the last day of one. */
function addMonths(days: bigint, count: bigint): bigint {
  const date = civilOf(days * DAY);
  const index = BigInt(date.year * 12 + date.month - 1) + count;
  if (index < 12n || index >= 120_000n) fail('ADD_MONTHS: the result is out of range');
  const [year, month] = [Number(index / 12n), Number(index % 12n) + 1];
  const last = daysInMonth(year, month);
  return BigInt(daysFromCivil(year, month, isMonthEnd(date) ? last : Math.min(date.day, last)));
}

/** Whole months where both are the same day or both a month's last; else days and time of day count as parts of 31 days. */
function monthsBetween(end: bigint, start: bigint): number {
  const [a, b] = [civilOf(end), civilOf(start)];
  const months = (a.year - b.year) * 12 + a.month - b.month;
  if (a.day === b.day || (isMonthEnd(a) && isMonthEnd(b))) return months;
  const dayOf = (micros: bigint, day: number): number => day + Number(((micros % DAY) + DAY) % DAY) / Number(DAY);
  return months + (dayOf(end, a.day) - dayOf(start, b.day)) / 31;
}

function nextDay(days: bigint, name: string): bigint {
  const wanted = DAY_NAMES.findIndex((day) => [day, day.slice(0, 3)].some((form) => form.toLowerCase() === name.trim().toLowerCase()));
  if (wanted < 0) fail(`Invalid day of the week: ${name}`);
  const apart = (wanted - weekdayOf(Number(days)) + 7) % 7 || 7;
  const found = days + BigInt(apart);
  return found * DAY > LAST_MICROS || found * DAY < FIRST_MICROS ? fail('NEXT_DAY: the result is out of range') : found;
}

/** PARSE_TIMESTAMP(…, precision => n): more digits of the fraction than that do not match. */
function parseWithPrecision(pattern: string, text: string, zone: string, precision: bigint): bigint {
  if (![0n, 3n, 6n].includes(precision)) fail(`A precision of ${precision} is not supported; microseconds are the finest there are`);
  const micros = parseTimeFormat(pattern, text, zone, 'TIMESTAMP');
  const asked = Number(/%E(\d)S/.exec(pattern)?.[1] ?? 0);
  const unit = 10n ** (6n - precision);
  if (BigInt(asked) > precision || micros % unit) fail(`Failed to parse input string "${text}"`);
  return micros;
}

export const calendarUdfs: readonly ScalarUdf[] = [
  { name: 'bq_add_months', parameters: ['BIGINT', 'BIGINT'], returns: 'BIGINT', call: addMonths },
  { name: 'bq_months_between', parameters: ['BIGINT', 'BIGINT'], returns: 'DOUBLE', call: monthsBetween },
  { name: 'bq_next_day', parameters: ['BIGINT', 'VARCHAR'], returns: 'BIGINT', call: nextDay },
  {
    name: 'bq_parse_timestamp_precision',
    parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'BIGINT'],
    returns: 'BIGINT',
    call: parseWithPrecision,
  },
];
