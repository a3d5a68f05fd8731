import type { ScalarUdf } from './scalar-udf.ts';

// Statistics of NUMERIC and BIGNUMERIC without a rounding until the end. Values are texts of scaled integers.

type Sums = { readonly n: bigint; readonly xx: bigint; readonly yy: bigint; readonly xy: bigint };

/** n·Σab − Σa·Σb for each pair of the two series: n² times the covariance. */
function sumsOf(ys: readonly string[], xs: readonly string[]): Sums {
  const n = BigInt(ys.length);
  let [sy, sx, syy, sxx, sxy] = [0n, 0n, 0n, 0n, 0n];
  for (const [i, text] of ys.entries()) {
    const [y, x] = [BigInt(text), BigInt(xs[i]!)];
    sy += y;
    sx += x;
    syy += y * y;
    sxx += x * x;
    sxy += y * x;
  }
  return { n, yy: n * syy - sy * sy, xx: n * sxx - sx * sx, xy: n * sxy - sy * sx };
}

/** a / b as the nearest double or nearly, whatever their sizes. */
function quotient(a: bigint, b: bigint): number {
  if (a === 0n) return 0;
  const magnitude = a < 0n ? -a : a;
  const shift = BigInt(Math.max(0, b.toString(2).length - magnitude.toString(2).length + 64));
  const value = Number((magnitude << shift) / b) * 2 ** -Number(shift);
  return a < 0n ? -value : value;
}

/** `scale`: decimal digits after the point. */
function statistic(ys: readonly string[], xs: readonly string[], how: string, scale: bigint): number | null {
  const isSample = how.endsWith('samp') || how === 'corr';
  const { n, yy, xx, xy } = sumsOf(ys, xs);
  if (n < (isSample ? 2n : 1n)) return null;
  const unit = n * (how.endsWith('samp') ? n - 1n : n) * 10n ** (2n * scale);
  if (how.startsWith('covar')) return quotient(xy, unit);
  if (how === 'corr')
    return yy === 0n || xx === 0n ? Number.NaN : quotient(xy, 1n) / (Math.sqrt(quotient(yy, 1n)) * Math.sqrt(quotient(xx, 1n)));
  const variance = quotient(yy, unit);
  return how.startsWith('stddev') ? Math.sqrt(variance) : variance;
}

export const statisticalUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_exact_statistic',
    parameters: ['VARCHAR[]', 'VARCHAR[]', 'VARCHAR', 'BIGINT'],
    returns: 'DOUBLE',
    call: statistic,
  },
];
