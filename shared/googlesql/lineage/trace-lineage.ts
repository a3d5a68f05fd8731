import type { CatalogTable, TablePath } from '../analyze/catalog.ts';
import type { Assignment, MergeArm, ResolvedExpression, ResolvedMerge, ResolvedStatement } from '../analyze/resolved-tree.ts';
import { readableQuery } from '../generate/readable-query.ts';
import { asControl, type Control, type Controls, type Flow, NO_CONTROL, NOTHING, union, type Value } from './flow.ts';
import { Tracer } from './tracer.ts';

/** Where one column comes from: whose values it shows, and who decided that it shows them. */
export type ColumnLineage = { readonly name: string; readonly values: readonly Value[]; readonly control: readonly Control[] };

/**
 * `columns`: a query's output, or the columns that DML writes to `target`. `control`: what decides about rows; it is part of every column's
 * control too. `isComplete` false: something came from where we cannot see (a script's variable), so a policy must refuse.
 */
export type Lineage = {
  readonly target: TablePath | undefined;
  readonly columns: readonly ColumnLineage[];
  readonly control: readonly Control[];
  readonly isComplete: boolean;
};

/** Follows every output column of a resolved statement to the tables' columns. Views and SQL functions are expanded in it already. */
export function traceLineage(statement: ResolvedStatement): Lineage {
  const tracer = new Tracer();
  const traced = traceStatement(tracer, statement);
  const columns = traced.columns.map(({ name, flow }) => ({
    name,
    values: [...flow.values.values()],
    control: [...union([flow.control, traced.rows]).values()],
  }));
  return { target: traced.target, columns, control: [...traced.rows.values()], isComplete: tracer.isComplete };
}

type Traced = {
  readonly target: TablePath | undefined;
  readonly columns: readonly { readonly name: string; readonly flow: Flow }[];
  readonly rows: Controls;
};

function traceStatement(tracer: Tracer, statement: ResolvedStatement): Traced {
  switch (statement.kind) {
    case 'query': {
      const query = readableQuery(statement.query);
      const { columns, rows } = tracer.query(query);
      const names = query.columns.filter((each) => !each.isPseudo).map(({ name }) => name);
      return { target: undefined, columns: columns.map((flow, index) => ({ name: names[index] ?? '', flow })), rows };
    }
    case 'insert': {
      const { table, query, rows: given = [] } = statement;
      const traced = query ? tracer.query(query) : { columns: [], rows: NO_CONTROL };
      const flowsAt = (index: number): Flow[] => [
        ...(traced.columns[index] ? [traced.columns[index]] : []),
        ...given.map((row) => traceValue(tracer, row[index])),
      ];
      const columns = statement.columns.flatMap((column, index) => flowsAt(index).map((flow) => ({ name: nameOf(table, column), flow })));
      return { target: table.path, columns, rows: traced.rows };
    }
    case 'update': {
      const inputs = [tracer.relation(statement.target.relation), statement.from ? tracer.relation(statement.from) : NO_CONTROL];
      const rows = union([...inputs, asControl(tracer.expression(statement.where), 'filter')]);
      const { table } = statement.target;
      return { target: table.path, columns: traceAssignments(tracer, table, statement.assignments), rows };
    }
    case 'delete': {
      const rows = tracer.relation(statement.target.relation);
      return {
        target: statement.target.table.path,
        columns: [],
        rows: union([rows, asControl(tracer.expression(statement.where), 'filter')]),
      };
    }
    case 'merge':
      return traceMerge(tracer, statement);
    case 'truncate':
      return { target: statement.target.table.path, columns: [], rows: NO_CONTROL };
  }
}

const nameOf = (table: CatalogTable, index: number): string => table.columns[index]?.name ?? '';

const traceValue = (tracer: Tracer, value: ResolvedExpression | 'default' | undefined): Flow =>
  value === undefined || value === 'default' ? NOTHING : tracer.expression(value);

const traceAssignments = (tracer: Tracer, table: CatalogTable, assignments: readonly Assignment[]) =>
  assignments.map(({ column, value }) => ({ name: nameOf(table, column), flow: traceValue(tracer, value) }));

function traceMerge(tracer: Tracer, { target, source, on, clauses }: ResolvedMerge): Traced {
  const inputs = [tracer.relation(target.relation), tracer.relation(source), asControl(tracer.expression(on), 'join')];
  const conditions = clauses.flatMap(({ condition }) => (condition ? [asControl(tracer.expression(condition), 'filter')] : []));
  const columns = clauses.flatMap((clause) => traceArm(tracer, target.table, clause));
  return { target: target.table.path, columns, rows: union([...inputs, ...conditions]) };
}

function traceArm(tracer: Tracer, table: CatalogTable, { action }: MergeArm) {
  if (action.kind === 'delete') return [];
  if (action.kind === 'update') return traceAssignments(tracer, table, action.assignments);
  return action.columns.map((column, index) => ({ name: nameOf(table, column), flow: traceValue(tracer, action.values[index]) }));
}
