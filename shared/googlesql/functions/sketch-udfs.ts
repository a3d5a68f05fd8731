import { countOf, mergeSketches, sketchOf } from './hll-sketch.ts';
import { parseSketch, writeSketch } from './hll-wire.ts';
import type { ScalarUdf } from './scalar-udf.ts';

const DEFAULT_PRECISION = 15;

/** DuckDB's hashes come less 2^63, to fit a BIGINT. */
const unsigned = (hashes: readonly bigint[]): bigint[] => hashes.map((hash) => hash + 2n ** 63n);

export const sketchUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_hll_init',
    parameters: ['BIGINT[]', 'BIGINT', 'BIGINT', 'BIGINT'],
    returns: 'BLOB',
    takesNull: true,
    call: (hashes: readonly bigint[] | null, count: bigint, valueType: bigint, precision: bigint | null) =>
      hashes?.length ? writeSketch(sketchOf(unsigned(hashes), count, Number(valueType), Number(precision ?? DEFAULT_PRECISION))) : null,
  },
  {
    name: 'bq_hll_merge',
    parameters: ['BLOB[]', 'VARCHAR'],
    returns: 'BLOB',
    call: (sketches: readonly Uint8Array[], caller: string) =>
      sketches.length ? writeSketch(mergeSketches(sketches.map((sketch) => parseSketch(sketch, caller)))) : null,
  },
  {
    name: 'bq_hll_count',
    parameters: ['BLOB', 'VARCHAR'],
    returns: 'BIGINT',
    call: (sketch: Uint8Array, caller: string) => countOf(parseSketch(sketch, caller)),
  },
];
