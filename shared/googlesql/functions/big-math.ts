// Logarithms and powers of decimals, to more digits than BIGNUMERIC keeps. Numbers are integers scaled by 10^80.

export const PRECISION = 80;
const UNIT = 10n ** BigInt(PRECISION);

const times = (a: bigint, b: bigint): bigint => (a * b) / UNIT;

/** 2·atanh(z), for |z| up to a third. */
function doubleArtanh(z: bigint): bigint {
  const square = times(z, z);
  let [sum, power] = [0n, z];
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += power / n;
    power = times(power, square);
  }
  return 2n * sum;
}

const LN2 = doubleArtanh(UNIT / 3n);

/** The natural logarithm of a number above zero. */
export function bigLn(x: bigint): bigint {
  let [mantissa, twos] = [x, 0n];
  for (; mantissa > (3n * UNIT) / 2n; twos++) mantissa /= 2n;
  for (; mantissa < (3n * UNIT) / 4n; twos--) mantissa *= 2n;
  return twos * LN2 + doubleArtanh(((mantissa - UNIT) * UNIT) / (mantissa + UNIT));
}

/** e to a power; undefined where that is beyond every decimal type. */
export function bigExp(x: bigint): bigint | undefined {
  if (x > 200n * UNIT) return undefined;
  if (x < -200n * UNIT) return 0n;
  const twos = x / LN2;
  const rest = x - twos * LN2;
  let [sum, term] = [UNIT, UNIT];
  for (let n = 1n; term !== 0n; n++) {
    term = times(term, rest) / n;
    sum += term;
  }
  return twos >= 0n ? sum << twos : sum >> -twos;
}

/** The cube root by Newton's method. */
export function bigCbrt(x: bigint): bigint {
  if (x < 0n) return -bigCbrt(-x);
  if (x === 0n) return 0n;
  const target = x * UNIT * UNIT;
  let root = 1n << BigInt(Math.ceil(target.toString(2).length / 3) + 1);
  for (;;) {
    const next = (2n * root + target / (root * root)) / 3n;
    if (next >= root) return root;
    root = next;
  }
}

export const LN10 = bigLn(10n * UNIT);
