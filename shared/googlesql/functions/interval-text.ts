// INTERVAL as text: `Y-M D H:M:S.F`, and the shorter forms an INTERVAL literal names (`'1-2' YEAR TO MONTH`).

export function intervalText(months: bigint, days: bigint, micros: bigint): string {
  const abs = (n: bigint): bigint => (n < 0n ? -n : n);
  const m = abs(months);
  const u = abs(micros);
  const fraction = u % 1_000_000n;
  const digits =
    fraction === 0n ? '' : `.${fraction % 1000n === 0n ? String(fraction / 1000n).padStart(3, '0') : String(fraction).padStart(6, '0')}`;
  const clock = `${u / 3_600_000_000n}:${(u / 60_000_000n) % 60n}:${(u / 1_000_000n) % 60n}${digits}`;
  return `${months < 0n ? '-' : ''}${m / 12n}-${m % 12n} ${days} ${micros < 0n ? '-' : ''}${clock}`;
}

/** ISO 8601: `P1Y2M3DT4H5M6.5S`; `P0Y` for nothing. */
export function intervalIso(months: bigint, days: bigint, micros: bigint): string {
  const part = (n: bigint, letter: string): string => (n ? `${n}${letter}` : '');
  const seconds = micros % 60_000_000n;
  const fraction = seconds % 1_000_000n;
  const digits = fraction
    ? `.${String(fraction < 0n ? -fraction : fraction)
        .padStart(6, '0')
        .replace(/0+$/, '')}`
    : '';
  const sign = seconds < 0n && seconds / 1_000_000n === 0n ? '-' : '';
  const clock =
    part(micros / 3_600_000_000n, 'H') +
    part((micros / 60_000_000n) % 60n, 'M') +
    (seconds ? `${sign}${seconds / 1_000_000n}${digits}S` : '');
  const text = part(months / 12n, 'Y') + part(months % 12n, 'M') + part(days, 'D') + (clock && `T${clock}`);
  return `P${text || '0Y'}`;
}

const UNITS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
const JOINERS: Readonly<Record<string, string>> = { MONTH: '-', DAY: ' ', HOUR: ' ', MINUTE: ':', SECOND: ':' };

/** [months, days, microseconds]; undefined when the text does not fit. `format`: `DAY TO SECOND`, one unit, or empty for any. */
export function parseInterval(text: string, format: string): bigint[] | undefined {
  if (!format) return parseAny(text);
  const [from, to = from] = format.split(' TO ') as [string, string?];
  return partsOf(text, from, to!);
}

function parseAny(text: string): bigint[] | undefined {
  if (/^\s*-?P/i.test(text)) return parseIso(text);
  const spaces = text.trim().split(/\s+/);
  const hasYears = /\d-\d/.test(spaces[0]!);
  const hasClock = text.includes(':');
  const from = hasYears ? 'YEAR' : spaces.length > 1 ? 'DAY' : hasClock ? 'HOUR' : undefined;
  const to = hasClock ? 'SECOND' : spaces.length > 1 ? 'DAY' : 'MONTH';
  return from && partsOf(text, from, to);
}

/** Signs stand before the year, the day and the time part; each holds for its part. */
function partsOf(text: string, from: string, to: string): bigint[] | undefined {
  const units = UNITS.slice(UNITS.indexOf(from), UNITS.indexOf(to) + 1);
  if (!units.length) return partOf(text, from);
  let pattern = '^\\s*';
  units.forEach((unit, i) => {
    const joiner = i === 0 ? '' : JOINERS[unit]!.replace(' ', '\\s+');
    const signed = i === 0 || unit === 'DAY' || unit === 'HOUR' ? '([-+]?)' : '()';
    pattern += `${joiner}${signed}(\\d+${unit === 'SECOND' ? '(?:\\.\\d{1,9})?|\\.\\d{1,9}' : ''})`;
  });
  const m = new RegExp(`${pattern}\\s*$`).exec(text);
  if (!m) return undefined;
  const totals = [0n, 0n, 0n];
  let sign = 1n;
  units.forEach((unit, i) => {
    if (i === 0 || unit === 'DAY' || unit === 'HOUR') sign = m[1 + 2 * i] === '-' ? -1n : 1n;
    addUnit(totals, unit, m[2 + 2 * i]!, sign);
  });
  return totals;
}

function partOf(text: string, unit: string): bigint[] | undefined {
  const m = /^\s*([-+]?)(\d+(?:\.\d{1,9})?)\s*$/.exec(text);
  if (!m || (unit !== 'SECOND' && m[2]!.includes('.'))) return undefined;
  const totals = [0n, 0n, 0n];
  addUnit(totals, unit, m[2]!, m[1] === '-' ? -1n : 1n);
  return totals;
}

function addUnit(totals: bigint[], unit: string, digits: string, sign: bigint): void {
  const [whole = '0', fraction = ''] = digits.split('.');
  if (/[1-9]/.test(fraction.slice(6))) throw new Error('Nanoseconds of an INTERVAL are not supported');
  const n = sign * BigInt(whole || '0');
  if (unit === 'YEAR') totals[0]! += n * 12n;
  else if (unit === 'QUARTER') totals[0]! += n * 3n;
  else if (unit === 'MONTH') totals[0]! += n;
  else if (unit === 'WEEK') totals[1]! += n * 7n;
  else if (unit === 'DAY') totals[1]! += n;
  else if (unit === 'HOUR') totals[2]! += n * 3_600_000_000n;
  else if (unit === 'MINUTE') totals[2]! += n * 60_000_000n;
  else if (unit === 'MILLISECOND') totals[2]! += n * 1000n;
  else if (unit === 'MICROSECOND') totals[2]! += n;
  else totals[2]! += n * 1_000_000n + sign * BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** ISO 8601: `P1Y2M3DT4H5M6.5S`. */
function parseIso(text: string): bigint[] | undefined {
  const m = /^\s*(-?)P((?:-?\d+[YMWD])*)(?:T((?:-?\d+(?:[.,]\d+)?[HMS])*))?\s*$/i.exec(text);
  if (!m) return undefined;
  const totals = [0n, 0n, 0n];
  const add = (part: string, units: Readonly<Record<string, string>>): void => {
    for (const [, sign, digits, letter] of part.replaceAll(',', '.').matchAll(/(-?)(\d+(?:\.\d+)?)([A-Z])/gi)) {
      addUnit(totals, units[letter!.toUpperCase()]!, digits!, (sign === '-') !== (m[1] === '-') ? -1n : 1n);
    }
  };
  add(m[2] ?? '', { Y: 'YEAR', M: 'MONTH', W: 'WEEK', D: 'DAY' });
  add(m[3] ?? '', { H: 'HOUR', M: 'MINUTE', S: 'SECOND' });
  return totals;
}
