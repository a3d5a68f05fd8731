import { DAY, daysFromCivil, daysInMonth, FIRST_MICROS, LAST_MICROS } from './civil-time.ts';
import { DAY_NAMES, isForeign, MONTH_NAMES, weekdayOf } from './format-time.ts';
import { toUtc } from './time-zone.ts';

/** What has been read so far; undefined: not mentioned. */
type Fields = {
  year?: number;
  century?: number;
  yearOfCentury?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  isPm?: boolean;
  minute?: number;
  second?: number;
  micros?: bigint;
  epoch?: bigint;
  zone?: string;
  isoYear?: number;
  isoWeek?: number;
  weekday?: number;
  weekOfYear?: { readonly week: number; readonly start: number };
};

type Reader = { readonly text: string; at: number; readonly fields: Fields };

class Mismatch extends Error {}

function take(reader: Reader, pattern: RegExp): string {
  const found = new RegExp(pattern, `${pattern.flags}y`);
  found.lastIndex = reader.at;
  const match = found.exec(reader.text);
  if (!match) throw new Mismatch();
  reader.at = found.lastIndex;
  return match[0];
}

/** Blanks before the digits are read only where printing pads with them. */
function number(reader: Reader, digits: number, low: number, high: number, blank = ''): number {
  const value = Number(take(reader, new RegExp(`${blank}\\d{1,${digits}}`)));
  if (value < low || value > high) throw new Mismatch();
  return value;
}

function nameIndex(reader: Reader, names: readonly string[]): number {
  const rest = reader.text.slice(reader.at).toLowerCase();
  for (const [i, name] of names.entries()) {
    for (const form of [name.toLowerCase(), name.slice(0, 3).toLowerCase()]) {
      if (!rest.startsWith(form)) continue;
      reader.at += form.length;
      return i;
    }
  }
  throw new Mismatch();
}

const COMPOSITES: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
};

function readElement(element: string, reader: Reader): void {
  const composite = COMPOSITES[element];
  if (composite) readPattern(composite, reader);
  else if (/^E(\d|\*)S$/.test(element)) readSeconds(reader, element[1] === '*' ? 99 : Number(element[1]));
  else readPlain(element, reader);
}

function readPlain(element: string, reader: Reader): void {
  const { fields } = reader;
  switch (element) {
    case 'A':
    case 'a':
      fields.weekday = nameIndex(reader, DAY_NAMES);
      return;
    case 'B':
    case 'b':
    case 'h':
      fields.month = nameIndex(reader, MONTH_NAMES) + 1;
      return;
    case 'C':
      fields.century = number(reader, 2, 0, 99);
      delete fields.year;
      return;
    case 'd':
    case 'e':
      fields.day = number(reader, 2, 1, 31, element === 'e' ? '\\s*' : '');
      return;
    case 'G':
      fields.isoYear = number(reader, 4, 0, 9999);
      return;
    case 'g':
      fields.isoYear = centuryOf(number(reader, 2, 0, 99));
      return;
    case 'H':
    case 'k':
      fields.hour = number(reader, 2, 0, 23, element === 'k' ? '\\s*' : '');
      return;
    case 'I':
    case 'l':
      fields.hour12 = number(reader, 2, 1, 12, '\\s*');
      return;
    case 'j':
      fields.dayOfYear = number(reader, 3, 1, 366);
      return;
    case 'M':
      fields.minute = number(reader, 2, 0, 59);
      return;
    case 'm':
      fields.month = number(reader, 2, 1, 12);
      return;
    case 'p':
    case 'P':
      fields.isPm = take(reader, /[ap]\.?m\.?/i)
        .toLowerCase()
        .startsWith('p');
      return;
    case 'Q':
      fields.month = (number(reader, 1, 1, 4) - 1) * 3 + 1;
      return;
    case 'S':
      readSeconds(reader, 0);
      return;
    case 's':
      fields.epoch = BigInt(take(reader, /[-+]?\d+/));
      return;
    case 'U':
      fields.weekOfYear = { week: number(reader, 2, 0, 53), start: 0 };
      return;
    case 'W':
      fields.weekOfYear = { week: number(reader, 2, 0, 53), start: 1 };
      return;
    case 'u':
      fields.weekday = number(reader, 1, 1, 7, '\\s*') % 7;
      return;
    case 'V':
      fields.isoWeek = number(reader, 2, 1, 53);
      return;
    case 'w':
      fields.weekday = number(reader, 1, 0, 6, '\\s*');
      return;
    case 'Y':
      fields.year = Number(take(reader, /-?\d{1,4}/));
      delete fields.yearOfCentury;
      delete fields.century;
      return;
    case 'E4Y':
      fields.year = Number(take(reader, /\d{4}/));
      return;
    case 'y':
      fields.yearOfCentury = number(reader, 2, 0, 99);
      delete fields.year;
      return;
    case 'Z':
      fields.zone = take(reader, /[A-Za-z_/+\-0-9:]+/);
      return;
    case 'z':
      fields.zone = take(reader, /[-+]\d{1,4}/);
      return;
    case 'Ez':
      fields.zone = take(reader, /z|[-+]\d{1,2}(?::?\d{2})?/i);
      return;
    case 'n':
    case 't':
      take(reader, /\s*/);
      return;
    case '%':
      take(reader, /%/);
      return;
    default:
      throw new Mismatch();
  }
}

