import { type CivilTime, civilOf, DAY, dateText, daysFromCivil, floorDiv } from './civil-time.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
export const MONTH_NAMES = MONTHS;
export const DAY_NAMES = DAYS;

const two = (n: number): string => String(n).padStart(2, '0');
export const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7;
const dayOfYear = (t: CivilTime): number => t.days - daysFromCivil(t.year, 1, 1) + 1;

/** ISO 8601 year and week. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - ((weekdayOf(days) + 6) % 7) + 3;
  const { year } = civilOf(BigInt(thursday) * DAY);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}

function zoneText(offset: bigint, colon: string): string {
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n);
  return `${offset < 0n ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}

const subsecond = (t: CivilTime, digits: string): string => {
  const full = String(t.micros).padStart(6, '0');
  if (digits === '*') return full.replace(/0+$/, '');
  return full.padEnd(9, '0').slice(0, Number(digits));
};

/** FORMAT_DATE, FORMAT_DATETIME, FORMAT_TIME, FORMAT_TIMESTAMP: strftime's elements and BigQuery's own, over a local time. */
export function formatTime(pattern: string, local: bigint, utc: bigint, zone: string, kind: string): string {
  const t = civilOf(local);
  const offset = local - utc;
  return pattern.replace(/%(E(?:\d|\*)?[SzYyCcXx]?|O?[\s\S]|:z)/g, (whole, element: string) =>
    isForeign(element, kind) ? whole : (plainElement(element, t, offset, zone, utc) ?? whole),
  );
}

/** Elements that say what a type does not have: printing leaves them as they are, parsing refuses them. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  DATE: /^(?:[cHIklMpPrRsSTXzZ]|Ez|:z|E[\d*]S)$/,
  TIME: /^(?:[AaBbCcDdeFGghjJmQsuUVwWxYyzZ]|Ez|:z|E4Y)$/,
  DATETIME: /^(?:[zZ]|Ez|:z)$/,
};
export const isForeign = (element: string, kind: string): boolean =>
  FOREIGN[kind]?.test(element.replace(/^[EO](?=[A-Za-y]$)/, '')) ?? false;

function plainElement(element: string, t: CivilTime, offset: bigint, zone: string, utc: bigint): string | undefined {
  const hour12 = t.hour % 12 || 12;
  const weekday = weekdayOf(t.days);
  const fraction = /^E(\d|\*)S$/.exec(element);
  if (fraction) {
    const digits = subsecond(t, fraction[1]!);
    return `${two(t.second)}${digits ? `.${digits}` : ''}`;
  }
  switch (/^O.$|^E[CcXxYy]$/.test(element) ? element[1]! : element) {
    case 'A':
      return DAYS[weekday]!;
    case 'a':
      return DAYS[weekday]!.slice(0, 3);
    case 'B':
      return MONTHS[t.month - 1]!;
    case 'b':
    case 'h':
      return MONTHS[t.month - 1]!.slice(0, 3);
    case 'C':
      return two(Math.floor(t.year / 100));
    case 'c':
      return `${DAYS[weekday]!.slice(0, 3)} ${MONTHS[t.month - 1]!.slice(0, 3)} ${String(t.day).padStart(2)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} ${t.year}`;
    case 'D':
    case 'x':
      return `${two(t.month)}/${two(t.day)}/${two(t.year % 100)}`;
    case 'd':
      return two(t.day);
    case 'e':
      return String(t.day).padStart(2);
    case 'F':
      return dateText(t);
    case 'G':
      return String(isoWeek(t.days).year);
    case 'g':
      return two(isoWeek(t.days).year % 100);
    case 'H':
      return two(t.hour);
    case 'I':
      return two(hour12);
    case 'j':
      return String(dayOfYear(t)).padStart(3, '0');
    case 'J':
      return String(t.days - isoYearStart(t) + 1).padStart(3, '0');
    case 'k':
      return String(t.hour).padStart(2);
    case 'l':
      return String(hour12).padStart(2);
    case 'M':
      return two(t.minute);
    case 'm':
      return two(t.month);
    case 'n':
      return '\n';
    case 'P':
      return t.hour < 12 ? 'am' : 'pm';
    case 'p':
      return t.hour < 12 ? 'AM' : 'PM';
    case 'Q':
      return String(Math.ceil(t.month / 3));
    case 'R':
      return `${two(t.hour)}:${two(t.minute)}`;
    case 'r':
      return `${two(hour12)}:${two(t.minute)}:${two(t.second)} ${t.hour < 12 ? 'AM' : 'PM'}`;
    case 'S':
      return two(t.second);
    case 's':
      return String(floorDiv(utc, 1_000_000n));
    case 'T':
    case 'X':
      return `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
    case 't':
      return '\t';
    case 'U':
      return two(Math.floor((dayOfYear(t) + 6 - weekday) / 7));
    case 'u':
      return String(weekday || 7);
    case 'V':
      return two(isoWeek(t.days).week);
    case 'W':
      return two(Math.floor((dayOfYear(t) + 6 - ((weekday + 6) % 7)) / 7));
    case 'w':
      return String(weekday);
    case 'Y':
      return String(t.year);
    case 'E4Y':
      return String(t.year).padStart(4, '0');
    case 'y':
      return two(t.year % 100);
    case 'Z':
      return /^(utc|z)$/i.test(zone) ? 'UTC' : zoneName(zone, offset);
    case 'z':
      return zoneText(offset, '');
    case 'Ez':
    case ':z':
      return zoneText(offset, ':');
    case '%':
      return '%';
    default:
      return undefined;
  }
}

const isoYearStart = (t: CivilTime): number => {
  const fourth = daysFromCivil(isoWeek(t.days).year, 1, 4);
  return fourth - ((weekdayOf(fourth) + 6) % 7);
};

/** `UTC-8`, `UTC+5:30`: how BigQuery prints a zone that has a name. */
function zoneName(_zone: string, offset: bigint): string {
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n);
  const rest = minutes % 60 ? `:${two(minutes % 60)}` : '';
  return minutes === 0 ? 'UTC' : `UTC${offset < 0n ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}
