import type { ScalarUdf } from './scalar-udf.ts';

// A sketch of HLL_COUNT is the sorted set of 64-bit hashes it has seen, eight bytes each: exact, and as long as it needs to be.

function pack(hashes: Iterable<bigint>): Uint8Array {
  const sorted = [...new Set(hashes)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const view = new DataView(new ArrayBuffer(sorted.length * 8));
  sorted.forEach((hash, i) => {
    view.setBigInt64(i * 8, hash);
  });
  return new Uint8Array(view.buffer);
}

function unpack(sketch: Uint8Array): bigint[] {
  if (sketch.length % 8) throw new Error('Invalid or incompatible sketch');
  const view = new DataView(sketch.buffer, sketch.byteOffset, sketch.length);
  return Array.from({ length: sketch.length / 8 }, (_, i) => view.getBigInt64(i * 8));
}

export const sketchUdfs: readonly ScalarUdf[] = [
  { name: 'bq_sketch_of', parameters: ['BIGINT[]'], returns: 'BLOB', call: (hashes: readonly bigint[]) => pack(hashes) },
  {
    name: 'bq_sketch_union',
    parameters: ['BLOB[]'],
    returns: 'BLOB',
    call: (sketches: readonly Uint8Array[]) => pack(sketches.flatMap(unpack)),
  },
  { name: 'bq_sketch_count', parameters: ['BLOB'], returns: 'BIGINT', call: (sketch: Uint8Array) => BigInt(unpack(sketch).length) },
];
