import type { ScalarUdf } from './scalar-udf.ts';

// A KLL sketch: a letter for its type (I, F), then every value in eight bytes, sorted.

type Values = readonly (bigint | number)[];
const LETTERS = { I: 73, F: 70 } as const;

const inOrder = (a: bigint | number, b: bigint | number): number => (a < b ? -1 : a > b ? 1 : 0);

function pack(values: Values, letter: 'I' | 'F'): Uint8Array {
  const view = new DataView(new ArrayBuffer(1 + values.length * 8));
  view.setUint8(0, LETTERS[letter]);
  [...values].sort(inOrder).forEach((value, i) => {
    if (letter === 'I') view.setBigInt64(1 + i * 8, value as bigint);
    else view.setFloat64(1 + i * 8, value as number);
  });
  return new Uint8Array(view.buffer);
}

function unpack(sketch: Uint8Array, letter?: 'I' | 'F'): Values {
  const isKnown = sketch[0] === LETTERS.I || sketch[0] === LETTERS.F;
  if (!isKnown || sketch.length % 8 !== 1 || (letter && sketch[0] !== LETTERS[letter]))
    throw new Error('Invalid or incompatible sketch in KLL_QUANTILES');
  const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.length);
  const at = (i: number): bigint | number => (sketch[0] === LETTERS.I ? view.getBigInt64(1 + i * 8) : view.getFloat64(1 + i * 8));
  return Array.from({ length: (sketch.length - 1) / 8 }, (_, i) => at(i));
}

function union(sketches: readonly Uint8Array[]): Uint8Array {
  const letter = sketches[0]?.[0] === LETTERS.F ? 'F' : 'I';
  return pack(
    sketches.flatMap((sketch) => unpack(sketch, letter)),
    letter,
  );
}

/** The value of the rank that a fraction of all values reaches. */
const quantile = (values: Values, fraction: number): bigint | number => values[Math.max(0, Math.ceil(fraction * values.length) - 1)]!;

function quantiles(values: Values, number: bigint): (bigint | number)[] {
  if (number < 1n) throw new Error('The number of quantiles must be at least 1');
  return Array.from({ length: Number(number) + 1 }, (_, i) => quantile(values, i / Number(number)));
}

function point(values: Values, fraction: number): bigint | number {
  if (!(fraction >= 0 && fraction <= 1)) throw new Error('The quantile point must be between 0 and 1');
  return quantile(values, fraction);
}

function rank(values: Values, value: bigint | number, type: string): number {
  const below = values.filter((v) => v < value).length;
  const equal = values.filter((v) => v === value).length;
  const share = { FRACTION_LESS_THAN: 0, MIDPOINT: 0.5, FRACTION_LESS_THAN_OR_EQUAL: 1 }[type];
  if (share === undefined) throw new Error(`Invalid rank_type: ${type}`);
  return (below + share * equal) / values.length;
}

const readings = (letter: 'I' | 'F', suffix: string, type: 'BIGINT' | 'DOUBLE'): ScalarUdf[] => [
  { name: `bq_kll_of_${suffix}`, parameters: [`${type}[]`], returns: 'BLOB', call: (values: Values) => pack(values, letter) },
  {
    name: `bq_kll_quantiles_${suffix}`,
    parameters: ['BLOB', 'BIGINT'],
    returns: `${type}[]`,
    call: (s: Uint8Array, n: bigint) => quantiles(unpack(s, letter), n),
  },
  {
    name: `bq_kll_point_${suffix}`,
    parameters: ['BLOB', 'DOUBLE'],
    returns: type,
    call: (s: Uint8Array, phi: number) => point(unpack(s, letter), phi),
  },
  {
    name: `bq_kll_rank_${suffix}`,
    parameters: ['BLOB', type, 'VARCHAR'],
    returns: 'DOUBLE',
    call: (s: Uint8Array, value: bigint | number, how: string) => rank(unpack(s, letter), value, how),
  },
];

export const kllUdfs: readonly ScalarUdf[] = [
  { name: 'bq_kll_union', parameters: ['BLOB[]'], returns: 'BLOB', call: union },
  ...readings('I', 'int64', 'BIGINT'),
  ...readings('F', 'float64', 'DOUBLE'),
];
