import { type CivilTime, civilOf, DAY, daysFromCivil, daysInMonth, isLeapYear } from './civil-time.ts';
import { DAY_NAMES, MONTH_NAMES, weekdayOf } from './format-time.ts';
import { toUtc } from './time-zone.ts';

// The format models of CAST(… FORMAT …): `YYYY-MM-DD HH24:MI:SS`. Elements are read in any case; the case of names follows the element's.

const ELEMENTS =
  /"((?:[^"\\]|\\.)*)"|YYYY|RRRR|Y,YYY|YYY|YY|RR|Y|MONTH|MON|MM|DDD|DD|DAY|DY|D|HH24|HH12|HH|MI|SSSSS|SS|FF[1-9]|A\.M\.|P\.M\.|AM|PM|TZH|TZM|CC|Q|[-./,;: ']|([\s\S])/gi;

function fail(message: string): never {
  throw new Error(message);
}

type Token = { readonly element: string; readonly written: string; readonly literal?: string };

function tokens(model: string): Token[] {
  return [...model.matchAll(ELEMENTS)].map(([written, quoted, unknown]) => {
    if (unknown !== undefined) fail(`Cannot find matched format element at ${model.indexOf(written)}`);
    if (quoted !== undefined) return { element: 'TEXT', written, literal: quoted.replace(/\\(.)/g, '$1') };
    return { element: written.toUpperCase(), written };
  });
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0');

/** Upper-case elements shout, capitalised ones capitalise, others whisper. */
function inCase(name: string, written: string): string {
  if (written[0] === written[0]!.toLowerCase()) return name.toLowerCase();
  return written[1] === written[1]!.toLowerCase() && written.length > 1 ? name : name.toUpperCase();
}

const OF_DATE = /^(Y|R|MON|MM|D|CC|Q)/;
const OF_TIME = /^(HH|MI|SS|FF|A|P)/;

export function formatModel(local: bigint, model: string, kind: string, offset: bigint): string {
  const t = civilOf(local);
  return supported(tokens(model), kind)
    .map((token) => formatToken(token, t, offset))
    .join('');
}

/** The tokens, each one that the type has. */
function supported(all: Token[], kind: string): Token[] {
  for (const { element } of all) {
    const isForeign =
      (kind === 'TIME' && OF_DATE.test(element)) ||
      (kind === 'DATE' && OF_TIME.test(element)) ||
      (kind !== 'TIMESTAMP' && element.startsWith('TZ'));
    if (isForeign) fail(`${kind} does not support ${element}`);
  }
  return all;
}

function formatToken({ element, written, literal }: Token, t: CivilTime, offset: bigint): string {
  const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n);
  const name = DAY_NAMES[weekdayOf(t.days)]!;
  const month = MONTH_NAMES[t.month - 1]!;
  const meridian = t.hour < 12 ? 'AM' : 'PM';
  if (/^FF\d$/.test(element)) return pad(t.micros, 6).padEnd(9, '0').slice(0, Number(element[2]));
  switch (element) {
    case 'TEXT':
      return literal!;
    case 'YYYY':
    case 'RRRR':
      return pad(t.year, 4);
    case 'Y,YYY':
      return `${Math.floor(t.year / 1000)},${pad(t.year % 1000, 3)}`;
    case 'YYY':
      return pad(t.year % 1000, 3);
    case 'YY':
    case 'RR':
      return pad(t.year % 100, 2);
    case 'Y':
      return String(t.year % 10);
    case 'CC':
      return pad(Math.ceil(t.year / 100), 2);
    case 'Q':
      return String(Math.ceil(t.month / 3));
    case 'MONTH':
      return inCase(month, written);
    case 'MON':
      return inCase(month.slice(0, 3), written);
    case 'MM':
      return pad(t.month, 2);
    case 'DDD':
      return pad(t.days - daysFromCivil(t.year, 1, 1) + 1, 3);
    case 'DD':
      return pad(t.day, 2);
    case 'D':
      return String(weekdayOf(t.days) + 1);
    case 'DAY':
      return inCase(name, written);
    case 'DY':
      return inCase(name.slice(0, 3), written);
    case 'HH24':
      return pad(t.hour, 2);
    case 'HH':
    case 'HH12':
      return pad(t.hour % 12 || 12, 2);
    case 'MI':
      return pad(t.minute, 2);
    case 'SS':
      return pad(t.second, 2);
    case 'SSSSS':
      return pad(t.hour * 3600 + t.minute * 60 + t.second, 5);
    case 'AM':
    case 'PM':
      return inCase(meridian, written.slice(0, 1) === written.slice(0, 1).toLowerCase() ? 'a' : 'AA');
    case 'A.M.':
    case 'P.M.': {
      const dotted = `${meridian[0]}.M.`;
      return written[0] === written[0]!.toLowerCase() ? dotted.toLowerCase() : dotted;
    }
    case 'TZH':
      return `${offset < 0n ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}`;
    case 'TZM':
      return pad(minutes % 60, 2);
    default:
      return written;
  }
}

type Parts = {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  hour12?: number;
  isPm?: boolean;
  minute?: number;
  second?: number;
  secondOfDay?: number;
  micros?: number;
  zoneSign?: number;
  zoneHour?: number;
  zoneMinute?: number;
};

