// Calendar arithmetic and the text forms of DATE, DATETIME, TIME and TIMESTAMP. All instants and local times are microseconds since 1970-01-01, as bigint.
import { toUtc } from './time-zone.ts';

export const DAY = 86_400_000_000n;

export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

export type CivilDate = { readonly year: number; readonly month: number; readonly day: number };

export function civilFromDays(days: number): CivilDate {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
export const daysInMonth = (year: number, month: number): number => (month === 2 && isLeapYear(year) ? 29 : DAYS_IN_MONTH[month - 1]!);

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
export const floorMod = (a: bigint, b: bigint): bigint => a - floorDiv(a, b) * b;

export type CivilTime = CivilDate & {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
  readonly days: number;
};

export function civilOf(micros: bigint): CivilTime {
  const days = Number(floorDiv(micros, DAY));
  const rest = Number(floorMod(micros, DAY));
  const seconds = Math.floor(rest / 1e6);
  return {
    ...civilFromDays(days),
    days,
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros: rest % 1e6,
  };
}

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

export const dateText = ({ year, month, day }: CivilDate): string => `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
/** 0, 3 or 6 digits, as BigQuery prints fractions of a second. */
export const fractionText = (micros: number): string =>
  micros === 0 ? '' : micros % 1000 === 0 ? `.${pad(micros / 1000, 3)}` : `.${pad(micros, 6)}`;
export const clockText = (t: CivilTime): string => `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}${fractionText(t.micros)}`;

/** `YYYY-MM-DD HH:MM:SS[.fff[fff]]`. */
export function civilText(micros: bigint): string {
  const t = civilOf(micros);
  return `${dateText(t)} ${clockText(t)}`;
}

const DATE_PATTERN = '(\\d{4,5})-(\\d{1,2})-(\\d{1,2})';
const TIME_PATTERN = '(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:\\.(\\d{1,6}))?';
const DATE_ONLY = new RegExp(`^${DATE_PATTERN}$`);
const TIME_ONLY = new RegExp(`^${TIME_PATTERN}$`);
const DATE_AND_TIME = new RegExp(`^${DATE_PATTERN}(?:[Tt ]${TIME_PATTERN})?$`);
/** An offset stands right behind the time, a zone's name after one blank. */
const WITH_ZONE = new RegExp(
  `^${DATE_PATTERN}(?:[Tt ]${TIME_PATTERN}([Zz]|[-+]\\d{1,4}(?::?\\d{1,2})?)?)?(?: ([A-Z][\\w/+-]*|[-+]\\d{1,2}(?::?\\d{2})?))?$`,
);

function days(year: string, month: string, day: string): number | undefined {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > daysInMonth(y, m)) return undefined;
  return daysFromCivil(y, m, d);
}

/** A leap second, `:60`, is the next minute's first; its fraction is dropped. */
function clock(hour = '0', minute = '0', second = '0', fraction = ''): bigint | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (h > 23 || m > 59 || s > 60) return undefined;
  if (s === 60) return BigInt((h * 3600 + m * 60 + s) * 1e6);
  return BigInt((h * 3600 + m * 60 + s) * 1e6) + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** 0001-01-01 and the last microsecond of 9999. */
export const FIRST_MICROS = -62_135_596_800_000_000n;
export const LAST_MICROS = 253_402_300_799_999_999n;

/** Days since the epoch. A time of day after the date is dropped, as CAST(string AS DATE) does not allow one: undefined. */
export function parseDate(text: string): bigint | undefined {
  const m = DATE_ONLY.exec(text);
  const found = m && days(m[1]!, m[2]!, m[3]!);
  return found === null || found === undefined ? undefined : BigInt(found);
}

export function parseTime(text: string): bigint | undefined {
  const m = TIME_ONLY.exec(text);
  const micros = m ? clock(m[1], m[2], m[3], m[4]) : undefined;
  return micros === undefined ? undefined : micros % DAY;
}

export function parseDatetime(text: string): bigint | undefined {
  const m = DATE_AND_TIME.exec(text);
  const micros = m ? joined(days(m[1]!, m[2]!, m[3]!), clock(m[4], m[5], m[6], m[7])) : undefined;
  return micros === undefined || micros > LAST_MICROS ? undefined : micros;
}

const joined = (date: number | undefined, time: bigint | undefined): bigint | undefined =>
  date === undefined || time === undefined ? undefined : BigInt(date) * DAY + time;

/** The instant a text means; `zone` where the text names none. */
export function parseTimestamp(text: string, zone = 'UTC'): bigint | undefined {
  const m = WITH_ZONE.exec(text);
  const local = m ? joined(days(m[1]!, m[2]!, m[3]!), clock(m[4], m[5], m[6], m[7])) : undefined;
  if (local === undefined || (m![8] && m![9])) return undefined;
  const utc = toUtc(local, m![8] ?? m![9] ?? zone);
  return utc === undefined || utc < FIRST_MICROS || utc > LAST_MICROS ? undefined : utc;
}

/** Whether a text that is a TIMESTAMP says its zone itself. */
export function namesZone(text: string): boolean {
  const m = WITH_ZONE.exec(text);
  return Boolean(m?.[8] ?? m?.[9]);
}

/** A literal's canonical value: text for DATE, DATETIME and TIME, microseconds for TIMESTAMP; undefined when the text means none. */
export function parseCivil(text: string, kind: 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP', zone = 'UTC'): string | bigint | undefined {
  switch (kind) {
    case 'DATE': {
      const found = parseDate(text);
      return found === undefined ? undefined : dateText(civilFromDays(Number(found)));
    }
    case 'DATETIME': {
      const micros = parseDatetime(text);
      return micros === undefined ? undefined : civilText(micros);
    }
    case 'TIME': {
      const micros = parseTime(text);
      return micros === undefined ? undefined : clockText(civilOf(micros));
    }
    case 'TIMESTAMP':
      return parseTimestamp(text, zone);
  }
}
