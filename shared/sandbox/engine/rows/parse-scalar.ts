import {
  blobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { booleanWords } from '../../../googlesql/functions/boolean-words.ts';
import type { ScalarKind } from '../../../googlesql/types/sql-type.ts';
import { parseDecimal } from './decimal-text.ts';
import { parseFloatText } from './float-text.ts';
import { parseDate, parseDatetime, parseEpochSeconds, parseTime, parseTimestamp } from './parse-temporal.ts';

/** A JSON scalar or a CSV field; DuckDB's value, or undefined where it does not fit the type. */
export type ParseScalar = (value: string | number | boolean) => DuckDBValue | undefined;

export function createParseScalar(kind: ScalarKind, field: TableFieldSchema): ParseScalar {
  if (kind === 'STRING' || kind === 'BYTES') return withMaxLength(parsers[kind], field);
  if (kind === 'NUMERIC' || kind === 'BIGNUMERIC') return withPrecision(kind, field);
  return parsers[kind];
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function parseInteger(value: string | number | boolean): bigint | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  const text = String(value).trim();
  const whole =
    /^([+-]?\d{1,30})(?:\.0*)?$/.exec(text)?.[1] ??
    (typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : undefined);
  if (whole === undefined) return undefined;
  const integer = BigInt(whole.replace('+', ''));
  return integer < INT64_MIN || integer > INT64_MAX ? undefined : integer;
}

function parseBytes(value: string | number | boolean): DuckDBValue | undefined {
  const text = String(value).replaceAll('-', '+').replaceAll('_', '/');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? blobValue(Buffer.from(text, 'base64')) : undefined;
}

function parseJsonText(value: string | number | boolean): DuckDBValue | undefined {
  try {
    return JSON.stringify(JSON.parse(String(value)));
  } catch {
    return undefined;
  }
}

const intervalPattern = /^([+-]?)(\d+)-(\d+) ([+-]?\d+) ([+-]?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/;

function parseInterval(value: string | number | boolean): DuckDBValue | undefined {
  const match = intervalPattern.exec(String(value).trim());
  if (!match) return undefined;
  const months = Number(match[2]) * 12 + Number(match[3]);
  const seconds = BigInt(match[6]!) * 3600n + BigInt(match[7]!) * 60n + BigInt(match[8]!);
  const micros = seconds * 1_000_000n + BigInt((match[9] ?? '').padEnd(6, '0'));
  return new DuckDBIntervalValue(match[1] === '-' ? -months : months, Number(match[4]), match[5] === '-' ? -micros : micros);
}

const mapped = <Parsed>(parsed: Parsed | undefined, wrap: (parsed: Parsed) => DuckDBValue): DuckDBValue | undefined =>
  parsed === undefined ? undefined : wrap(parsed);

const parsers: Readonly<Record<ScalarKind, ParseScalar>> = {
  INT64: parseInteger,
  FLOAT64: (value) => (typeof value === 'number' ? value : parseFloatText(String(value))),
  NUMERIC: (value) => mapped(inRange(parseDecimal(String(value), 9), 38), (scaled) => new DuckDBDecimalValue(scaled, 38, 9)),
  BIGNUMERIC: (value) => inRange(parseDecimal(String(value), 38), 77),
  BOOL: (value) => (typeof value === 'boolean' ? value : booleanWords[String(value).trim().toLowerCase()]),
  STRING: String,
  BYTES: parseBytes,
  DATE: (value) => mapped(parseDate(String(value)), (days) => new DuckDBDateValue(days)),
  DATETIME: (value) => mapped(parseDatetime(String(value)), (micros) => new DuckDBTimestampValue(micros)),
  TIME: (value) => mapped(parseTime(String(value)), (micros) => new DuckDBTimeValue(micros)),
  TIMESTAMP: (value) =>
    mapped(
      typeof value === 'number' ? parseEpochSeconds(String(value)) : parseTimestamp(String(value)),
      (micros) => new DuckDBTimestampTZValue(micros),
    ),
  INTERVAL: parseInterval,
  JSON: parseJsonText,
  GEOGRAPHY: String,
};

const inRange = (scaled: bigint | undefined, digits: number): bigint | undefined =>
  scaled === undefined || (scaled < 0n ? -scaled : scaled) >= 10n ** BigInt(digits) ? undefined : scaled;

/** Why a value that would fit the kind does not fit the column; undefined where that is not why. */
export function limitFault(field: TableFieldSchema, kind: ScalarKind, value: string | number | boolean): string | undefined {
  const { maxLength, precision, scale = '0' } = field;
  const parsed = parsers[kind](value);
  if (parsed === undefined) return undefined;
  if (maxLength !== undefined) {
    const length = typeof parsed === 'string' ? [...parsed].length : ((parsed as { bytes?: Uint8Array }).bytes?.length ?? 0);
    return `${kind}(${maxLength}) has maximum length ${maxLength} but got a value with length ${length}`;
  }
  if (precision === undefined) return undefined;
  const largest = ('9'.repeat(Number(precision) - Number(scale)) || '0') + (scale === '0' ? '' : `.${'9'.repeat(Number(scale))}`);
  const name = scale === '0' ? `${kind}(${precision})` : `${kind}(${precision}, ${scale})`;
  return `${name} has precision ${precision} and scale ${scale} but got a value that is not in range of [-${largest}, ${largest}]`;
}

/** STRING(n) counts characters, BYTES(n) bytes. */
function withMaxLength(parse: ParseScalar, { maxLength }: TableFieldSchema): ParseScalar {
  if (maxLength === undefined) return parse;
  return (value) => {
    const parsed = parse(value);
    const length = typeof parsed === 'string' ? [...parsed].length : ((parsed as { bytes?: Uint8Array } | undefined)?.bytes?.length ?? 0);
    return length > Number(maxLength) ? undefined : parsed;
  };
}

function withPrecision(kind: 'NUMERIC' | 'BIGNUMERIC', { precision, scale = '0' }: TableFieldSchema): ParseScalar {
  if (precision === undefined) return parsers[kind];
  const wholeDigits = Number(precision) - Number(scale);
  return (value) => {
    const rounded = inRange(parseDecimal(String(value), Number(scale)), wholeDigits + Number(scale));
    return rounded === undefined ? undefined : parsers[kind](`${rounded}e-${scale}`);
  };
}
