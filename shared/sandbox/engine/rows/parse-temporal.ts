// Civil times from text, as BigQuery's loads and streaming inserts read them. undefined: the text is none.

const MICROS_PER_DAY = 86_400_000_000n;
const datePart = /(\d{4})[-/](\d{1,2})[-/](\d{1,2})/;
const clockPart = /(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,12}))?)?/;
const zonePart = /\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]+(?:\/[A-Za-z_+\-0-9]+)+)?/;
const datePattern = new RegExp(`^\\s*${datePart.source}\\s*$`);
const timePattern = new RegExp(`^\\s*${clockPart.source}\\s*$`);
const datetimePattern = new RegExp(`^\\s*${datePart.source}(?:[T ]\\s*${clockPart.source})?${zonePart.source}\\s*$`, 'i');

/** Days since 1970. */
export function parseDate(text: string): number | undefined {
  const match = datePattern.exec(text);
  return match ? toDays(match[1]!, match[2]!, match[3]!) : undefined;
}

/** Microseconds of the day. */
export function parseTime(text: string): bigint | undefined {
  const match = timePattern.exec(text);
  return match ? toMicros(match[1]!, match[2]!, match[3], match[4]) : undefined;
}

/** Microseconds since 1970 without a zone; a zone that is given must be UTC. */
export function parseDatetime(text: string): bigint | undefined {
  const parts = parseCivil(text);
  return parts && (parts.zone === undefined || isUtc(parts.zone)) ? parts.micros : undefined;
}

/** Microseconds since 1970 in UTC, which is also the zone where none is given. */
export function parseTimestamp(text: string): bigint | undefined {
  const parts = parseCivil(text);
  if (!parts) return parseEpochSeconds(text);
  const offset = offsetMicros(parts.zone, parts.micros);
  return offset === undefined ? undefined : parts.micros - offset;
}

/** Seconds since 1970 with a fraction, as numbers and numeric text mean it. */
export function parseEpochSeconds(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(\d{1,12})(?:\.(\d*))?(?:[eE]\+?(\d{1,2}))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = `${fraction}${'0'.repeat(24)}`;
  const shift = Number(exponent) + 6;
  const micros = BigInt(`${whole}${digits.slice(0, shift)}`);
  return sign === '-' ? -micros : micros;
}

function parseCivil(text: string): { readonly micros: bigint; readonly zone: string | undefined } | undefined {
  const match = datetimePattern.exec(text);
  if (!match) return undefined;
  const days = toDays(match[1]!, match[2]!, match[3]!);
  const clock = match[4] === undefined ? 0n : toMicros(match[4], match[5]!, match[6], match[7]);
  return days === undefined || clock === undefined ? undefined : { micros: BigInt(days) * MICROS_PER_DAY + clock, zone: match[8] };
}

function toDays(year: string, month: string, day: string): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 0;
  return isReal ? Math.round(date.getTime() / 86_400_000) : undefined;
}

function toMicros(hour: string, minute: string, second = '0', fraction = ''): bigint | undefined {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second);
  return seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

const isUtc = (zone: string): boolean => /^(Z|UTC|[+-]0?0(:?00)?)$/i.test(zone);

function offsetMicros(zone: string | undefined, micros: bigint): bigint | undefined {
  if (zone === undefined || isUtc(zone)) return 0n;
  const match = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone);
  if (!match) return namedOffset(zone, micros);
  const minutes = BigInt(match[2]!) * 60n + BigInt(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000_000n;
}

/** The offset the zone had at that civil time; the second look settles the hours around a change. */
function namedOffset(zone: string, civilMicros: bigint): bigint | undefined {
  try {
    const civil = Number(civilMicros / 1000n);
    const guess = zoneOffsetMs(zone, civil);
    return BigInt(zoneOffsetMs(zone, civil - guess)) * 1000n;
  } catch {
    return undefined;
  }
}

function zoneOffsetMs(timeZone: string, epochMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')!.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
