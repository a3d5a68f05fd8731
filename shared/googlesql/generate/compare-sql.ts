import type { SqlType } from '../types/sql-type.ts';
import { quoteName } from './duck-type.ts';
import { fieldSql } from './field-sql.ts';

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A comparison with GoogleSQL's meaning: NaN is equal to nothing and orders with nothing, NULL fields of structs are unknown.
 * `isNumber` says an operand cannot be NaN (a literal).
 */
export function compareSql(
  operator: ComparisonOperator,
  a: string,
  b: string,
  type: SqlType,
  isNumber: readonly [boolean, boolean] = [false, false],
): string {
  if (type.kind === 'STRUCT') return compareStructs(operator, a, b, type);
  if (type.kind === 'ARRAY') return compareArrays(operator, a, b, type);
  if (type.kind === 'RANGE') return compareRanges(operator, a, b);
  if (type.kind !== 'FLOAT64') return `(${a} ${operator} ${b})`;
  return compareFloats(operator, a, b, isNumber);
}

/** DuckDB takes NaN for equal to itself and greater than all else: only the cases in which that shows are guarded. */
function compareFloats(operator: ComparisonOperator, a: string, b: string, [aIsNumber, bIsNumber]: readonly [boolean, boolean]): string {
  // Negated, NaN is on the other side, where it is out of the way: the cheapest guard there is.
  if (bIsNumber && !aIsNumber && operator[0] === '>') return `(-(${a}) ${operator === '>' ? '<' : '<='} -(${b}))`;
  if (aIsNumber && !bIsNumber && operator[0] === '<') return `(-(${a}) ${operator === '<' ? '>' : '>='} -(${b}))`;
  const isOdd = (x: string, other: string): string => `NOT (isnan(${x}) AND ${other} IS NOT NULL)`;
  const guards: string[] = [];
  if (!aIsNumber && (operator === '>' || operator === '>=' || (operator === '=' && !bIsNumber))) guards.push(isOdd(a, b));
  if (!bIsNumber && (operator === '<' || operator === '<=' || (operator === '>=' && !aIsNumber))) guards.push(isOdd(b, a));
  if (operator === '<=' && !aIsNumber && !bIsNumber) guards.push(isOdd(a, b));
  if (operator === '!=' && !aIsNumber && !bIsNumber) return `(${a} != ${b} OR (isnan(${a}) AND ${b} IS NOT NULL))`;
  return `(${[`${a} ${operator} ${b}`, ...guards].join(' AND ')})`;
}

function compareStructs(operator: ComparisonOperator, a: string, b: string, type: SqlType & { kind: 'STRUCT' }): string {
  if (!type.fields.length) return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE ${operator === '=' ? 'TRUE' : 'FALSE'} END`;
  const equal =
    type.fields.map((field, i) => compareSql('=', fieldSql(a, type, i), fieldSql(b, type, i), field.type)).join(' AND ') || 'TRUE';
  return operator === '=' ? `(${equal})` : `(NOT (${equal}))`;
}

function compareArrays(operator: ComparisonOperator, a: string, b: string, type: SqlType & { kind: 'ARRAY' }): string {
  const pairs = `list_transform(list_zip(${a}, ${b}), lambda pair: ${compareSql('=', 'pair[1]', 'pair[2]', type.element)})`;
  const verdict = `CASE WHEN len(${a}) <> len(${b}) OR list_contains(${pairs}, FALSE) THEN FALSE WHEN list_count(${pairs}) < len(${pairs}) THEN NULL ELSE TRUE END`;
  const equal = `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE ${verdict} END`;
  return operator === '=' ? `(${equal})` : `(NOT (${equal}))`;
}

/** An unbounded start is before, an unbounded end after everything. */
function compareRanges(operator: ComparisonOperator, a: string, b: string): string {
  if (operator === '=' || operator === '!=') return `(${a} ${operator} ${b})`;
  const strict = operator[0]!;
  const start = (range: string): string => `${range}.${quoteName('start')}`;
  const end = (range: string): string => `${range}.${quoteName('end')}`;
  const before = (x: string, y: string): string =>
    `(CASE WHEN ${start(x)} IS NOT DISTINCT FROM ${start(y)} THEN CASE WHEN ${end(x)} IS NULL THEN FALSE WHEN ${end(y)} IS NULL THEN TRUE ELSE ${end(x)} < ${end(y)} END WHEN ${start(x)} IS NULL THEN TRUE WHEN ${start(y)} IS NULL THEN FALSE ELSE ${start(x)} < ${start(y)} END)`;
  const ordered = strict === '<' ? before(a, b) : before(b, a);
  const verdict = operator.length > 1 ? `(${ordered} OR ${a} = ${b})` : ordered;
  return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE ${verdict} END`;
}

/** IS NOT DISTINCT FROM; DuckDB's own is right for every type (NaN is one value there too). */
export const notDistinctSql = (a: string, b: string): string => `(${a} IS NOT DISTINCT FROM ${b})`;
