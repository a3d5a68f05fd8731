import type { CatalogTable } from '../analyze/catalog.ts';
import type {
  Assignment,
  MergeArm,
  ResolvedExpression,
  ResolvedInsert,
  ResolvedMerge,
  ResolvedStatement,
} from '../analyze/resolved-tree.ts';
import { readableQuery } from '../generate/readable-query.ts';
import { type Flow, merge, NO_CONTROL, NOTHING, union } from './flow.ts';
import { partAsControl } from './trace-expression.ts';
import type { TracedStatement } from './trace-lineage.ts';
import type { Tracer } from './tracer.ts';

type Traced = Pick<TracedStatement, 'target' | 'columns' | 'rows'>;
type NamedFlow = Traced['columns'][number];

export function traceStatement(tracer: Tracer, statement: ResolvedStatement): Traced {
  switch (statement.kind) {
    case 'query': {
      const query = readableQuery(statement.query);
      const { columns, rows } = tracer.query(query);
      return { target: undefined, columns: columns.map((flow, index) => ({ name: query.columns[index]?.name ?? '', flow })), rows };
    }
    case 'insert':
      return traceInsert(tracer, statement);
    case 'update': {
      const inputs = [tracer.relation(statement.target.relation), statement.from ? tracer.relation(statement.from) : NO_CONTROL];
      const rows = union([...inputs, partAsControl(tracer, statement.where, 'filter')]);
      const { table } = statement.target;
      return { target: table.path, columns: byColumn(traceAssignments(tracer, table, statement.assignments)), rows };
    }
    case 'delete': {
      const rows = tracer.relation(statement.target.relation);
      return { target: statement.target.table.path, columns: [], rows: union([rows, partAsControl(tracer, statement.where, 'filter')]) };
    }
    case 'merge':
      return traceMerge(tracer, statement);
    case 'truncate':
      return { target: statement.target.table.path, columns: [], rows: NO_CONTROL };
  }
}

/** Several rows and arms write the same column. */
function byColumn(flows: readonly NamedFlow[]): NamedFlow[] {
  const columns = new Map<string, Flow[]>();
  for (const { name, flow } of flows) columns.set(name, [...(columns.get(name) ?? []), flow]);
  return [...columns].map(([name, each]) => ({ name, flow: merge([NOTHING, ...each]) }));
}

function traceInsert(tracer: Tracer, { table, columns, query, rows: given = [] }: ResolvedInsert): Traced {
  const traced = query && tracer.query(query);
  const visible = traced?.columns.filter((_, index) => !query?.columns[index]?.isPseudo);
  const flowAt = (index: number): Flow =>
    visible ? (visible[index] ?? tracer.unknown()) : merge([NOTHING, ...given.map((row) => traceValue(tracer, row[index]))]);
  const written = columns.map((column, index) => ({ name: nameOf(table, column), flow: flowAt(index) }));
  return { target: table.path, columns: written, rows: traced?.rows ?? NO_CONTROL };
}

const nameOf = (table: CatalogTable, index: number): string => table.columns[index]?.name ?? '';

const traceValue = (tracer: Tracer, value: ResolvedExpression | 'default' | undefined): Flow =>
  value === undefined || value === 'default' ? NOTHING : tracer.expression(value);

const traceAssignments = (tracer: Tracer, table: CatalogTable, assignments: readonly Assignment[]) =>
  assignments.map(({ column, value }) => ({ name: nameOf(table, column), flow: traceValue(tracer, value) }));

function traceMerge(tracer: Tracer, { target, source, on, clauses }: ResolvedMerge): Traced {
  const inputs = [tracer.relation(target.relation), tracer.relation(source), partAsControl(tracer, on, 'join')];
  const conditions = clauses.map(({ condition }) => partAsControl(tracer, condition, 'filter'));
  const columns = byColumn(clauses.flatMap((clause) => traceArm(tracer, target.table, clause)));
  return { target: target.table.path, columns, rows: union([...inputs, ...conditions]) };
}

function traceArm(tracer: Tracer, table: CatalogTable, { action }: MergeArm): NamedFlow[] {
  if (action.kind === 'delete') return [];
  if (action.kind === 'update') return traceAssignments(tracer, table, action.assignments);
  return action.columns.map((column, index) => ({ name: nameOf(table, column), flow: traceValue(tracer, action.values[index]) }));
}
