import { type DecimalKind, divideRounded, ONE } from './decimal.ts';
import type { ScalarUdf, UdfType } from './scalar-udf.ts';

// Where a percentile falls among n sorted values, without a rounding: 0.4 of 10 is 4 for NUMERIC, and a little more for FLOAT64.

type Ratio = { readonly numerator: bigint; readonly denominator: bigint };

/** A double between 0 and 1 as the fraction it is. */
function ratioOf(value: number): Ratio {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const mantissa = (word & 0xfffffffffffffn) | (exponent ? 0x10000000000000n : 0n);
  return { numerator: mantissa, denominator: 1n << BigInt(1075 - (exponent || 1)) };
}

const checked = (ratio: Ratio): Ratio => {
  if (ratio.numerator < 0n || ratio.numerator > ratio.denominator) throw new Error('The percentile must be between 0 and 1');
  return ratio;
};

const floatRatio = (value: number): Ratio => {
  if (!(value >= 0 && value <= 1)) throw new Error('The percentile must be between 0 and 1');
  return ratioOf(value);
};
const decimalRatio =
  (kind: DecimalKind) =>
  (value: bigint): Ratio =>
    checked({ numerator: value, denominator: ONE[kind] });

/** n times the ratio, rounded down and up. */
const floorOf = ({ numerator, denominator }: Ratio, n: bigint): bigint => (numerator * n) / denominator;
const ceilingOf = ({ numerator, denominator }: Ratio, n: bigint): bigint => (numerator * n + denominator - 1n) / denominator;

/** What is left of n times the ratio after rounding down, as the nearest double; never zero unless it is. */
function restOf({ numerator, denominator }: Ratio, n: bigint): number {
  const rest = (numerator * n) % denominator;
  const shift = BigInt(Math.max(0, denominator.toString(2).length - 1000));
  const quotient = Number(rest >> shift) / Number(denominator >> shift);
  return rest > 0n && quotient === 0 ? Number.MIN_VALUE : quotient;
}

function interpolate(kind: DecimalKind) {
  return (low: bigint | null, high: bigint | null, fraction: bigint, n: bigint): bigint | null => {
    const one = ONE[kind];
    const rest = (fraction * n) % one;
    if (rest === 0n || high === null) return low;
    return low === null ? high : divideRounded(low * (one - rest) + high * rest, one);
  };
}

const places = <Value>(prefix: string, type: UdfType, ratio: (value: Value) => Ratio): ScalarUdf[] => [
  { name: `${prefix}_floor`, parameters: [type, 'BIGINT'], returns: 'BIGINT', call: (p: Value, n: bigint) => floorOf(ratio(p), n) },
  { name: `${prefix}_ceiling`, parameters: [type, 'BIGINT'], returns: 'BIGINT', call: (p: Value, n: bigint) => ceilingOf(ratio(p), n) },
];

export const percentileUdfs: readonly ScalarUdf[] = [
  ...places('bq_float_ratio', 'DOUBLE', floatRatio),
  ...places('bq_numeric_ratio', 'DECIMAL', decimalRatio('NUMERIC')),
  ...places('bq_bignumeric_ratio', 'BIGNUM', decimalRatio('BIGNUMERIC')),
  {
    name: 'bq_float_ratio_rest',
    parameters: ['DOUBLE', 'BIGINT'],
    returns: 'DOUBLE',
    call: (p: number, n: bigint) => restOf(floatRatio(p), n),
  },
  {
    name: 'bq_numeric_interpolate',
    parameters: ['DECIMAL', 'DECIMAL', 'DECIMAL', 'BIGINT'],
    returns: 'DECIMAL',
    takesNull: true,
    call: interpolate('NUMERIC'),
  },
  {
    name: 'bq_bignumeric_interpolate',
    parameters: ['BIGNUM', 'BIGNUM', 'BIGNUM', 'BIGINT'],
    returns: 'BIGNUM',
    takesNull: true,
    call: interpolate('BIGNUMERIC'),
  },
];
