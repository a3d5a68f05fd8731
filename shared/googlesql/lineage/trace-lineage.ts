import type { TablePath } from '../analyze/catalog.ts';
import type { ResolvedStatement } from '../analyze/resolved-tree.ts';
import type { Control, Controls, Flow, Source, Value } from './flow.ts';
import { union } from './flow.ts';
import { traceStatement } from './trace-statement.ts';
import { type Surroundings, Tracer } from './tracer.ts';

/** Where one column comes from: whose values it shows, and who decided that it shows them. */
export type ColumnLineage = { readonly name: string; readonly values: readonly Value[]; readonly control: readonly Control[] };

/**
 * `columns`: a query's output in order, or the columns that DML writes to `target`, each once. `control`: what decides about rows; it is part
 * of every column's control too. `evaluated`: what any computation in the statement reads, shown or not, since its failing would tell; what
 * a view computes for itself is not in it. `isComplete` false: something came from where we cannot see (a script's variable, a construct
 * that is newer than this code), so a policy must refuse.
 */
export type Lineage = {
  readonly target: TablePath | undefined;
  readonly columns: readonly ColumnLineage[];
  readonly control: readonly Control[];
  readonly evaluated: readonly Source[];
  readonly isComplete: boolean;
};

/** The same with the flows still as flows, for whoever goes on with them. */
export type TracedStatement = {
  readonly target: TablePath | undefined;
  readonly columns: readonly { readonly name: string; readonly flow: Flow }[];
  readonly rows: Controls;
  readonly evaluated: readonly Source[];
  readonly isComplete: boolean;
};

/** Follows every output column of a resolved statement to the tables' columns. Views and SQL functions are expanded in it already. */
export const traceLineage = (statement: ResolvedStatement): Lineage => toLineage(traceResolved(statement));

export function traceResolved(statement: ResolvedStatement, surroundings?: Surroundings): TracedStatement {
  const tracer = new Tracer(surroundings);
  const traced = traceStatement(tracer, statement);
  return { ...traced, evaluated: [...tracer.evaluated.values()], isComplete: tracer.isComplete };
}

export function toLineage({ target, columns, rows, evaluated, isComplete }: TracedStatement): Lineage {
  // One list for all columns that have the same: their number may be thousands.
  const lists = new Map<unknown, readonly unknown[]>();
  const listOf = <Entry>(entries: ReadonlyMap<string, Entry>): readonly Entry[] => {
    const list = (lists.get(entries) as readonly Entry[] | undefined) ?? [...entries.values()];
    lists.set(entries, list);
    return list;
  };
  return {
    target,
    columns: columns.map(({ name, flow }) => ({ name, values: listOf(flow.values), control: listOf(union([rows, flow.control])) })),
    control: listOf(rows),
    evaluated,
    isComplete,
  };
}
