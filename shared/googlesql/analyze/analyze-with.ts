import type { Query, QueryBody, SetOperation, TablePathExpression, WithClause, WithEntry } from '../syntax/ast-query.ts';
import { walk } from '../syntax/walk.ts';
import { typeText } from '../types/sql-type.ts';
import { analyzeQuery, bodyWithoutTail, type QueryContext } from './analyze-query.ts';
import { setTypes } from './analyze-set-operation.ts';
import { columnReference } from './build-expression.ts';
import { checkRecursiveTerm, readsTable } from './check-recursive-term.ts';
import { convert, isCoercible } from './coerce.ts';
import type { CteDefinition, OutputColumn, ResolvedQuery } from './resolved-tree.ts';
import { lower } from './scope.ts';

/** Binds the entries' names in the analysis and gives the definitions in an order in which each comes after what it reads. */
export function analyzeWithClause(clause: WithClause, context: QueryContext): CteDefinition[] {
  const { analysis } = context;
  const names = new Set<string>();
  for (const { name } of clause.entries) {
    if (names.has(lower(name.name))) throw analysis.error(name, `Duplicate alias ${name.name} for WITH subquery`);
    names.add(lower(name.name));
  }
  const entries = clause.isRecursive ? dependencyOrder(clause.entries, context) : clause.entries;
  const ctes = new Map(analysis.ctes);
  analysis.ctes = ctes;
  return entries.map((entry) => {
    const isRecursive = clause.isRecursive && readsTable(entry.query, entry.name.name);
    const definition = isRecursive ? recursiveDefinition(entry, context) : plainDefinition(entry, context);
    ctes.set(lower(entry.name.name), { definition, query: definition.query });
    return definition;
  });
}

const plainDefinition = (entry: WithEntry, context: QueryContext): CteDefinition => ({
  name: context.analysis.uniqueName(entry.name.name),
  query: analyzeQuery(entry.query, context),
});

function dependencyOrder(entries: readonly WithEntry[], { analysis }: QueryContext): WithEntry[] {
  const ordered = new Set<WithEntry>();
  const byName = new Map(entries.map((entry) => [lower(entry.name.name), entry]));
  const visiting = new Set<WithEntry>();
  const visit = (entry: WithEntry): void => {
    if (ordered.has(entry)) return;
    if (visiting.has(entry)) throw analysis.unsupported(entry.name, 'Mutual recursion of WITH entries');
    visiting.add(entry);
    for (const other of entriesRead(entry, byName)) if (other !== entry) visit(other);
    ordered.add(entry);
  };
  for (const entry of entries) visit(entry);
  return [...ordered];
}

/** The entries of the same WITH whose names a query mentions as tables. */
function entriesRead({ query }: WithEntry, byName: ReadonlyMap<string, WithEntry>): Set<WithEntry> {
  const read = new Set<WithEntry>();
  walk(query, (node) => {
    if (node.kind !== 'TablePathExpression') return;
    const { names } = (node as TablePathExpression).path;
    const entry = names.length === 1 ? byName.get(lower(names[0]!.name)) : undefined;
    if (entry) read.add(entry);
  });
  return read;
}

/** `base UNION [ALL] recursive …`: the inputs before the first that reads the name are the base term. */
function recursiveDefinition(entry: WithEntry, context: QueryContext): CteDefinition {
  const { analysis } = context;
  const operation = unionOf(entry.query);
  const wrong = `Recursive reference to a table in WITH entry ${entry.name.name} is only allowed in a recursive term of a UNION`;
  if (operation?.operator !== 'UNION' || operation.inputs.length < 2) throw analysis.error(entry.name, wrong);
  const split = operation.inputs.findIndex((i) => readsTable(i, entry.name.name));
  if (split < 1) throw analysis.error(entry.name, wrong);
  const terms = operation.inputs.slice(split);
  if (terms.length > 1)
    throw analysis.error(terms[1]!, 'The final UNION in a recursive query is the recursive term and must have only one query argument');
  checkRecursiveTerm(terms[0]!, entry.name.name, analysis);
  const first = unionPart(operation, operation.inputs.slice(0, split), context);
  const base = coerceToBase(first, first, entry, context);
  const definition: CteDefinition = { name: analysis.uniqueName(entry.name.name), query: base };
  const around = analysis.ctes;
  analysis.ctes = new Map([...around, [lower(entry.name.name), { definition, query: base }]]);
  const term = unionPart(operation, terms, context);
  analysis.ctes = around;
  return { ...definition, recursive: { query: coerceToBase(term, base, entry, context), isAll: operation.quantifier === 'ALL' } };
}

function unionOf(query: Query): SetOperation | undefined {
  let body: QueryBody = query;
  while (body.kind === 'Query' && !body.with && !body.orderBy && !body.limit && !body.pipes.length) body = body.body;
  return body.kind === 'SetOperation' ? body : undefined;
}

function unionPart(operation: SetOperation, inputs: readonly QueryBody[], context: QueryContext): ResolvedQuery {
  const queries = inputs.map((i) => bodyWithoutTail(i, context));
  if (queries.length === 1) return queries[0]!;
  return setTypes(operation, queries, context);
}

function coerceToBase(term: ResolvedQuery, base: ResolvedQuery, entry: WithEntry, { analysis }: QueryContext): ResolvedQuery {
  if (term.columns.length !== base.columns.length) {
    throw analysis.error(
      entry.name,
      `Queries in UNION ALL have mismatched column count; query 1 has ${base.columns.length} columns, query 2 has ${term.columns.length} columns`,
    );
  }
  const computed = term.columns.map(({ name, column }, i) => {
    const type = base.columns[i]!.column.type;
    const reference = columnReference(column);
    if (!isCoercible(reference, type)) {
      throw analysis.error(entry.name, `Column ${i + 1} in UNION ALL has incompatible types: ${typeText(type)}, ${typeText(column.type)}`);
    }
    return { column: analysis.column(name, type), expression: convert(reference, type) };
  });
  const columns = computed.map(({ column }): OutputColumn => ({ name: column.name, column }));
  return { relation: { kind: 'project', input: term.relation, computed }, columns, isValueTable: base.isValueTable };
}
