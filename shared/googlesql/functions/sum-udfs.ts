import { divideRounded, isInRange } from './decimal.ts';
import type { ScalarUdf } from './scalar-udf.ts';

// Totals that DuckDB's 128-bit decimals may not hold on the way: scaled integers without a limit until the end.

const inNumeric = (value: bigint, what: string): bigint => {
  if (!isInRange(value, 'NUMERIC')) throw new Error(`numeric overflow: ${what}`);
  return value;
};
const inBigNumeric = (value: bigint, what: string): bigint => {
  if (!isInRange(value, 'BIGNUMERIC')) throw new Error(`BIGNUMERIC overflow: ${what}`);
  return value;
};

export const sumUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_numeric_total',
    parameters: ['DECIMAL', 'BIGNUM'],
    returns: 'DECIMAL',
    takesNull: true,
    call: (small: bigint | null, large: bigint) => inNumeric((small ?? 0n) + large, 'SUM'),
  },
  {
    name: 'bq_numeric_average',
    parameters: ['DECIMAL', 'BIGNUM', 'BIGINT'],
    returns: 'DECIMAL',
    takesNull: true,
    call: (small: bigint | null, large: bigint, count: bigint) => inNumeric(divideRounded((small ?? 0n) + large, count), 'AVG'),
  },
  { name: 'bq_bignumeric_total', parameters: ['BIGNUM'], returns: 'BIGNUM', call: (total: bigint) => inBigNumeric(total, 'SUM') },
  {
    name: 'bq_bignumeric_average',
    parameters: ['BIGNUM', 'BIGINT'],
    returns: 'BIGNUM',
    call: (total: bigint, count: bigint) => (count === 0n ? null : inBigNumeric(divideRounded(total, count), 'AVG')),
  },
];
