import { err, ok, type Result } from '../shared/base/result.ts';

/** A whole number of a unit; years are calendar years, so that "7y" ends on the same day seven years later. */
export type Duration = { readonly amount: number; readonly unit: 's' | 'min' | 'h' | 'd' | 'w' | 'y' };

const milliseconds = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const MAX_YEARS = 200;

/** `400d`, `7y`, `12h`; nothing else is understood, so that no typing mistake deletes evidence. */
export function parseDuration(text: string): Result<Duration, string> {
  const [, digits, unit] = /^(0|[1-9]\d{0,8})(s|min|h|d|w|y)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) return err(`"${text.slice(0, 40)}" is no duration: ${remedyOf(text)}`);
  const duration: Duration = { amount: Number(digits), unit: unit as Duration['unit'] };
  if (toYears(duration) > MAX_YEARS) return err(`"${text}" is longer than ${MAX_YEARS} years: write "forever"`);
  return ok(duration);
}

function remedyOf(text: string): string {
  if (/^\d+m$/.test(text)) return 'write min for minutes; months differ in length, so count days';
  if (/^\d+$/.test(text)) return 'add the unit, such as 400d';
  return 'write a whole number and one of s, min, h, d, w, y, such as 400d or 7y';
}

/** The moment that lies `duration` after `from`, in UTC; 29 February counts as 1 March where the year has none. */
export function addDuration(from: Date, { amount, unit }: Duration): Date {
  if (unit !== 'y') return new Date(from.getTime() + amount * milliseconds[unit]);
  const later = new Date(from);
  later.setUTCFullYear(from.getUTCFullYear() + amount);
  return later;
}

export const formatDuration = ({ amount, unit }: Duration): string => `${amount}${unit}`;

const toYears = ({ amount, unit }: Duration): number => (unit === 'y' ? amount : (amount * milliseconds[unit]) / (365 * milliseconds.d));
