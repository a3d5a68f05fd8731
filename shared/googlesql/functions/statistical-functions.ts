import { type Definition, defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** From here on squares may leave the range of doubles, where DuckDB gives up: such values are computed 2^600 times smaller. */
const HUGE = `CAST('1e150' AS DOUBLE)`;
const SMALLER = `CAST('2.409919865102884e-181' AS DOUBLE)`;
const LARGER = `CAST('4.149515568880993e+180' AS DOUBLE)`;

type Variable = { readonly sql: string; readonly isHuge: string; readonly plain: string; readonly reduced: string };

const variable = (sql: string, isUsed: string, { aggregate }: EmitContext): Variable => ({
  sql,
  isHuge: aggregate('bool_or', [`${isUsed} AND abs(${sql}) >= ${HUGE}`], { isDistinct: false }),
  plain: `CASE WHEN ${isUsed} AND abs(${sql}) < ${HUGE} THEN ${sql} END`,
  reduced: `CASE WHEN ${isUsed} THEN ${sql} * ${SMALLER} END`,
});

/** In BigQuery a value that is not finite makes the result NaN. `least`: rows needed for a result. */
const ofOne =
  (duckFunction: string, least: number): Emit =>
  ([value], context) => {
    const { isHuge, plain, reduced } = variable(value!, `isfinite(${value})`, context);
    const factor = duckFunction.startsWith('var') ? `${LARGER} * ${LARGER}` : LARGER;
    const large = `${context.aggregate(duckFunction, [reduced])} * ${factor}`;
    const finite = `CASE WHEN ${isHuge} THEN ${large} ELSE ${context.aggregate(duckFunction, [plain])} END`;
    return verdict(context, value!, `NOT isfinite(${value})`, least, finite);
  };

const ofTwo =
  (duckFunction: string, least: number): Emit =>
  ([y, x], context) => {
    const isPair = `${y} IS NOT NULL AND ${x} IS NOT NULL`;
    const bothFinite = `isfinite(${y}) AND isfinite(${x})`;
    const variables = [variable(y!, bothFinite, context), variable(x!, bothFinite, context)] as const;
    const result = ofPair(duckFunction, variables, context);
    return verdict(context, `CASE WHEN ${isPair} THEN 1 END`, `${isPair} AND NOT (${bothFinite})`, least, result);
  };

/** The pair as it is, or with either or both reduced. */
function ofPair(duckFunction: string, [y, x]: readonly [Variable, Variable], { aggregate }: EmitContext): string {
  const computed = (ySql: string, xSql: string, reductions: number): string => {
    const sql = aggregate(duckFunction, [ySql, xSql], { isDistinct: false });
    if (duckFunction === 'corr') return `coalesce(${sql}, CAST('nan' AS DOUBLE))`;
    return `${sql}${` * ${LARGER}`.repeat(reductions)}`;
  };
  const branches = [
    `WHEN ${y.isHuge} AND ${x.isHuge} THEN ${computed(y.reduced, x.reduced, 2)}`,
    `WHEN ${y.isHuge} THEN ${computed(y.reduced, x.plain, 1)}`,
    `WHEN ${x.isHuge} THEN ${computed(y.plain, x.reduced, 1)}`,
  ];
  return `CASE ${branches.join(' ')} ELSE ${computed(y.plain, x.plain, 0)} END`;
}

function verdict({ aggregate }: EmitContext, counted: string, isOdd: string, least: number, result: string): string {
  const count = aggregate('count', [counted]);
  const odd = aggregate('bool_or', [isOdd], { isDistinct: false });
  return `CASE WHEN ${count} < ${least} THEN NULL WHEN ${odd} THEN CAST('nan' AS DOUBLE) ELSE ${result} END`;
}

const SCALES = { NUMERIC: 9, BIGNUMERIC: 38 } as const;

/** Decimals may differ where a double cannot tell: their statistics are computed from lists of them. */
const exactly =
  (how: string, kind: keyof typeof SCALES): Emit =>
  (args, { aggregate, isDistinct }) => {
    const filter = args.map((a) => `${a} IS NOT NULL`).join(' AND ');
    const scaled = (sql: string): string => (kind === 'NUMERIC' ? `replace(CAST(${sql} AS VARCHAR), '.', '')` : `CAST(${sql} AS VARCHAR)`);
    const [ys, xs] = [args[0]!, args.at(-1)!].map((a) => aggregate('list', [scaled(a)], { filter, isDistinct }));
    return `bq_exact_statistic(${ys}, ${xs}, '${how}', CAST(${SCALES[kind]} AS BIGINT))`;
  };

const forTypes = (names: string, how: string, least: number, arity: 1 | 2): Record<string, Definition> => {
  const signature = (type: string): string => `${names}(${Array(arity).fill(type).join(', ')}) -> FLOAT64`;
  return {
    [signature('FLOAT64')]: arity === 1 ? ofOne(how, least) : ofTwo(how, least),
    [signature('NUMERIC')]: exactly(how, 'NUMERIC'),
    [signature('BIGNUMERIC')]: exactly(how, 'BIGNUMERIC'),
  };
};

export const statisticalFunctions = defineFunctions(
  {
    ...forTypes('VAR_POP', 'var_pop', 1, 1),
    ...forTypes('VAR_SAMP|VARIANCE', 'var_samp', 2, 1),
    ...forTypes('STDDEV_POP', 'stddev_pop', 1, 1),
    ...forTypes('STDDEV_SAMP|STDDEV', 'stddev_samp', 2, 1),
    ...forTypes('CORR', 'corr', 2, 2),
    ...forTypes('COVAR_POP', 'covar_pop', 1, 2),
    ...forTypes('COVAR_SAMP', 'covar_samp', 2, 2),
  },
  'aggregate',
);
