import {
  type DecimalKind,
  decimalFromFloat,
  divideHalfEven,
  divideRounded,
  formatDecimal,
  isInRange,
  ONE,
  parseDecimal,
  SCALE,
} from './decimal.ts';
import { floatText } from './float-text.ts';
import type { ScalarUdf, UdfType } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const checked = (value: bigint, kind: DecimalKind, what: string): bigint =>
  isInRange(value, kind) ? value : fail(`${what}: ${kind} overflow`);

const multiply = (kind: DecimalKind) => (a: bigint, b: bigint) => checked(divideRounded(a * b, ONE[kind]), kind, 'numeric multiplication');
const divide = (kind: DecimalKind) => (a: bigint, b: bigint) => {
  if (b === 0n) fail(`division by zero: ${formatDecimal(a, kind)} / ${formatDecimal(b, kind)}`);
  return checked(divideRounded(a * ONE[kind], b), kind, 'numeric division');
};
const integerDivide = (kind: DecimalKind) => (a: bigint, b: bigint) =>
  b === 0n ? fail(`division by zero: DIV(${formatDecimal(a, kind)}, 0)`) : checked((a / b) * ONE[kind], kind, 'numeric division');
const modulo = (kind: DecimalKind) => (a: bigint, b: bigint) =>
  b === 0n ? fail(`division by zero: MOD(${formatDecimal(a, kind)}, 0)`) : a % b;

const ROUNDERS: Readonly<Record<string, (value: bigint, unit: bigint) => bigint>> = {
  round: (v, u) => divideRounded(v, u) * u,
  ROUND_HALF_AWAY_FROM_ZERO: (v, u) => divideRounded(v, u) * u,
  ROUND_HALF_EVEN: (v, u) => divideHalfEven(v, u) * u,
  trunc: (v, u) => (v / u) * u,
  ceil: (v, u) => (v / u + (v > 0n && v % u !== 0n ? 1n : 0n)) * u,
  floor: (v, u) => (v / u - (v < 0n && v % u !== 0n ? 1n : 0n)) * u,
};

const round = (kind: DecimalKind) => (value: bigint, digits: bigint, how: string) => {
  const places = BigInt(SCALE[kind]) - digits;
  if (places <= 0n) return value;
  const rounder = ROUNDERS[how] ?? fail(`Invalid rounding mode ${how}`);
  return checked(rounder(value, 10n ** (places > 200n ? 200n : places)), kind, how.toUpperCase());
};

/** Integer square root by Newton's method. */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

const sqrt = (kind: DecimalKind) => (value: bigint) =>
  value < 0n ? fail('SQRT is undefined for negative values') : (squareRoot(value * ONE[kind] * 4n) + 1n) / 2n;

const series = (start: bigint, stop: bigint, step: bigint): bigint[] => {
  if (step === 0n) fail('Sequence step cannot be 0.');
  const all: bigint[] = [];
  for (let at = start; step > 0n ? at <= stop : at >= stop; at += step)
    if (all.push(at) > 1_000_000) fail('Cannot generate arrays with more than 1000000 elements.');
  return all;
};

const forKind = (kind: DecimalKind, type: UdfType): ScalarUdf[] => {
  const prefix = `bq_${kind.toLowerCase()}`;
  return [
    { name: `${prefix}_multiply`, parameters: [type, type], returns: type, call: multiply(kind) },
    { name: `${prefix}_divide`, parameters: [type, type], returns: type, call: divide(kind) },
    { name: `${prefix}_div`, parameters: [type, type], returns: type, call: integerDivide(kind) },
    { name: `${prefix}_mod`, parameters: [type, type], returns: type, call: modulo(kind) },
    { name: `${prefix}_round`, parameters: [type, 'BIGINT', 'VARCHAR'], returns: type, call: round(kind) },
    {
      name: `bq_parse_${kind.toLowerCase()}`,
      parameters: ['VARCHAR'],
      returns: type,
      call: (t: string) => parseDecimal(t, kind) ?? fail(`Invalid ${kind} value: ${t}`),
    },
    {
      name: `bq_float_to_${kind.toLowerCase()}`,
      parameters: ['DOUBLE'],
      returns: type,
      call: (v: number) =>
        decimalFromFloat(v, kind) ??
        fail(
          `Illegal conversion of non-finite floating point number to ${kind === 'NUMERIC' ? 'a numeric' : 'a bignumeric'}: ${floatText(v)}`,
        ),
    },
    { name: `${prefix}_to_float`, parameters: [type], returns: 'DOUBLE', call: (v: bigint) => Number(formatDecimal(v, kind)) },
  ];
};

