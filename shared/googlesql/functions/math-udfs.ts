import { floatText } from './float-text.ts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

/** A finite argument must give a finite result. */
const finite =
  (name: string, compute: (x: number) => number) =>
  (x: number): number => {
    const y = compute(x);
    if (Number.isFinite(x) && !Number.isFinite(y)) fail(`Floating point error in function: ${name}(${floatText(x)})`);
    return y;
  };

const unary = (name: string, compute: (x: number) => number): ScalarUdf => ({
  name: `bq_math_${name.toLowerCase()}`,
  parameters: ['DOUBLE'],
  returns: 'DOUBLE',
  call: finite(name, compute),
});

const logarithm =
  (name: string, compute: (x: number) => number) =>
  (x: number): number =>
    x <= 0 ? fail(`Floating point error in function: ${name}(${floatText(x)})`) : compute(x);

function power(x: number, y: number): number {
  if (x === 1 || y === 0) return 1;
  const result = x ** y;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (Math.abs(x) === 1 && !Number.isFinite(y)) return 1;
  if (Number.isFinite(x) && Number.isFinite(y) && !Number.isFinite(result))
    fail(`Floating point error in function: POW(${floatText(x)}, ${floatText(y)})`);
  return result;
}

/** Rounds at a decimal place; places to the left of the point are negative. */
function roundedAt(x: number, digits: bigint, how: (x: number) => number): number {
  if (!Number.isFinite(x) || digits > 330n) return x;
  if (digits < -400n) return 0;
  const n = Number(digits);
  if (n < 0) {
    const unit = 10 ** -n;
    return how(x / unit) * unit;
  }
  const shifted = Number(`${Math.abs(x)}e${n}`);
  const scaled = Number.isNaN(shifted) ? Math.abs(x) * 10 ** n : shifted;
  if (!Number.isFinite(scaled)) return x;
  const rounded = how(scaled);
  const back = Number(`${rounded}e${-n}`);
  return Math.sign(x) * (Number.isNaN(back) ? rounded / 10 ** n : back);
}

function floatSeries(start: number, stop: number, step: number): number[] {
  if (step === 0) fail('Sequence step cannot be 0.');
  if (![start, stop, step].every(Number.isFinite)) fail('Sequence start, end and step must be finite');
  const series: number[] = [];
  for (let i = 0; ; i++) {
    const at = start + i * step;
    if (step > 0 ? at > stop : at < stop) return series;
    if (series.push(at) > 1_000_000) fail('Cannot generate arrays with more than 1000000 elements.');
  }
}

const vectors =
  (compute: (a: readonly number[], b: readonly number[]) => number) =>
  (a: readonly (number | null)[], b: readonly (number | null)[]): number => {
    if (a.length !== b.length) fail(`Array length mismatch: ${a.length} and ${b.length}`);
    if (a.includes(null) || b.includes(null)) fail('NULL array element');
    return compute(a as readonly number[], b as readonly number[]);
  };

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

function cosineDistance(a: readonly number[], b: readonly number[]): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? fail('Cannot compute cosine distance against zero vector.') : 1 - dot(a, b) / lengths;
}

const toInt = (text: string): bigint => {
  const m = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)\s*$/.exec(text);
  const value = m ? BigInt(m[2]!) * (m[1] === '-' ? -1n : 1n) : undefined;
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : fail(`Bad int64 value: ${text}`);
};

function toFloat(text: string): number {
  const trimmed = text.trim();
  if (/^[-+]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/i.test(trimmed)) return Number.NaN;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed) ? Number(trimmed) : fail(`Bad double value: ${text}`);
}

/** 64-bit shifts; a distance of 64 or more gives zero. */
function shift(value: bigint, by: bigint, direction: string): bigint {
  if (by < 0n) fail('Bitwise shift by negative offset');
  if (by >= 64n) return 0n;
  return direction === '<<' ? BigInt.asIntN(64, value << by) : BigInt.asIntN(64, BigInt.asUintN(64, value) >> by);
}

