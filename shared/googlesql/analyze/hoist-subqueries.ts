import type { Analysis } from './analysis.ts';
import { columnReference } from './build-expression.ts';
import { columnsRead, mapTree, walkTree } from './map-tree.ts';
import type { ComputedColumn, Relation, ResolvedExpression } from './resolved-tree.ts';

export type JoinSides = { readonly left: Relation; readonly right: Relation; readonly on: ResolvedExpression };

/**
 * DuckDB takes no subqueries in the condition of an outer join. One that reads columns of one side only is computed as a column of that side first.
 * The right side's columns are numbered from `firstOwn` to before `afterOwn`; smaller numbers are the left side's, or of a query around.
 */
export function hoistSubqueries(
  { left, right, on }: JoinSides,
  { firstOwn, afterOwn }: { readonly firstOwn: number; readonly afterOwn: number },
  analysis: Analysis,
): JoinSides {
  const ofLeft: ComputedColumn[] = [];
  const ofRight: ComputedColumn[] = [];
  const condition = mapTree(on, (e) => {
    if (!isSubqueryUnit(e)) return undefined;
    const read = columnsOfUnit(e);
    const isLeft = read.some((id) => id < firstOwn);
    const isRight = read.some((id) => id >= firstOwn && id < afterOwn);
    if (isLeft && isRight) return e;
    const column = analysis.column('subquery', e.type);
    (isRight ? ofRight : ofLeft).push({ column, expression: e });
    return columnReference(column);
  });
  return { left: withColumns(left, ofLeft), right: withColumns(right, ofRight), on: condition };
}

/** Whether a condition still holds a subquery. */
export function holdsSubquery(on: ResolvedExpression): boolean {
  let found = false;
  walkTree(on, (e) => {
    if (e.kind === 'subquery') found = true;
  });
  return found;
}

/** What a unit reads, a column of a query around that a subquery gives back as it is included. */
function columnsOfUnit(unit: ResolvedExpression): number[] {
  const read = columnsRead(unit);
  walkTree(unit, (e) => {
    if (e.kind === 'subquery') for (const { column } of e.query.columns) read.add(column.id);
  });
  return [...read];
}

/** A subquery, or `x IN (SELECT …)`, which is one thing to DuckDB. */
const isSubqueryUnit = (e: ResolvedExpression): boolean => e.kind === 'subquery' || (e.kind === 'call' && e.name === '$in_query');

const withColumns = (input: Relation, computed: readonly ComputedColumn[]): Relation =>
  computed.length ? { kind: 'project', input, computed } : input;
