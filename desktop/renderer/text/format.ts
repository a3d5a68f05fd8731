// Numbers and times as people read them. INT64 comes as decimal text and is never a JavaScript number on its way to the screen.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `1,234,567`. Takes INT64 as text. */
export function formatCount(value: string | number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? text.replace(/\B(?=(\d{3})+(?!\d))/g, ',') : text;
}

/** Bytes in binary units with three digits: `1.46 GiB`. Takes INT64 as text. */
export function formatBytes(value: string | number): string {
  const exact = BigInt(value);
  if (exact < 0n) return `-${formatBytes(String(-exact))}`;
  let unit = 0;
  let scale = 1n;
  while (unit < UNITS.length - 1 && exact >= scale * 1024n) {
    scale *= 1024n;
    unit++;
  }
  if (unit === 0) return `${exact} B`;
  // Hundredths of the unit: at most 102,400, so the conversion is exact.
  const size = Number((exact * 100n) / scale) / 100;
  return `${size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2)} ${UNITS[unit]}`;
}

/** `0.4 ms`, `412 ms`, `1.24 s`, `2 min 05 s`, `3 h 12 min`. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

type InstantParts = { readonly date: string; readonly time: string; readonly fraction: string };

/** RFC 3339 in UTC, cut apart without going through `Date`: microseconds stay. */
export function splitInstant(instant: string): InstantParts {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(instant);
  return match === null
    ? { date: '', time: instant, fraction: '' }
    : { date: match[1] ?? '', time: match[2] ?? '', fraction: match[3] ?? '' };
}

/** `2026-11-22 16:34:05.123 UTC`. */
export function formatInstant(instant: string): string {
  const { date, time, fraction } = splitInstant(instant);
  if (date === '') return instant;
  return `${date} ${time}${fraction === '' ? '' : `.${fraction.slice(0, 3)}`} UTC`;
}

/** In the reader's own time zone, for tooltips. */
export function formatLocalInstant(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? instant : at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
}

/** `12.5 %`, `< 0.1 %`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (100 * part) / whole;
  return share > 0 && share < 0.1 ? '< 0.1 %' : `${share >= 10 ? Math.round(share) : share.toFixed(1)} %`;
}

/** `1 exchange`, `2,000 exchanges`. */
export const formatPlural = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`;

/** A digest short enough for a line: `9f86d081…15d6c15b`. */
export const shortenDigest = (digest: string): string => (digest.length <= 20 ? digest : `${digest.slice(0, 8)}…${digest.slice(-8)}`);