/** PARSE_NUMERIC allows spaces around the sign, a sign behind, and commas. */
function cleanNumber(text: string): string {
  const m = /^\s*([-+]?)\s*([\d,.]+(?:[eE][-+]?\d+)?)\s*([-+]?)\s*$/.exec(text);
  if (!m || (m[1] && m[3])) return fail(`Invalid input to PARSE_NUMERIC: "${text}"`);
  return `${m[1] || m[3]}${m[2]!.replaceAll(',', '')}`;
}

/** A number in JSON where a double holds it, else a string; `wantsWhole`: only where it is whole and at most 2^53. */
function jsonDecimal(text: string, wantsWhole: boolean): string {
  const isKept = wantsWhole
    ? /^-?\d{1,16}$/.test(text) && Math.abs(Number(text)) <= 2 ** 53 && String(Number(text)) === text
    : parseDecimal(String(Number(text)), 'BIGNUMERIC') === parseDecimal(text, 'BIGNUMERIC');
  return isKept ? text : `"${text}"`;
}

export const decimalUdfs: readonly ScalarUdf[] = [
  { name: 'bq_clean_number', parameters: ['VARCHAR'], returns: 'VARCHAR', call: cleanNumber },
  { name: 'bq_json_decimal', parameters: ['VARCHAR', 'BOOLEAN'], returns: 'VARCHAR', call: jsonDecimal },
  ...forKind('NUMERIC', 'DECIMAL'),
  ...forKind('BIGNUMERIC', 'BIGNUM'),
  { name: 'bq_bignumeric_text', parameters: ['BIGNUM'], returns: 'VARCHAR', call: (v: bigint) => formatDecimal(v, 'BIGNUMERIC') },
  {
    name: 'bq_bignumeric_to_int',
    parameters: ['BIGNUM'],
    returns: 'BIGINT',
    call: (v: bigint) => {
      const rounded = divideRounded(v, ONE.BIGNUMERIC);
      return BigInt.asIntN(64, rounded) === rounded ? rounded : fail(`int64 out of range: ${formatDecimal(v, 'BIGNUMERIC')}`);
    },
  },
  {
    name: 'bq_bignumeric_to_numeric',
    parameters: ['BIGNUM'],
    returns: 'DECIMAL',
    call: (v: bigint) => {
      const rounded = divideRounded(v, 10n ** 29n);
      return isInRange(rounded, 'NUMERIC') ? rounded : fail(`numeric out of range: ${formatDecimal(v, 'BIGNUMERIC')}`);
    },
  },
  {
    name: 'bq_bignumeric_sign',
    parameters: ['BIGNUM'],
    returns: 'BIGNUM',
    call: (v: bigint) => (v > 0n ? ONE.BIGNUMERIC : v < 0n ? -ONE.BIGNUMERIC : 0n),
  },
  { name: 'bq_numeric_sqrt', parameters: ['DECIMAL'], returns: 'DECIMAL', call: sqrt('NUMERIC') },
  { name: 'bq_bignumeric_sqrt', parameters: ['BIGNUM'], returns: 'BIGNUM', call: sqrt('BIGNUMERIC') },
  {
    name: 'bq_limit_bignumeric',
    parameters: ['BIGNUM', 'BIGINT', 'BIGINT'],
    returns: 'BIGNUM',
    call: (v: bigint, precision: bigint, scale: bigint) => {
      const unit = 10n ** (38n - scale);
      const rounded = divideRounded(v, unit) * unit;
      const limit = 10n ** (precision - scale) * ONE.BIGNUMERIC;
      return rounded >= limit || rounded <= -limit ? fail(`Value exceeds BIGNUMERIC(${precision}, ${scale}) range`) : rounded;
    },
  },
  { name: 'bq_numeric_series', parameters: ['DECIMAL', 'DECIMAL', 'DECIMAL'], returns: 'DECIMAL[]', call: series },
];
