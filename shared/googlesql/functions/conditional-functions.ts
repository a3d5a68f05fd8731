import { compareSql } from '../generate/compare-sql.ts';
import type { SqlType } from '../types/sql-type.ts';
import { defineFunctions, type Emit } from './signature.ts';

const firstType: (types: readonly SqlType[]) => SqlType = ([type]) => type!;

/** NULL when any argument is; NaN when any is NaN. */
const extreme =
  (duckFunction: 'greatest' | 'least'): Emit =>
  (args, { types }) => {
    const isNull = args.map((a) => `${a} IS NULL`).join(' OR ');
    const isNan = types[0]?.kind === 'FLOAT64' ? ` WHEN ${args.map((a) => `isnan(${a})`).join(' OR ')} THEN CAST('nan' AS DOUBLE)` : '';
    return `CASE WHEN ${isNull} THEN NULL${isNan} ELSE ${duckFunction}(${args.join(', ')}) END`;
  };

/** Whether the computation throws: its value is wrapped, so that a NULL it may give is told from an error. */
const fails = (sql: string): string => `(${tried(sql)} IS NULL)`;
// One expression in both places: DuckDB then computes it once, where two with the same part have that part moved out of TRY.
const tried = (sql: string): string => `TRY([${sql}])`;

export const conditionalFunctions = defineFunctions({
  'IF(BOOL, T, T) -> T': 'CASE WHEN $1 THEN $2 ELSE $3 END',
  'IFNULL(T, T) -> T': 'coalesce($1, $2)',
  'COALESCE(T...) -> T': (args) => (args.length > 1 ? `coalesce(${args.join(', ')})` : args[0]!),
  'NULLIF(T, T) -> T': ([a, b], { types }) => `CASE WHEN ${compareSql('=', a!, b!, types[0]!)} THEN NULL ELSE ${a} END`,
  'GREATEST(T...) -> T': extreme('greatest'),
  'LEAST(T...) -> T': extreme('least'),
  'IFERROR(T, T) -> T': ([attempt, caught]) => `CASE WHEN ${fails(attempt!)} THEN ${caught} ELSE list_extract(${tried(attempt!)}, 1) END`,
  'ISERROR(ANY) -> BOOL': ([attempt]) => fails(attempt!),
  'NULLIFERROR(ANY) -> ANY': { emit: 'TRY($1)', resultType: firstType },
  'ZEROIFNULL(INT64) -> INT64': 'coalesce($1, CAST(0 AS BIGINT))',
  'ZEROIFNULL(NUMERIC) -> NUMERIC': 'coalesce($1, CAST(0 AS DECIMAL(38,9)))',
  'ZEROIFNULL(BIGNUMERIC) -> BIGNUMERIC': `coalesce($1, CAST('0' AS BIGNUM))`,
  'ZEROIFNULL(FLOAT64) -> FLOAT64': 'coalesce($1, CAST(0 AS DOUBLE))',
  'NULLIFZERO(INT64) -> INT64': 'nullif($1, 0)',
  'NULLIFZERO(NUMERIC) -> NUMERIC': 'nullif($1, 0)',
  'NULLIFZERO(BIGNUMERIC) -> BIGNUMERIC': `nullif($1, CAST('0' AS BIGNUM))`,
  'NULLIFZERO(FLOAT64) -> FLOAT64': 'nullif($1, 0)',
});
