import { errorSql } from '../generate/cast-sql.ts';
import { numericProduct } from './operator-functions.ts';
import { type Definition, defineFunctions, type Emit } from './signature.ts';

/** FLOAT64 functions that DuckDB computes alike on their whole domain. */
const PLAIN = ['ATAN', 'ASINH', 'CBRT', 'RADIANS', 'DEGREES'];
/** Those that DuckDB refuses for infinities, where BigQuery has NaN. */
const PERIODIC = ['SIN', 'COS', 'TAN'];
/** FLOAT64 functions with domains, limits or names of their own: `bq_math_…`. */
const CHECKED = ['ASIN', 'ACOS', 'ACOSH', 'ATANH', 'SINH', 'COSH', 'TANH', 'COT', 'COTH', 'CSC', 'CSCH', 'SEC', 'SECH'];

const floats: Record<string, Definition> = Object.fromEntries([
  ...PLAIN.map((name) => [`${name}(FLOAT64) -> FLOAT64`, `${name.toLowerCase()}($1)`]),
  ...PERIODIC.map((name) => [
    `${name}(FLOAT64) -> FLOAT64`,
    `CASE WHEN isinf($1) THEN CAST('nan' AS DOUBLE) ELSE ${name.toLowerCase()}($1) END`,
  ]),
  ...CHECKED.map((name) => [`${name}(FLOAT64) -> FLOAT64`, `bq_math_${name.toLowerCase()}($1)`]),
]);

const forDecimals = (name: string, parameters = 'N'): Record<string, Definition> =>
  sameTypes(
    `${name}(${parameters}) -> N`,
    ([value, other], { returns }) => {
      const call = `bq_${returns.kind.toLowerCase()}_${name.split('|')[0]!.toLowerCase()}`;
      return other === undefined ? `${call}(${value})` : `${call}(${value}, ${other})`;
    },
    ['NUMERIC', 'BIGNUMERIC'],
  );

const rounded = (how: 'round' | 'trunc' | 'ceil' | 'floor'): Record<string, Definition> => {
  const name = how.toUpperCase();
  const takesDigits = how === 'round' || how === 'trunc';
  const digits = takesDigits ? ', INT64?' : '';
  const names = how === 'ceil' ? 'CEIL|CEILING' : name;
  return {
    [`${names}(FLOAT64${digits}) -> FLOAT64`]: ([value, n]) => (n === undefined ? `${how}(${value})` : `bq_float_${how}(${value}, ${n})`),
    [`${names}(NUMERIC${digits}) -> NUMERIC`]: ([value, n]) => `bq_numeric_round(${value}, ${n ?? 'CAST(0 AS BIGINT)'}, '${how}')`,
    [`${names}(BIGNUMERIC${digits}) -> BIGNUMERIC`]: ([value, n]) => `bq_bignumeric_round(${value}, ${n ?? 'CAST(0 AS BIGINT)'}, '${how}')`,
  };
};

/** DIV and MOD, whose zero divisor is an error. */
const integerDivision =
  (operator: '//' | '%'): Emit =>
  ([a, b], { literal }) => {
    const value = literal(1);
    const divisor =
      value !== undefined && value !== null && value !== 0n
        ? b
        : `CASE WHEN ${b} = 0 THEN ${errorSql(`concat('division by zero: ', ${a}, ' ${operator} ', ${b})`, { kind: 'INT64' })} ELSE ${b} END`;
    return `(${a} ${operator} ${divisor})`;
  };

const sameTypes = (
  text: string,
  definition: Definition,
  types = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
): Record<string, Definition> => Object.fromEntries(types.map((type) => [text.replace(/\bN\b/g, type), definition]));

const safely =
  (emit: Emit): Emit =>
  (args, context) =>
    `TRY(${emit(args, context)})`;

const vectorDistance = (name: string): Record<string, Definition> => ({
  [`${name}(ARRAY<FLOAT64>, ARRAY<FLOAT64>) -> FLOAT64`]: `bq_${name.toLowerCase()}($1, $2)`,
});

