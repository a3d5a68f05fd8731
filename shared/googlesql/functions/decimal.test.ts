import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalFromFloat, divideHalfEven, divideRounded, formatDecimal, parseDecimal } from './decimal.ts';
import { floatText } from './float-text.ts';

describe('decimals', () => {
  it('survive text and back', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 38n) + 1n, 10n ** 38n - 1n),
        (value) => parseDecimal(formatDecimal(value, 'NUMERIC'), 'NUMERIC') === value,
      ),
    );
  });

  it('round half away from zero, and half to even when asked', () => {
    expect([divideRounded(5n, 2n), divideRounded(-5n, 2n), divideHalfEven(5n, 2n), divideHalfEven(-7n, 2n)]).toEqual([3n, -3n, 2n, -4n]);
    expect(parseDecimal('0.0000000005', 'NUMERIC')).toBe(1n);
  });

  it('end where their type ends', () => {
    expect(parseDecimal('99999999999999999999999999999.999999999', 'NUMERIC')).toBe(10n ** 38n - 1n);
    expect(parseDecimal('100000000000000000000000000000', 'NUMERIC')).toBeUndefined();
    expect(parseDecimal('1e', 'NUMERIC')).toBeUndefined();
  });

  it('take a float for exactly what it is', () => {
    expect(formatDecimal(decimalFromFloat(0.1, 'BIGNUMERIC')!, 'BIGNUMERIC')).toBe('0.10000000000000000555111512312578270212');
    expect(decimalFromFloat(Number.NaN, 'NUMERIC')).toBeUndefined();
  });
});

describe('floats as text', () => {
  it.each([
    [1, '1'],
    [0.1, '0.1'],
    [1e15, '1e+15'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e-5, '1e-05'],
    [-Infinity, '-inf'],
    [Number.NaN, 'nan'],
  ])('%d', (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it('give every float back', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => Number(floatText(value)) === value));
  });
});
