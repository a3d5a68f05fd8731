import { internalCall } from './build-expression.ts';
import { mapTree, walkTree } from './map-tree.ts';
import type { Column, ResolvedExpression } from './resolved-tree.ts';

const HARMLESS = new Set([
  'AND',
  'OR',
  'NOT',
  '$equal',
  '$not_equal',
  '$less',
  '$less_or_equal',
  '$greater',
  '$greater_or_equal',
  'IS NULL',
  'IS NOT NULL',
  'COALESCE',
  'IFNULL',
  'IF',
  'CASE',
  '$between',
  '$in',
  'NULLIF',
]);

/** Whether computing an expression may raise an error, as far as one can tell by its functions. What holds a subquery is left alone. */
export function mayFail(expression: ResolvedExpression): boolean {
  let isRisky = false;
  let isSimple = true;
  walkTree(expression, (e) => {
    if ((e.kind === 'call' && !HARMLESS.has(e.name)) || (e.kind === 'cast' && !e.isSafe)) isRisky = true;
    if (e.kind === 'subquery' || e.kind === 'lambda' || e.kind === 'window' || e.kind === 'aggregate') isSimple = false;
  });
  return isRisky && isSimple;
}

/**
 * NULL where the computation fails. Written like the question whether it does: DuckDB computes what two different TRYs have in common outside of them,
 * where it is not caught.
 */
export const tried = (expression: ResolvedExpression): ResolvedExpression =>
  internalCall('$try', [expression], expression.type, ([sql]) => `list_extract(TRY([${sql}]), 1)`);

/** The expression with its columns read from elsewhere. */
export const withColumns = (expression: ResolvedExpression, replacements: ReadonlyMap<number, ResolvedExpression>): ResolvedExpression =>
  mapTree(expression, (e) => (e.kind === 'column' ? replacements.get(e.column.id) : undefined));

/** The columns an expression reads, each once. */
export function columnsOf(expression: unknown): Column[] {
  const found = new Map<number, Column>();
  walkTree(expression, (e) => {
    if (e.kind === 'column') found.set(e.column.id, e.column);
  });
  return [...found.values()];
}
