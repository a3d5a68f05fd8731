/** NUMERIC and BIGNUMERIC as scaled integers: the value times 10 to the scale. */
export type DecimalKind = 'NUMERIC' | 'BIGNUMERIC';

export const SCALE: Readonly<Record<DecimalKind, number>> = { NUMERIC: 9, BIGNUMERIC: 38 };
export const ONE: Readonly<Record<DecimalKind, bigint>> = { NUMERIC: 10n ** 9n, BIGNUMERIC: 10n ** 38n };
const LIMIT: Readonly<Record<DecimalKind, bigint>> = { NUMERIC: 10n ** 38n - 1n, BIGNUMERIC: 2n ** 255n - 1n };
const LOWEST: Readonly<Record<DecimalKind, bigint>> = { NUMERIC: -(10n ** 38n) + 1n, BIGNUMERIC: -(2n ** 255n) };

export const isInRange = (value: bigint, kind: DecimalKind): boolean => value <= LIMIT[kind] && value >= LOWEST[kind];

/** a / b rounded half away from zero. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const isNegative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const rounded = (2n * x + y) / (2n * y);
  return isNegative ? -rounded : rounded;
}

/** a / b rounded half to even. */
export function divideHalfEven(a: bigint, b: bigint): bigint {
  const isNegative = a < 0n !== b < 0n;
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const quotient = x / y;
  const twice = 2n * (x % y);
  const rounded = twice > y || (twice === y && quotient % 2n === 1n) ? quotient + 1n : quotient;
  return isNegative ? -rounded : rounded;
}

/** The scaled integer a text means, rounded to the kind's scale (`isStrict`: not rounded); undefined when it is no number or out of range. */
export function parseDecimal(text: string, kind: DecimalKind, isStrict = false): bigint | undefined {
  const m = /^\s*([-+]?)(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?\s*$/.exec(text);
  if (!m || !(m[2] || m[3])) return undefined;
  const exponent = Number(m[4] ?? 0) - m[3]!.length + SCALE[kind];
  if (exponent > 200 || exponent < -2000) return /^0*$/.test(m[2]! + m[3]!) || exponent < 0 ? 0n : undefined;
  const digits = BigInt(m[2]! + m[3]!);
  if (isStrict && exponent < 0 && digits % 10n ** BigInt(-exponent)) return undefined;
  const magnitude = exponent >= 0 ? digits * 10n ** BigInt(exponent) : divideRounded(digits, 10n ** BigInt(-exponent));
  const value = m[1] === '-' ? -magnitude : magnitude;
  return isInRange(value, kind) ? value : undefined;
}

/** Without trailing zeros: `1.5`, `-0.000000001`, `12`. */
export function formatDecimal(value: bigint, kind: DecimalKind): string {
  const scale = SCALE[kind];
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction ? `.${fraction}` : ''}`;
}

/** The exact decimal expansion of a float, scaled and rounded; undefined for NaN, infinities and what is out of range. */
export function decimalFromFloat(value: number, kind: DecimalKind): bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (value === 0) return 0n;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const biased = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const mantissa = biased ? fraction | 0x10000000000000n : fraction;
  const exponent = (biased || 1) - 1075;
  const scaled = mantissa * ONE[kind];
  const magnitude = exponent >= 0 ? scaled << BigInt(exponent) : divideRounded(scaled, 1n << BigInt(-exponent));
  const signed = value < 0 ? -magnitude : magnitude;
  return isInRange(signed, kind) ? signed : undefined;
}
