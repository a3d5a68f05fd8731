import { structField, structOf } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { columnReference, fieldOf, internalCall } from './build-expression.ts';
import { deferFailures } from './defer-failures.ts';
import { mapTree } from './map-tree.ts';
import { columnsOf, mayFail, withColumns } from './may-fail.ts';
import type { Column, ComputedColumn, Relation, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';

// DuckDB computes the scalar subqueries of a branch whether it is taken or not. So what may fail in such a subquery's result is computed outside of
// it, in the branch: the subquery gives the columns it is made of.

/** Arguments that have been through here, so that those of a branch within a branch are not gone into at each level. */
const lazy = new WeakSet<ResolvedExpression>();

/** An argument that is computed only where another says so. */
export function lazily(expression: ResolvedExpression, analysis: Analysis): ResolvedExpression {
  const argument = mapTree(expression, (e) => {
    if (lazy.has(e)) return e;
    if (e.kind !== 'subquery') return undefined;
    return (e.form === 'scalar' && pulledUp(e.query, analysis)) || e;
  });
  lazy.add(argument);
  return argument;
}

function pulledUp(query: ResolvedQuery, analysis: Analysis): ResolvedExpression | undefined {
  const [output] = query.columns;
  if (query.columns.length !== 1) return undefined;
  const constant = constantOf(query);
  if (constant) return constant;
  const found = resultOf(query.relation, output!.column, analysis);
  if (!found || !mayFail(found.expression)) return undefined;
  const columns = columnsOf(found.expression);
  if (!columns.length) return undefined;
  const type = structOf(columns.map((c, i) => structField(`c${i}`, c.type)));
  const parts = {
    column: analysis.column('parts', type),
    expression: { kind: 'struct', fields: columns.map(columnReference), type } as const,
  };
  const inner: ResolvedQuery = { ...query, relation: found.rebuild(parts), columns: [{ name: '', column: parts.column }] };
  const parameter = analysis.column('parts', type);
  const fields = new Map(columns.map((c, i) => [c.id, fieldOf(columnReference(parameter), i)]));
  const body = withColumns(found.expression, fields);
  const lambda: ResolvedExpression = { kind: 'lambda', parameters: [parameter], body, type: body.type };
  const subquery: ResolvedExpression = { kind: 'subquery', form: 'scalar', query: inner, type };
  return internalCall('$pulled_up', [subquery, lambda], body.type, ([row, outside]) => {
    return `list_extract(list_transform(list_filter([${row}], lambda parts: parts IS NOT NULL), ${outside}), 1)`;
  });
}

/** `(SELECT expression)` is the expression. */
function constantOf({ relation, columns: [output] }: ResolvedQuery): ResolvedExpression | undefined {
  if (relation.kind !== 'project' || relation.input.kind !== 'single-row') return undefined;
  const expression = relation.computed.find(({ column }) => column.id === output!.column.id)?.expression;
  return expression && mayFail(expression) ? expression : undefined;
}

type Result = { readonly expression: ResolvedExpression; readonly rebuild: (instead: ComputedColumn) => Relation };

/** How a relation computes its only output column, and the relation with another column in its place. */
function resultOf(relation: Relation, output: Column, analysis: Analysis): Result | undefined {
  if (relation.kind === 'limit' || (relation.kind === 'sort' && !columnsOf(relation.keys).some((c) => c.id === output.id))) {
    const inner = resultOf(relation.input, output, analysis);
    return inner && { ...inner, rebuild: (instead) => ({ ...relation, input: inner.rebuild(instead) }) };
  }
  if (relation.kind === 'project') return resultOfProject(relation, output, analysis);
  if (relation.kind !== 'aggregate' || relation.sets) return undefined;
  const { aggregates, rewrite } = deferFailures(relation.aggregates, [], analysis);
  if (aggregates === relation.aggregates) return undefined;
  const expression = rewrite(columnReference(output));
  return { expression, rebuild: (instead) => ({ kind: 'project', input: { ...relation, aggregates }, computed: [instead] }) };
}

function resultOfProject(relation: Relation & { kind: 'project' }, output: Column, analysis: Analysis): Result | undefined {
  const found = relation.computed.find(({ column }) => column.id === output.id);
  if (!found) {
    const inner = resultOf(relation.input, output, analysis);
    return inner && { ...inner, rebuild: (instead) => ({ ...relation, input: inner.rebuild(instead) }) };
  }
  const rest = relation.computed.filter((c) => c !== found);
  const grouped = relation.input.kind === 'aggregate' && !relation.input.sets && rest.length === 0 ? relation.input : undefined;
  const deferred = grouped && deferFailures(grouped.aggregates, [], analysis);
  const expression = deferred ? deferred.rewrite(found.expression) : found.expression;
  const input: Relation = grouped && deferred ? { ...grouped, aggregates: deferred.aggregates } : relation.input;
  return { expression, rebuild: (instead) => ({ kind: 'project', input, computed: [...rest, instead] }) };
}
