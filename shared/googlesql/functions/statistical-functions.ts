import { type Definition, defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** DuckDB refuses infinities in these; in BigQuery a value that is not finite makes the result NaN. `least`: rows needed for a result. */
const ofOne =
  (duckFunction: string, least: number): Emit =>
  ([value], context) => {
    const finite = context.aggregate(duckFunction, [`CASE WHEN isfinite(${value}) THEN ${value} END`]);
    return verdict(context, value!, `NOT isfinite(${value})`, least, finite);
  };

const ofTwo =
  (duckFunction: string, least: number): Emit =>
  ([y, x], context) => {
    const isPair = `${y} IS NOT NULL AND ${x} IS NOT NULL`;
    const bothFinite = `isfinite(${y}) AND isfinite(${x})`;
    const finite = context.aggregate(duckFunction, [`CASE WHEN ${bothFinite} THEN ${y} END`, `CASE WHEN ${bothFinite} THEN ${x} END`], {
      isDistinct: false,
    });
    const result = duckFunction === 'corr' ? `coalesce(${finite}, CAST('nan' AS DOUBLE))` : finite;
    return verdict(context, `CASE WHEN ${isPair} THEN 1 END`, `${isPair} AND NOT (${bothFinite})`, least, result);
  };

function verdict({ aggregate }: EmitContext, counted: string, isOdd: string, least: number, result: string): string {
  const count = aggregate('count', [counted]);
  const odd = aggregate('bool_or', [isOdd], { isDistinct: false });
  return `CASE WHEN ${count} < ${least} THEN NULL WHEN ${odd} THEN CAST('nan' AS DOUBLE) ELSE ${result} END`;
}

/** NUMERIC and BIGNUMERIC are computed as FLOAT64, which the result is anyway. */
const forTypes = (names: string, emit: Emit, arity: 1 | 2, exact?: Emit): Record<string, Definition> => {
  const signature = (type: string): string => `${names}(${Array(arity).fill(type).join(', ')}) -> FLOAT64`;
  const converted =
    (kind: 'numeric' | 'bignumeric'): Emit =>
    (args, context) =>
      emit(
        args.map((a) => `bq_${kind}_to_float(${a})`),
        context,
      );
  return {
    [signature('FLOAT64')]: emit,
    [signature('NUMERIC')]: exact ?? converted('numeric'),
    [signature('BIGNUMERIC')]: converted('bignumeric'),
  };
};

/** NUMERIC values may differ where a double cannot tell: their variance is computed from a list of them. */
const exactly =
  (how: string): Emit =>
  ([value], { aggregate }) =>
    `bq_numeric_variance(${aggregate('list', [value!])}, '${how}')`;

export const statisticalFunctions = defineFunctions(
  {
    ...forTypes('VAR_POP', ofOne('var_pop', 1), 1, exactly('var_pop')),
    ...forTypes('VAR_SAMP|VARIANCE', ofOne('var_samp', 2), 1, exactly('var_samp')),
    ...forTypes('STDDEV_POP', ofOne('stddev_pop', 1), 1, exactly('stddev_pop')),
    ...forTypes('STDDEV_SAMP|STDDEV', ofOne('stddev_samp', 2), 1, exactly('stddev_samp')),
    'CORR(FLOAT64, FLOAT64) -> FLOAT64': ofTwo('corr', 2),
    'CORR(NUMERIC, NUMERIC) -> FLOAT64': (args, c) =>
      ofTwo('corr', 2)(
        args.map((a) => `bq_numeric_to_float(${a})`),
        c,
      ),
    'CORR(BIGNUMERIC, BIGNUMERIC) -> FLOAT64': (args, c) =>
      ofTwo('corr', 2)(
        args.map((a) => `bq_bignumeric_to_float(${a})`),
        c,
      ),
    ...forTypes('COVAR_POP', ofTwo('covar_pop', 1), 2),
    ...forTypes('COVAR_SAMP', ofTwo('covar_samp', 2), 2),
  },
  'aggregate',
);
