import type { Join, TableExpression, TableFunctionCall, TablePathExpression } from '../syntax/ast-query.ts';
import { collectCallArguments, collectExpressions } from './collect-expression.ts';
import { collectQuery } from './collect-query.ts';
import type { Collector } from './collector.ts';
import { splitPath } from './resolve-name.ts';
import { addAlias, addAliasesOf, createPartScope, createSeparateScope, isAlias, isQueryName, type Scope } from './scope.ts';

/** What FROM reads. `scope` is that of the FROM clause and takes the aliases; subqueries see only what is outside of it. */
export function collectTable(collector: Collector, table: TableExpression, scope: Scope): void {
  if (table.kind === 'Join') collectJoins(collector, table, scope);
  else collectOne(collector, table, scope);
}

/** Joins lean left, maybe very far: their spine is walked without recursion. A join in parentheses does not see the tables beside it. */
function collectJoins(collector: Collector, last: Join, outside: Scope): void {
  const scope = createSeparateScope(outside);
  const spine: Join[] = [];
  let first: TableExpression = last;
  while (first.kind === 'Join') {
    spine.push(first);
    first = first.left;
  }
  collectTable(collector, first, scope);
  for (const join of spine.reverse()) {
    collectTable(collector, join.right, scope);
    collectExpressions(collector, [join.on], scope);
  }
  addAliasesOf(outside, scope);
}

function collectOne(collector: Collector, table: Exclude<TableExpression, Join>, scope: Scope): void {
  switch (table.kind) {
    case 'TablePathExpression':
      collectPath(collector, table, scope);
      return;
    case 'UnnestTable':
      collectExpressions(collector, [table.unnest], scope);
      addAlias(scope, table.alias?.name);
      return;
    case 'TableSubquery':
      collectQuery(collector, table.query, table.isLateral ? scope : createSeparateScope(scope));
      addAlias(scope, table.alias?.name);
      return;
    case 'TableFunctionCall':
      collectTableCall(collector, table, scope);
      addAlias(scope, table.alias?.name);
      return;
    case 'SampledTable':
      collectTable(collector, table.input, scope);
      collectExpressions(collector, [table.sample], scope);
      return;
    case 'PivotTable':
      collectReshaped(collector, table, [table.pivot], scope);
      return;
    case 'UnpivotTable':
      collectReshaped(collector, table, [], scope);
      return;
    case 'MatchRecognizeTable':
      collectReshaped(collector, table, [table.match], scope);
  }
}

type Reshaped = { readonly input: TableExpression; readonly alias: { readonly name: string } | undefined };

/** The input's aliases end with the operator. */
function collectReshaped(collector: Collector, table: Reshaped, nodes: Parameters<typeof collectExpressions>[1], scope: Scope): void {
  const inside = createPartScope(scope);
  collectTable(collector, table.input, inside);
  collectExpressions(collector, nodes, inside);
  addAlias(scope, table.alias?.name);
}

function collectPath(collector: Collector, table: TablePathExpression, scope: Scope): void {
  const { path, alias, systemTime } = table;
  collectExpressions(collector, [systemTime], scope);
  if (systemTime) collector.draft.touches.timeTravel = true;
  if (!isHidden(table, scope)) collector.addRead(path);
  addAlias(scope, alias?.name ?? splitPath(path).at(-1));
}

/** A single name may be a CTE; a path may start at a table before it, and then is an array in its rows. A name with dots is always a table's. */
function isHidden({ path }: TablePathExpression, scope: Scope): boolean {
  const [first] = path.names;
  if (!first) return true;
  if (first.name.includes('.')) return false;
  return path.names.length === 1 ? isQueryName(scope, first.name) : isAlias(scope, first.name);
}

export function collectTableCall(collector: Collector, call: TableFunctionCall, scope: Scope): void {
  collector.addCall(call.function, 'tableFunction');
  collectCallArguments(collector, call.function, call.arguments);
  for (const argument of call.arguments) {
    const value = argument.kind === 'NamedArgument' ? argument.value : argument;
    if (value.kind === 'TableArgument' && isQueryTable(value.table.names, scope)) continue;
    collectExpressions(collector, [value], value.kind === 'Query' ? createSeparateScope(scope) : scope);
  }
}

const isQueryTable = (names: readonly { readonly name: string }[], scope: Scope): boolean =>
  names.length === 1 && !names[0]?.name.includes('.') && isQueryName(scope, names[0]?.name ?? '');
