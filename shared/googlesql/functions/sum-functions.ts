import { errorSql, intervalOf, intervalPartList } from '../generate/cast-sql.ts';
import { duckType } from '../generate/duck-type.ts';
import { FLOAT64 } from '../types/sql-type.ts';
import { defineFunctions, type Emit, type EmitContext } from './signature.ts';

/** What DuckDB adds up on the way must not overflow where the total does not: floats are added up 2^30 times smaller, which loses nothing. */
const SMALLER = `CAST('9.313225746154785e-10' AS DOUBLE)`;
const LARGER = `CAST('1073741824' AS DOUBLE)`;

const sumOfFloats: Emit = ([value], { aggregate }) => {
  const total = aggregate('sum', [`${value} * ${SMALLER}`]);
  return `CASE WHEN isinf(${total} * ${LARGER}) AND NOT isinf(${total}) THEN ${errorSql("'double overflow'", FLOAT64)} ELSE ${total} * ${LARGER} END`;
};

/** Over the same sum as SUM's, which is then computed once. */
const averageOfFloats: Emit = ([value], { aggregate }) =>
  `(${aggregate('sum', [`${value} * ${SMALLER}`])} / ${aggregate('count', [value!])} * ${LARGER})`;

/** Beyond this a thousand million NUMERICs might leave DuckDB's 128 bits: such values are added up apart, as BIGNUM. */
const isSmall = (value: string): string => `${value} BETWEEN -10000000000000000000 AND 10000000000000000000`;
const asBig = (value: string): string => `CAST(replace(CAST(${value} AS VARCHAR), '.', '') AS BIGNUM)`;

const numericSums = (value: string, { aggregate }: EmitContext): { readonly small: string; readonly large: string } => ({
  small: aggregate('sum', [`CASE WHEN ${isSmall(value)} THEN ${value} END`]),
  large: aggregate('sum', [`CASE WHEN ${isSmall(value)} THEN NULL ELSE ${asBig(value)} END`]),
});

const sumOfNumerics: Emit = ([value], context) => {
  const { small, large } = numericSums(value!, context);
  return `CASE WHEN ${large} IS NULL THEN CAST(${small} AS DECIMAL(38,9)) ELSE bq_numeric_total(${small}, ${large}) END`;
};

const averageOfNumerics: Emit = ([value], context) => {
  const { small, large } = numericSums(value!, context);
  const count = context.aggregate('count', [value!]);
  const usual = `bq_numeric_divide(CAST(${small} AS DECIMAL(38,9)), CAST(${count} AS DECIMAL(38,9)))`;
  return `CASE WHEN ${count} = 0 THEN NULL WHEN ${large} IS NULL THEN ${usual} ELSE bq_numeric_average(${small}, ${large}, ${count}) END`;
};

const averageOfBigNumerics: Emit = ([value], { aggregate }) =>
  `bq_bignumeric_average(${aggregate('sum', [value!])}, ${aggregate('count', [value!])})`;

/** Months, days and microseconds are added up apart. */
const intervalSums = (value: string, { aggregate }: EmitContext): string =>
  intervalPartList(value)
    .map((part) => `CAST(${aggregate('sum', [part])} AS BIGINT)`)
    .join(', ');

export const sumFunctions = defineFunctions(
  {
    'SUM(INT64) -> INT64': ([value], { aggregate, returns }) => `CAST(${aggregate('sum', [value!])} AS ${duckType(returns)})`,
    'SUM(FLOAT64) -> FLOAT64': sumOfFloats,
    'SUM(NUMERIC) -> NUMERIC': sumOfNumerics,
    'SUM(BIGNUMERIC) -> BIGNUMERIC': ([value], { aggregate }) => `bq_bignumeric_total(${aggregate('sum', [value!])})`,
    'SUM(INTERVAL) -> INTERVAL': ([value], c) => intervalOf(`bq_interval_multiply(${intervalSums(value!, c)}, CAST(1 AS BIGINT))`),
    'AVG(INT64) -> FLOAT64': ([value], { aggregate }) => aggregate('avg', [value!]),
    'AVG(FLOAT64) -> FLOAT64': averageOfFloats,
    'AVG(NUMERIC) -> NUMERIC': averageOfNumerics,
    'AVG(BIGNUMERIC) -> BIGNUMERIC': averageOfBigNumerics,
    'AVG(INTERVAL) -> INTERVAL': ([value], c) =>
      intervalOf(`bq_interval_divide(${intervalSums(value!, c)}, nullif(${c.aggregate('count', [value!])}, 0))`),
  },
  'aggregate',
);
