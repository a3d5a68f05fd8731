import { structField, structOf } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { columnReference, fieldOf, internalCall } from './build-expression.ts';
import { conditionalPlaces } from './conditional-parts.ts';
import { anyRow } from './having-extreme.ts';
import { mapTree } from './map-tree.ts';
import { columnsOf, mayFail, tried, withColumns } from './may-fail.ts';
import type { Column, ComputedColumn, ResolvedExpression } from './resolved-tree.ts';

// `IF(SUM(a) > 0, SUM(a), SUM(a / 0))` fails only where its last branch is taken. Aggregates are computed before any branch, so the arguments of one
// that only branches read are tried; a row on which one failed is kept beside it, and computed again where the branch is taken: that raises the error.

export type Deferred = {
  readonly aggregates: readonly ComputedColumn[];
  /** An expression over the aggregates as it must read now. */
  readonly rewrite: <T>(tree: T) => T;
};

/** `expressions`: all that read the aggregates. */
export function deferFailures(
  aggregates: readonly ComputedColumn[],
  expressions: readonly ResolvedExpression[],
  analysis: Analysis,
): Deferred {
  if (!aggregates.some(isRisky)) return { aggregates, rewrite: (tree) => tree };
  const always = new Set<number>();
  for (const expression of expressions) collectUnconditional(expression, always);
  const checks = new Map<number, ResolvedExpression>();
  const all = aggregates.flatMap((aggregate) => (always.has(aggregate.column.id) ? [aggregate] : deferOne(aggregate, checks, analysis)));
  if (!checks.size) return { aggregates, rewrite: (tree) => tree };
  return { aggregates: all, rewrite: (tree) => mapTree(tree, (e) => (e.kind === 'column' ? checks.get(e.column.id) : undefined)) };
}

const isRisky = ({ expression }: ComputedColumn): boolean => expression.kind === 'aggregate' && expression.arguments.some(mayFail);

function collectUnconditional(expression: ResolvedExpression, always: Set<number>): void {
  mapTree(expression, (e) => {
    if (e.kind === 'column') always.add(e.column.id);
    const places = conditionalPlaces(e);
    if (!places || e.kind !== 'call') return undefined;
    for (const [i, argument] of e.arguments.entries()) if (!places.has(i)) collectUnconditional(argument, always);
    return e;
  });
}

function deferOne(aggregate: ComputedColumn, checks: Map<number, ResolvedExpression>, analysis: Analysis): ComputedColumn[] {
  const { column, expression } = aggregate;
  if (expression.kind !== 'aggregate' || expression.where || expression.having) return [aggregate];
  const risky = expression.arguments.filter(mayFail);
  const columns = columnsOf(risky);
  if (!risky.length || !columns.length) return [aggregate];
  const arguments_ = expression.arguments.map((a) => (risky.includes(a) ? tried(a) : a));
  const failed = failedRow(risky, columns, analysis);
  checks.set(column.id, checked(columnReference(column), risky, columns, columnReference(failed.column)));
  return [{ column, expression: { ...expression, arguments: arguments_ } }, failed];
}

/** Some row on which one of the expressions fails; NULL where none does. */
function failedRow(risky: readonly ResolvedExpression[], columns: readonly Column[], analysis: Analysis): ComputedColumn {
  const type = structOf(columns.map((c) => structField(c.name, c.type)));
  const row: ResolvedExpression = { kind: 'struct', fields: columns.map(columnReference), type };
  const failing = internalCall('$failing_row', [row, ...risky], type, ([fields, ...sql]) => {
    return `CASE WHEN ${sql.map((s) => `TRY([${s}]) IS NULL`).join(' OR ')} THEN ${fields} END`;
  });
  return { column: analysis.column('failed', type), expression: anyRow(failing) };
}

/** The aggregate's value; where a row failed, the error it failed with. */
export function checked(
  value: ResolvedExpression,
  risky: readonly ResolvedExpression[],
  columns: readonly Column[],
  failed: ResolvedExpression,
): ResolvedExpression {
  const again = risky.map((e) => withColumns(e, new Map(columns.map((c, i) => [c.id, fieldOf(failed, i)]))));
  return internalCall('$checked', [value, failed, ...again], value.type, ([sql, row, ...errors]) => {
    return `CASE WHEN ${row} IS NULL THEN ${sql} WHEN ${errors.map((e) => `${e} IS NULL`).join(' OR ')} THEN ${sql} ELSE ${sql} END`;
  });
}
