import type { PipeOperator } from '../syntax/ast-query.ts';
import { collectExpressions } from './collect-expression.ts';
import { collectQuery, collectWith } from './collect-query.ts';
import { collectTable, collectTableCall } from './collect-table.ts';
import type { Collector } from './collector.ts';
import { addAlias, createScope, type Scope } from './scope.ts';

/** Pipes in order. `query` is the scope outside of the pipe's table, `table` holds the aliases that the table still has. */
export function collectPipes(collector: Collector, pipes: readonly PipeOperator[], query: Scope, table: Scope): void {
  let scope = table;
  for (const pipe of pipes) scope = collectPipe(collector, pipe, query, scope);
}

function collectPipe(collector: Collector, pipe: PipeOperator, query: Scope, scope: Scope): Scope {
  switch (pipe.kind) {
    case 'PipeJoin':
      collectTable(collector, pipe.right, scope);
      collectExpressions(collector, [pipe.on], scope);
      return scope;
    case 'PipeSetOperation':
      for (const input of pipe.inputs) collectQuery(collector, input, query);
      return createScope(query);
    case 'PipeWith':
      collectWith(collector, pipe.with, query);
      return scope;
    case 'PipeCall':
      collectTableCall(collector, pipe.call, scope);
      return withAlias(query, pipe.call.alias?.name);
    case 'PipeAs':
      return withAlias(query, pipe.alias.name);
    default:
      collectExpressions(collector, [pipe], scope);
      return isReshaping(pipe) ? createScope(query) : scope;
  }
}

function withAlias(query: Scope, name: string | undefined): Scope {
  const scope = createScope(query);
  addAlias(scope, name);
  return scope;
}

/** After these the table has no aliases any more; where in doubt a path is taken for a table, which policy then judges. */
const isReshaping = ({ kind }: PipeOperator): boolean =>
  kind === 'PipeSelect' ||
  kind === 'PipeAggregate' ||
  kind === 'PipeDistinct' ||
  kind === 'PipePivot' ||
  kind === 'PipeUnpivot' ||
  kind === 'PipeMatchRecognize';
