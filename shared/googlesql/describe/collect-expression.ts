import type { Argument, Expression, Node, PathExpression } from '../syntax/ast.ts';
import type { Query } from '../syntax/ast-query.ts';
import { childrenOf } from '../syntax/walk.ts';
import { collectQuery } from './collect-query.ts';
import type { Collector } from './collector.ts';
import type { Scope } from './scope.ts';

/** Functions, parameters, subqueries and models in expressions, and in anything else that holds no FROM of its own. */
export function collectExpressions(collector: Collector, roots: readonly (Node | undefined)[], scope: Scope): void {
  const pending = roots.filter((root) => root !== undefined);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.kind === 'Query') collectQuery(collector, node as Query, scope);
    else {
      collectOne(collector, node);
      for (const child of childrenOf(node)) pending.push(child);
    }
  }
}

type KnownNode = Expression | Exclude<Argument, Query>;

function collectOne(collector: Collector, node: Node): void {
  const known = node as KnownNode;
  switch (known.kind) {
    case 'FunctionCall':
      collector.addCall(known.function, 'function');
      collectCallArguments(collector, known.function, known.arguments);
      return;
    case 'Parameter':
      collector.addParameter(known.name);
      return;
    case 'TableArgument':
      collector.addRead(known.table);
      return;
    case 'ModelArgument':
      collector.addModel(known.model);
      return;
    case 'ConnectionArgument':
      collector.addConnection(known.connection ? toText(known.connection) : 'DEFAULT');
      return;
    default:
  }
}

const toText = (path: PathExpression): string => path.names.map(({ name }) => name).join('.');

/** Arguments that name a connection: EXTERNAL_QUERY's first, `connection_id => …` of the AI functions. */
export function collectCallArguments(collector: Collector, path: PathExpression, given: readonly Argument[]): void {
  const isExternal = path.names.length === 1 && path.names[0]?.name.toUpperCase() === 'EXTERNAL_QUERY';
  if (isExternal) {
    collector.draft.touches.externalQuery = true;
    const [connection] = given;
    if (connection?.kind !== 'NamedArgument') collector.addConnection(toLiteral(connection));
  }
  for (const argument of given) {
    if (argument.kind !== 'NamedArgument') continue;
    const name = argument.name.name.toLowerCase();
    if (name === 'connection_id' || name === 'connection') collector.addConnection(toLiteral(argument.value));
    if (name === 'endpoint') addUri(collector, argument.value);
  }
}

/** A computed name cannot be judged: `?`. */
const toLiteral = (value: Argument | undefined): string => (value?.kind === 'StringLiteral' ? value.value : '?');

function addUri(collector: Collector, value: Argument): void {
  if (value.kind === 'StringLiteral') collector.draft.touches.uris.push(value.value);
  else collector.draft.touches.dynamicUri = true;
}
