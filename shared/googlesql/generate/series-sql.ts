import type { ResolvedExpression, UnnestRelation } from '../analyze/resolved-tree.ts';
import { literalSql } from './literal-sql.ts';
import { fromSelect, type SelectBuilder } from './select-builder.ts';
import { columnName, type SqlNames } from './sql-names.ts';

/**
 * UNNEST(GENERATE_ARRAY(1, 10000000)) as DuckDB's own source of rows, which makes them when they are wanted and stops when it is told: an array would first
 * be made whole, and nothing can interrupt that. Only where the bounds are literals and nobody asks for the places in the array.
 */
export function seriesSelect({ input, arrays, offset, isOuter }: UnnestRelation, names: SqlNames): SelectBuilder | undefined {
  const [array] = arrays;
  if (input || isOuter || arrays.length !== 1 || names.keepsOrder > 0 || (offset && names.live.has(offset.id))) return undefined;
  const bounds = integerBounds(array!.expression);
  if (!bounds) return undefined;
  const alias = names.alias();
  names.bind(array!.column.id, `${alias}.${columnName(array!.column.id)}`);
  return fromSelect(`generate_series(${bounds.join(', ')}) AS ${alias}(${columnName(array!.column.id)})`, [array!.column.id]);
}

function integerBounds(expression: ResolvedExpression): readonly string[] | undefined {
  if (expression.kind !== 'call' || expression.name !== 'GENERATE_ARRAY' || expression.type.kind !== 'ARRAY') return undefined;
  if (expression.type.element.kind !== 'INT64') return undefined;
  const values = expression.arguments.map((each) => (each.kind === 'literal' && typeof each.value === 'bigint' ? each.value : undefined));
  const isPlain = values.every((value) => value !== undefined) && values[2] !== 0n;
  return isPlain ? expression.arguments.map((each) => literalSql((each as { value: bigint }).value, each.type)) : undefined;
}