export const mathFunctions = defineFunctions({
  ...floats,
  'SQRT(FLOAT64) -> FLOAT64': 'bq_math_sqrt($1)',
  'SQRT(NUMERIC) -> NUMERIC': 'bq_numeric_sqrt($1)',
  'SQRT(BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_sqrt($1)',
  'EXP(FLOAT64) -> FLOAT64': 'bq_math_exp($1)',
  'LN(FLOAT64) -> FLOAT64': 'bq_math_ln($1)',
  'LOG10(FLOAT64) -> FLOAT64': 'bq_math_log10($1)',
  ...forDecimals('EXP'),
  ...forDecimals('LN'),
  ...forDecimals('LOG10'),
  ...forDecimals('CBRT'),
  ...rounded('round'),
  ...rounded('trunc'),
  ...rounded('ceil'),
  ...rounded('floor'),
  'ROUND(NUMERIC, INT64, STRING) -> NUMERIC': 'bq_numeric_round($1, $2, $3)',
  'ROUND(BIGNUMERIC, INT64, STRING) -> BIGNUMERIC': 'bq_bignumeric_round($1, $2, $3)',
  'LOG(FLOAT64, FLOAT64?) -> FLOAT64': ([value, base]) => (base === undefined ? `bq_math_ln(${value})` : `bq_math_log(${value}, ${base})`),
  ...sameTypes('LOG(N) -> N', ([value], { returns }) => `bq_${returns.kind.toLowerCase()}_ln(${value})`, ['NUMERIC', 'BIGNUMERIC']),
  ...forDecimals('LOG', 'N, N'),
  'ATAN2(FLOAT64, FLOAT64) -> FLOAT64': 'atan2($1, $2)',
  'POW|POWER(FLOAT64, FLOAT64) -> FLOAT64': 'bq_math_pow($1, $2)',
  'POW|POWER(NUMERIC, NUMERIC) -> NUMERIC': 'bq_numeric_pow($1, $2)',
  'POW|POWER(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_pow($1, $2)',
  'PI() -> FLOAT64': 'pi()',
  'PI_NUMERIC() -> NUMERIC': `CAST('3.141592654' AS DECIMAL(38,9))`,
  'PI_BIGNUMERIC() -> BIGNUMERIC': `CAST('314159265358979323846264338327950288420' AS BIGNUM)`,
  'RAND() -> FLOAT64': 'random()',
  ...sameTypes('ABS(N) -> N', 'abs($1)', ['INT64', 'NUMERIC', 'FLOAT64']),
  'ABS(BIGNUMERIC) -> BIGNUMERIC': `CASE WHEN $1 < CAST('0' AS BIGNUM) THEN -$1 ELSE $1 END`,
  'SIGN(INT64) -> INT64': 'CAST(sign($1) AS BIGINT)',
  'SIGN(NUMERIC) -> NUMERIC': 'CAST(sign($1) AS DECIMAL(38,9))',
  'SIGN(BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_sign($1)',
  'SIGN(FLOAT64) -> FLOAT64': `CASE WHEN isnan($1) THEN $1 ELSE CAST(sign($1) AS DOUBLE) END`,
  'IS_NAN(FLOAT64) -> BOOL': 'isnan($1)',
  'IS_INF(FLOAT64) -> BOOL': 'isinf($1)',
  'DIV(INT64, INT64) -> INT64': integerDivision('//'),
  'DIV(NUMERIC, NUMERIC) -> NUMERIC': 'bq_numeric_div($1, $2)',
  'DIV(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_div($1, $2)',
  'MOD(INT64, INT64) -> INT64': integerDivision('%'),
  'MOD(NUMERIC, NUMERIC) -> NUMERIC': 'bq_numeric_mod($1, $2)',
  'MOD(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'bq_bignumeric_mod($1, $2)',
  'IEEE_DIVIDE(FLOAT64, FLOAT64) -> FLOAT64': '($1 / $2)',
  'SAFE_DIVIDE(INT64, INT64) -> FLOAT64': '($1 / nullif($2, 0))',
  'SAFE_DIVIDE(NUMERIC, NUMERIC) -> NUMERIC': 'TRY(bq_numeric_divide($1, $2))',
  'SAFE_DIVIDE(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'TRY(bq_bignumeric_divide($1, $2))',
  'SAFE_DIVIDE(FLOAT64, FLOAT64) -> FLOAT64': `CASE WHEN isinf($1 / $2) AND NOT isinf($1) THEN NULL ELSE $1 / nullif($2, 0) END`,
  ...sameTypes('SAFE_ADD(N, N) -> N', 'TRY($1 + $2)', ['INT64', 'NUMERIC', 'FLOAT64']),
  'SAFE_ADD(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'TRY(bq_bignumeric_checked($1 + $2))',
  ...sameTypes('SAFE_SUBTRACT(N, N) -> N', 'TRY($1 - $2)', ['INT64', 'NUMERIC', 'FLOAT64']),
  'SAFE_SUBTRACT(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'TRY(bq_bignumeric_checked($1 - $2))',
  ...sameTypes('SAFE_MULTIPLY(N, N) -> N', 'TRY($1 * $2)', ['INT64', 'FLOAT64']),
  'SAFE_MULTIPLY(NUMERIC, NUMERIC) -> NUMERIC': safely(numericProduct),
  'SAFE_MULTIPLY(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC': 'TRY(bq_bignumeric_multiply($1, $2))',
  ...sameTypes('SAFE_NEGATE(N) -> N', 'TRY(-$1)'),
  ...vectorDistance('COSINE_DISTANCE'),
  ...vectorDistance('EUCLIDEAN_DISTANCE'),
});
