// Days and microseconds as BigQuery writes them. All counts are since 1970-01-01, proleptic Gregorian, years 0001 to 9999.

const MICROS_PER_DAY = 86_400_000_000n;

export function toDateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
}

/** `12:30:00`, with six digits of a second where there is a fraction. */
export function toTimeText(microsOfDay: bigint): string {
  const seconds = Number(microsOfDay / 1_000_000n);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => pad(part, 2)).join(':');
  return clock + toFractionText(microsOfDay % 1_000_000n);
}

/** `2024-01-02T12:30:00`. */
export function toDatetimeText(micros: bigint): string {
  const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
  return `${toDateText(Number((micros - ofDay) / MICROS_PER_DAY))}T${toTimeText(ofDay)}`;
}

/** `1-2 3 4:5:6.7`: years, months, days and the clock, each part with its own sign, as CAST(interval AS STRING). */
export function toIntervalText(months: number, days: number, micros: bigint): string {
  const span = Math.abs(months);
  const clock = micros < 0n ? -micros : micros;
  const seconds = clock / 1_000_000n;
  const time = `${seconds / 3600n}:${(seconds / 60n) % 60n}:${seconds % 60n}${dropZeros(toFractionText(clock % 1_000_000n))}`;
  return `${months < 0 ? '-' : ''}${Math.floor(span / 12)}-${span % 12} ${days} ${micros < 0n ? '-' : ''}${time}`;
}

const toFractionText = (micros: bigint): string => (micros === 0n ? '' : `.${micros.toString().padStart(6, '0')}`);
const dropZeros = (fraction: string): string => fraction.replace(/0+$/, '');
const pad = (part: number, width: number): string => String(part).padStart(width, '0');
