import type { Query, QueryBody, Select, WithClause } from '../syntax/ast-query.ts';
import { collectExpressions } from './collect-expression.ts';
import { collectPipes } from './collect-pipe.ts';
import { collectTable } from './collect-table.ts';
import type { Collector } from './collector.ts';
import { addQueryName, createScope, type Scope } from './scope.ts';

export function collectQuery(collector: Collector, query: Query, outer: Scope): void {
  const scope = createScope(outer);
  if (query.with) collectWith(collector, query.with, scope);
  const inner = collectBody(collector, query.body, scope);
  collectExpressions(collector, [query.orderBy, query.limit], inner);
  collectPipes(collector, query.pipes, scope, query.body.kind === 'FromQuery' ? inner : createScope(scope));
}

/** Later entries see earlier ones; with RECURSIVE all see all. */
export function collectWith(collector: Collector, clause: WithClause, scope: Scope): void {
  if (clause.isRecursive) for (const entry of clause.entries) addQueryName(scope, entry.name.name);
  for (const entry of clause.entries) {
    collectQuery(collector, entry.query, scope);
    addQueryName(scope, entry.name.name);
  }
}

/** Returns the scope that the body's ORDER BY sees. */
function collectBody(collector: Collector, body: QueryBody, scope: Scope): Scope {
  switch (body.kind) {
    case 'Select':
      return collectSelect(collector, body, scope);
    case 'FromQuery': {
      const from = createScope(scope);
      collectTable(collector, body.from, from);
      return from;
    }
    case 'SetOperation':
      for (const input of body.inputs) collectBody(collector, input, scope);
      return scope;
    case 'Query':
      collectQuery(collector, body, scope);
      return scope;
  }
}

function collectSelect(collector: Collector, select: Select, scope: Scope): Scope {
  const from = createScope(scope);
  if (select.from) collectTable(collector, select.from, from);
  const { selectWith, selectList, where, groupBy, having, qualify, windows } = select;
  collectExpressions(collector, [selectWith, ...selectList, where, groupBy, having, qualify, ...windows], from);
  return from;
}
