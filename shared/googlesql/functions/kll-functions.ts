import { type Definition, defineFunctions, type Emit, type EmitContext, type ScalarSignature } from './signature.ts';

// KLL_QUANTILES: quantiles by sketches. A sketch keeps all values (kll-udfs.ts), so what is read from it is exact.

type Kind = 'INT64' | 'FLOAT64';

const sketched =
  (kind: Kind): Emit =>
  ([value, precision], { aggregate }) => {
    const sketch = `bq_kll_of_${kind.toLowerCase()}(${aggregate('list', [value!], { filter: `${value} IS NOT NULL` })})`;
    return precision === undefined ? sketch : `CASE WHEN ${precision} IS NOT NULL THEN ${sketch} END`;
  };

const union = (sketch: string, { aggregate }: EmitContext): string =>
  `bq_kll_union(${aggregate('list', [sketch], { filter: `${sketch} IS NOT NULL` })})`;

/** The same reading of one sketch, and of the union of many. */
function readings(kind: Kind): { readonly scalar: Record<string, Definition>; readonly aggregate: Record<string, Definition> } {
  const suffix = kind.toLowerCase();
  const quantiles = (sketch: string, n: string): string => `bq_kll_quantiles_${suffix}(${sketch}, ${n})`;
  const point = (sketch: string, phi: string): string => `bq_kll_point_${suffix}(${sketch}, ${phi})`;
  const rank = (sketch: string, value: string, type: string | undefined): string =>
    `bq_kll_rank_${suffix}(${sketch}, ${value}, ${type ?? "'FRACTION_LESS_THAN'"})`;
  return {
    scalar: {
      [`KLL_QUANTILES.EXTRACT_${kind}(BYTES, INT64) -> ARRAY<${kind}>`]: ([sketch, n]) => quantiles(sketch!, n!),
      [`KLL_QUANTILES.EXTRACT_POINT_${kind}(BYTES, FLOAT64) -> ${kind}`]: ([sketch, phi]) => point(sketch!, phi!),
      [`KLL_QUANTILES.EXTRACT_RELATIVE_RANK_${kind}(BYTES, value => ${kind}, rank_type => STRING?) -> FLOAT64`]: ([sketch, value, type]) =>
        rank(sketch!, value!, type),
    },
    aggregate: {
      [`KLL_QUANTILES.INIT_${kind}(${kind}, INT64?) -> BYTES`]: sketched(kind),
      [`KLL_QUANTILES.MERGE_${kind}(BYTES, INT64) -> ARRAY<${kind}>`]: ([sketch, n], c) => quantiles(union(sketch!, c), n!),
      [`KLL_QUANTILES.MERGE_POINT_${kind}(BYTES, FLOAT64) -> ${kind}`]: ([sketch, phi], c) => point(union(sketch!, c), phi!),
      [`KLL_QUANTILES.MERGE_RELATIVE_RANK_${kind}(BYTES, value => ${kind}, rank_type => STRING?) -> FLOAT64`]: ([sketch, value, type], c) =>
        rank(union(sketch!, c), value!, type),
    },
  };
}

const ofInts = readings('INT64');
const ofFloats = readings('FLOAT64');

export const kllFunctions: readonly ScalarSignature[] = [
  ...defineFunctions({ ...ofInts.scalar, ...ofFloats.scalar }),
  ...defineFunctions(
    { ...ofInts.aggregate, ...ofFloats.aggregate, 'KLL_QUANTILES.MERGE_PARTIAL(BYTES) -> BYTES': ([sketch], c) => union(sketch!, c) },
    'aggregate',
  ),
];
