import { bigCbrt, bigExp, bigLn, LN10, PRECISION } from './big-math.ts';
import { type DecimalKind, divideRounded, formatDecimal, isInRange, ONE, SCALE } from './decimal.ts';
import type { ScalarUdf, UdfType } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const UNIT = 10n ** BigInt(PRECISION);

const udfsOf = (kind: DecimalKind, type: UdfType): ScalarUdf[] => {
  const wider = 10n ** BigInt(PRECISION - SCALE[kind]);
  const widen = (value: bigint): bigint => value * wider;
  const narrow = (value: bigint | undefined, what: string): bigint => {
    const rounded = value === undefined ? undefined : divideRounded(value, wider);
    return rounded !== undefined && isInRange(rounded, kind) ? rounded : fail(`${kind} overflow: ${what}`);
  };
  const text = (value: bigint): string => formatDecimal(value, kind);
  const lnOf = (value: bigint, name: string): bigint =>
    value > 0n ? bigLn(widen(value)) : fail(`${name} is undefined for zero or negative value: ${name}(${text(value)})`);

  const log = (value: bigint, base: bigint): bigint => {
    if (base === ONE[kind]) fail('LOG is undefined for a base of 1');
    return narrow((lnOf(value, 'LOG') * UNIT) / lnOf(base, 'LOG'), 'LOG');
  };

  /** Whole exponents exactly as long as they are small, all others by way of the logarithm. */
  const power = (base: bigint, exponent: bigint): bigint => {
    const what = `POW(${text(base)}, ${text(exponent)})`;
    const one = ONE[kind];
    const isWhole = exponent % one === 0n;
    if (exponent === 0n) return one;
    if (base === 0n) return exponent < 0n ? fail(`division by zero: ${what}`) : 0n;
    if (base < 0n && !isWhole) fail(`Negative NUMERIC value cannot be raised to a fractional power: ${what}`);
    const magnitude = base < 0n ? -base : base;
    const result = narrow(bigExp((bigLn(widen(magnitude)) * exponent) / one), what);
    return base < 0n && (exponent / one) % 2n !== 0n ? -result : result;
  };

  const name = (suffix: string): string => `bq_${kind.toLowerCase()}_${suffix}`;
  return [
    { name: name('exp'), parameters: [type], returns: type, call: (v: bigint) => narrow(bigExp(widen(v)), `EXP(${text(v)})`) },
    { name: name('ln'), parameters: [type], returns: type, call: (v: bigint) => narrow(lnOf(v, 'LN'), 'LN') },
    { name: name('log10'), parameters: [type], returns: type, call: (v: bigint) => narrow((lnOf(v, 'LOG10') * UNIT) / LN10, 'LOG10') },
    { name: name('log'), parameters: [type, type], returns: type, call: log },
    { name: name('cbrt'), parameters: [type], returns: type, call: (v: bigint) => narrow(bigCbrt(widen(v)), 'CBRT') },
    { name: name('pow'), parameters: [type, type], returns: type, call: power },
    {
      name: name('checked'),
      parameters: [type],
      returns: type,
      call: (v: bigint) => (isInRange(v, kind) ? v : fail(`${kind} overflow`)),
    },
  ];
};

/** EXP, LN, LOG, LOG10, CBRT, POW of NUMERIC and BIGNUMERIC. */
export const bigMathUdfs: readonly ScalarUdf[] = [...udfsOf('NUMERIC', 'DECIMAL'), ...udfsOf('BIGNUMERIC', 'BIGNUM')];