const centuryOf = (year: number): number => (year < 69 ? 2000 + year : 1900 + year);

/** At most `places` digits of the fraction; what follows them is left to the rest of the pattern. */
function readSeconds(reader: Reader, places: number): void {
  reader.fields.second = number(reader, 2, 0, 60);
  if (places && reader.text[reader.at] === '.') {
    const fraction = take(reader, new RegExp(`\\.\\d{0,${places}}`)).slice(1);
    reader.fields.micros = BigInt(fraction.padEnd(6, '0').slice(0, 6));
  }
}

const ELEMENT = /%(E(?:\d|\*)[SY]|E[zCcXxYy]|O?[\s\S])|(\s+)|([\s\S])/g;
const plainName = (element: string): string => element.replace(/^O|^E(?=[CcXxYy]$)/, '');

function readPattern(pattern: string, reader: Reader): void {
  for (const [, element, space, literal] of pattern.matchAll(ELEMENT)) {
    if (element) readElement(plainName(element), reader);
    else if (space) take(reader, /\s*/);
    else take(reader, new RegExp(literal!.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')));
  }
}

function daysOf(fields: Fields): number {
  const year =
    fields.year ??
    (fields.yearOfCentury !== undefined
      ? fields.century !== undefined
        ? fields.century * 100 + fields.yearOfCentury
        : centuryOf(fields.yearOfCentury)
      : fields.century !== undefined
        ? fields.century * 100
        : 1970);
  if (fields.isoYear !== undefined) {
    const fourth = daysFromCivil(fields.isoYear, 1, 4);
    const monday = fourth - ((weekdayOf(fourth) + 6) % 7);
    return monday + ((fields.isoWeek ?? 1) - 1) * 7 + (((fields.weekday ?? 1) + 6) % 7);
  }
  if (fields.dayOfYear !== undefined) return daysFromCivil(year, 1, 1) + fields.dayOfYear - 1;
  if (fields.weekOfYear) {
    const { week, start } = fields.weekOfYear;
    const newYear = daysFromCivil(year, 1, 1);
    const firstStart = newYear + ((7 + start - weekdayOf(newYear)) % 7);
    return firstStart + (week - 1) * 7 + (((fields.weekday ?? start) - start + 7) % 7);
  }
  const [month, day] = [fields.month ?? 1, fields.day ?? 1];
  if (year < 1 || year > 9999 || day > daysInMonth(year, month)) throw new Mismatch();
  return daysFromCivil(year, month, day);
}

function microsOf(fields: Fields): bigint {
  const hour = fields.hour12 !== undefined ? (fields.hour12 % 12) + (fields.isPm ? 12 : 0) : (fields.hour ?? 0);
  const seconds = hour * 3600 + (fields.minute ?? 0) * 60 + (fields.second ?? 0);
  return BigInt(seconds) * 1_000_000n + (fields.micros ?? 0n);
}

function refuseForeign(pattern: string, kind: string): void {
  for (const [, element] of pattern.matchAll(ELEMENT))
    if (element && isForeign(element, kind)) throw new Error(`Invalid format: %${element} is not allowed for the ${kind} type.`);
}

/** PARSE_DATE and kin: microseconds since the epoch; local time but for TIMESTAMP. Throws when the text does not match. */
export function parseTimeFormat(pattern: string, text: string, zone: string, kind: string): bigint {
  const reader: Reader = { text, at: 0, fields: {} };
  refuseForeign(pattern, kind);
  try {
    take(reader, /\s*/);
    readPattern(pattern.trim(), reader);
    take(reader, /\s*$/);
    const { fields } = reader;
    const epoch = fields.epoch === undefined ? undefined : fields.epoch * 1_000_000n;
    if (epoch !== undefined && (epoch < FIRST_MICROS || epoch > LAST_MICROS)) throw new Mismatch();
    if (epoch !== undefined) return epoch;
    const local = (kind === 'TIME' ? 0n : BigInt(daysOf(fields)) * DAY) + microsOf(fields);
    const utc = kind === 'TIMESTAMP' ? toUtc(local, fields.zone ?? zone) : local;
    if (utc === undefined || utc > LAST_MICROS || (kind !== 'TIME' && utc < FIRST_MICROS)) throw new Mismatch();
    return utc;
  } catch (error) {
    if (error instanceof Mismatch) throw new Error(`Failed to parse input string "${text}"`);
    throw error;
  }
}