export const mathUdfs: readonly ScalarUdf[] = [
  unary('ASIN', Math.asin),
  unary('ACOS', Math.acos),
  unary('ACOSH', Math.acosh),
  unary('ATANH', Math.atanh),
  unary('SINH', Math.sinh),
  unary('COSH', Math.cosh),
  unary('TANH', Math.tanh),
  unary('COT', (x) => 1 / Math.tan(x)),
  unary('COTH', (x) => 1 / Math.tanh(x)),
  unary('CSC', (x) => 1 / Math.sin(x)),
  unary('CSCH', (x) => 1 / Math.sinh(x)),
  unary('SEC', (x) => 1 / Math.cos(x)),
  unary('SECH', (x) => 1 / Math.cosh(x)),
  unary('EXP', Math.exp),
  unary('SQRT', (x) => (x < 0 ? fail(`Argument to SQRT cannot be negative: ${floatText(x)}`) : Math.sqrt(x))),
  { name: 'bq_math_ln', parameters: ['DOUBLE'], returns: 'DOUBLE', call: logarithm('LN', Math.log) },
  { name: 'bq_math_log10', parameters: ['DOUBLE'], returns: 'DOUBLE', call: logarithm('LOG10', Math.log10) },
  {
    name: 'bq_math_log',
    parameters: ['DOUBLE', 'DOUBLE'],
    returns: 'DOUBLE',
    call: (x: number, base: number) => {
      if (x <= 0 || base <= 0 || base === 1) fail(`Floating point error in function: LOG(${floatText(x)}, ${floatText(base)})`);
      if (!Number.isFinite(base)) return x === Infinity || Number.isNaN(x) || Number.isNaN(base) ? Number.NaN : 0;
      return base === 2 ? Math.log2(x) : base === 10 ? Math.log10(x) : Math.log(x) / Math.log(base);
    },
  },
  { name: 'bq_math_pow', parameters: ['DOUBLE', 'DOUBLE'], returns: 'DOUBLE', call: power },
  {
    name: 'bq_float_round',
    parameters: ['DOUBLE', 'BIGINT'],
    returns: 'DOUBLE',
    call: (x: number, n: bigint) => roundedAt(x, n, (y) => Math.sign(y) * Math.round(Math.abs(y))),
  },
  {
    name: 'bq_float_trunc',
    parameters: ['DOUBLE', 'BIGINT'],
    returns: 'DOUBLE',
    call: (x: number, n: bigint) => roundedAt(x, n, Math.trunc),
  },
  { name: 'bq_float_series', parameters: ['DOUBLE', 'DOUBLE', 'DOUBLE'], returns: 'DOUBLE[]', call: floatSeries },
  { name: 'bq_float_text', parameters: ['DOUBLE'], returns: 'VARCHAR', call: floatText },
  { name: 'bq_parse_int', parameters: ['VARCHAR'], returns: 'BIGINT', call: toInt },
  { name: 'bq_parse_float', parameters: ['VARCHAR'], returns: 'DOUBLE', call: toFloat },
  {
    name: 'bq_parse_bool',
    parameters: ['VARCHAR'],
    returns: 'BOOLEAN',
    call: (t: string) => ({ true: true, false: false })[t.trim().toLowerCase()] ?? fail(`Bad bool value: ${t}`),
  },
  { name: 'bq_shift', parameters: ['BIGINT', 'BIGINT', 'VARCHAR'], returns: 'BIGINT', call: shift },
  { name: 'bq_cosine_distance', parameters: ['DOUBLE[]', 'DOUBLE[]'], returns: 'DOUBLE', call: vectors(cosineDistance) },
  {
    name: 'bq_euclidean_distance',
    parameters: ['DOUBLE[]', 'DOUBLE[]'],
    returns: 'DOUBLE',
    call: vectors((a, b) => Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0))),
  },
];
