import { DAY, daysFromCivil } from './civil-time.ts';

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formatters.has(zone)) formatters.set(zone, createFormatter(zone));
  return formatters.get(zone);
}

function createFormatter(zone: string): Intl.DateTimeFormat | undefined {
  try {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...fields });
  } catch {
    return undefined;
  }
}

/** A fixed offset such as `+05:30`, `-8` or `Z`, in microseconds. */
export function fixedOffset(zone: string): bigint | undefined {
  if (/^(z|utc|gmt)$/i.test(zone)) return 0n;
  const m = /^(?:UTC|GMT)?([-+])(?:(\d{1,2})(?::(\d{1,2}))?|(\d{1,2})(\d{2}))$/i.exec(zone);
  if (!m) return undefined;
  const minutes = BigInt(m[2] ?? m[4]!) * 60n + BigInt(m[3] ?? m[5] ?? 0);
  if (minutes > 14n * 60n) return undefined;
  return (m[1] === '-' ? -minutes : minutes) * 60_000_000n;
}

/** What a zone adds to UTC at an instant, in microseconds; undefined for an unknown zone. */
export function offsetAt(zone: string, utc: bigint): bigint | undefined {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  const formatter = formatterOf(zone);
  if (!formatter) return undefined;
  const milliseconds = Number(utc / 1000n);
  const parts = Object.fromEntries(formatter.formatToParts(milliseconds).map((p) => [p.type, p.value]));
  const year = parts['era'] === 'BC' ? 1 - Number(parts['year']) : Number(parts['year']);
  const local = BigInt(daysFromCivil(year, Number(parts['month']), Number(parts['day']))) * DAY;
  const clock = BigInt(Number(parts['hour']) * 3600 + Number(parts['minute']) * 60 + Number(parts['second'])) * 1_000_000n;
  const whole = BigInt(Math.floor(milliseconds / 1000)) * 1_000_000n;
  return local + clock - whole;
}

/** The instant of a local time; in a gap the time before the change counts on. Undefined for an unknown zone. */
export function toUtc(local: bigint, zone: string): bigint | undefined {
  const first = offsetAt(zone, local);
  if (first === undefined) return undefined;
  const second = offsetAt(zone, local - first)!;
  return local - second === local - first ? local - first : local - (offsetAt(zone, local - second)! === second ? second : first);
}

export const isZone = (zone: string): boolean => fixedOffset(zone) !== undefined || formatterOf(zone) !== undefined;
