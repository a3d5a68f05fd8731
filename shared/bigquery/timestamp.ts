// A TIMESTAMP is a count of microseconds since 1970 (bigint). On the wire it has three spellings; none of them passes through a JS number here.

/** `FLOAT64`: seconds such as `1.672574400123456E9`, the default. `INT64`: microseconds. `ISO8601_STRING`: with as many digits as the column has, six. */
export type TimestampFormat = 'FLOAT64' | 'INT64' | 'ISO8601_STRING';

const microsPerSecond = 1_000_000n;

/** Microseconds of a timestamp in any of the wire's spellings; undefined when it is none of them. Digits below a microsecond are cut. */
export function parseTimestampMicros(cell: string, format: TimestampFormat): bigint | undefined {
  if (format === 'INT64') return /^-?\d+$/.test(cell) ? BigInt(cell) : undefined;
  return format === 'FLOAT64' ? parseSeconds(cell) : parseIso(cell);
}

export function toTimestampCell(micros: bigint, format: TimestampFormat): string {
  if (format === 'INT64') return micros.toString();
  return format === 'FLOAT64' ? toSeconds(micros) : toIso(micros);
}

const secondsPattern = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

function parseSeconds(text: string): bigint | undefined {
  const match = secondsPattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const shift = Number(exponent) + 6 - fraction.length;
  const digits = BigInt(`${whole}${fraction}`);
  const micros = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -micros : micros;
}

/** A double near 1.6e9 carries errors below a microsecond: the nearest microsecond is the one that was meant. */
const roundedQuotient = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor / 2n) / divisor;

/** As Java prints a double, which is what BigQuery sends: plain from 1e-3 to 1e7, else with one digit before the point. */
function toSeconds(micros: bigint): string {
  const sign = micros < 0n ? '-' : '';
  const magnitude = micros < 0n ? -micros : micros;
  if (magnitude === 0n) return '0.0';
  if (magnitude >= 1_000n && magnitude < 10_000_000n * microsPerSecond) {
    const fraction = dropZeros((magnitude % microsPerSecond).toString().padStart(6, '0'));
    return `${sign}${magnitude / microsPerSecond}.${fraction}`;
  }
  const digits = magnitude.toString();
  return `${sign}${digits[0]}.${dropZeros(digits.slice(1))}E${digits.length - 7}`;
}

const dropZeros = (digits: string): string => digits.replace(/0+$/, '') || '0';

const isoPattern = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:Z|\+00:?00| UTC)$/;

function parseIso(text: string): bigint | undefined {
  const match = isoPattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return BigInt(date.getTime()) * 1_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

function toIso(micros: bigint): string {
  const fraction = ((micros % microsPerSecond) + microsPerSecond) % microsPerSecond;
  const seconds = (micros - fraction) / microsPerSecond;
  const text = new Date(Number(seconds) * 1_000).toISOString();
  return `${text.slice(0, text.indexOf('.'))}.${fraction.toString().padStart(6, '0')}Z`;
}