/** Text to microseconds: local time but for TIMESTAMP. What is not in the text comes from `now` (year and month) or is the least. */
export function parseModel(text: string, model: string, kind: string, now: bigint, zone: string): bigint {
  const parts: Parts = {};
  let rest = text.trim();
  const mismatch = (): never => fail(`Failed to parse input string "${text}"`);
  const take = (pattern: RegExp): string => {
    const m = pattern.exec(rest);
    if (m?.index !== 0) return mismatch();
    rest = rest.slice(m[0].length);
    return m[0];
  };
  const today = civilOf(now);
  for (const token of supported(tokens(model.trim()), kind)) parseToken(token, parts, take, today);
  if (rest.trim()) mismatch();
  const local = (kind === 'TIME' ? 0n : BigInt(daysOf(parts, today, mismatch)) * DAY) + clockOf(parts);
  if (kind !== 'TIMESTAMP') return local;
  if (parts.zoneHour === undefined) return toUtc(local, zone) ?? fail(`Invalid time zone: ${zone}`);
  return local - BigInt((parts.zoneSign ?? 1) * (parts.zoneHour * 60 + (parts.zoneMinute ?? 0))) * 60_000_000n;
}

type Take = (pattern: RegExp) => string;

function parseToken({ element, literal }: Token, parts: Parts, take: Take, today: CivilTime): void {
  const number = (digits: number): number => Number(take(new RegExp(`\\d{1,${digits}}`)));
  if (/^FF\d$/.test(element)) {
    parts.micros = Number(
      take(new RegExp(`\\d{1,${element[2]}}`))
        .padEnd(6, '0')
        .slice(0, 6),
    );
    return;
  }
  switch (element) {
    case 'TEXT':
      for (const letter of literal!) if (take(/[\s\S]/) !== letter) take(/(?!)/);
      return;
    case 'YYYY':
    case 'RRRR':
      parts.year = number(4);
      return;
    case 'Y,YYY':
      parts.year = Number(take(/\d,\d{3}/).replace(',', ''));
      return;
    case 'YYY':
      parts.year = Math.floor(today.year / 1000) * 1000 + number(3);
      return;
    case 'YY':
      parts.year = Math.floor(today.year / 100) * 100 + number(2);
      return;
    case 'RR': {
      const short = number(2);
      parts.year = (short < 50 ? 2000 : 1900) + short;
      return;
    }
    case 'Y':
      parts.year = Math.floor(today.year / 10) * 10 + number(1);
      return;
    case 'MONTH':
    case 'MON': {
      const name = take(element === 'MON' ? /[a-z]{3}/i : /[a-z]+/i).toLowerCase();
      parts.month = MONTH_NAMES.findIndex((m) => (element === 'MON' ? m.slice(0, 3) : m).toLowerCase() === name) + 1;
      return;
    }
    case 'MM':
      parts.month = number(2);
      return;
    case 'DDD':
      parts.dayOfYear = number(3);
      return;
    case 'DD':
      parts.day = number(2);
      return;
    case 'DAY':
    case 'DY':
      take(/[a-z]+/i);
      return;
    case 'HH24':
      parts.hour = number(2);
      return;
    case 'HH':
    case 'HH12':
      parts.hour12 = number(2);
      return;
    case 'MI':
      parts.minute = number(2);
      return;
    case 'SS':
      parts.second = number(2);
      return;
    case 'SSSSS':
      parts.secondOfDay = number(5);
      return;
    case 'AM':
    case 'PM':
      parts.isPm = /p/i.test(take(/[ap]m/i));
      return;
    case 'A.M.':
    case 'P.M.':
      parts.isPm = /p/i.test(take(/[ap]\.m\./i));
      return;
    case 'TZH': {
      const found = take(/[-+ ]?\d{1,2}/);
      parts.zoneSign = found.startsWith('-') ? -1 : 1;
      parts.zoneHour = Number(found.replace(/[-+ ]/, ''));
      return;
    }
    case 'TZM':
      parts.zoneMinute = number(2);
      return;
    case ' ':
      take(/\s+/);
      return;
    default:
      take(new RegExp(element.replace(/[.]/g, '\\.')));
  }
}

function daysOf(parts: Parts, today: CivilTime, mismatch: () => never): number {
  const year = parts.year ?? today.year;
  if (year < 1 || year > 9999 || parts.dayOfYear === 0 || (parts.dayOfYear ?? 0) > (isLeapYear(year) ? 366 : 365)) mismatch();
  if (parts.dayOfYear !== undefined) return daysFromCivil(year, 1, 1) + parts.dayOfYear - 1;
  const month = parts.month ?? today.month;
  const day = parts.day ?? 1;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) mismatch();
  return daysFromCivil(year, month, day);
}

function clockOf(parts: Parts): bigint {
  if (parts.secondOfDay !== undefined) return BigInt(parts.secondOfDay) * 1_000_000n + BigInt(parts.micros ?? 0);
  const hour = parts.hour12 !== undefined ? (parts.hour12 % 12) + (parts.isPm ? 12 : 0) : (parts.hour ?? 0);
  if (hour > 23 || (parts.minute ?? 0) > 59 || (parts.second ?? 0) > 60) fail('Time of day is out of range');
  return BigInt((hour * 60 + (parts.minute ?? 0)) * 60 + (parts.second ?? 0)) * 1_000_000n + BigInt(parts.micros ?? 0);
}
