import type { Argument, Expression, NamedArgument, Node, OptionList, PathExpression } from '../syntax/ast.ts';
import type { Query } from '../syntax/ast-query.ts';
import { childrenOf } from '../syntax/walk.ts';
import { collectLocations, collectOptions } from './collect-options.ts';
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

type KnownNode = Expression | Exclude<Argument, Query> | OptionList;

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
    case 'OptionList':
      collectOptions(collector, known);
      return;
    default:
  }
}

const toText = (path: PathExpression): string => path.names.map(({ name }) => name).join('.');

/**
 * Arguments that reach outside: EXTERNAL_QUERY's and OBJ.MAKE_REF's connection, locations of objects and of keys, `connection_id => …` and
 * `endpoint => …` of the AI functions. APPENDS and CHANGES show rows of the past.
 */
export function collectCallArguments(collector: Collector, path: PathExpression, given: readonly Argument[]): void {
  const { touches } = collector.draft;
  const name = toText(path).toUpperCase();
  const [first, second] = given;
  if (name === 'EXTERNAL_QUERY') {
    touches.externalQuery = true;
    if (first?.kind !== 'NamedArgument') collector.addConnection(toLiteral(first));
  }
  if (name === 'APPENDS' || name === 'CHANGES') touches.timeTravel = true;
  if (name === 'OBJ.MAKE_REF' && second && second.kind !== 'NamedArgument') collector.addConnection(toLiteral(second));
  if (first && first.kind !== 'NamedArgument' && isLocated(name)) collectLocations(collector, first);
  for (const argument of given) if (argument.kind === 'NamedArgument') collectNamed(collector, argument);
}

/** Functions whose first argument is where something lies: an object in a bucket, a key that Cloud KMS holds. */
const isLocated = (name: string): boolean => name === 'OBJ.MAKE_REF' || /^KEYS\.(KEYSET_CHAIN|\w*WRAPPED_KEYSET)$/.test(name);

function collectNamed(collector: Collector, { name, value }: NamedArgument): void {
  const key = name.name.toLowerCase();
  if (key === 'connection_id' || key === 'connection' || key === 'authorizer') collector.addConnection(toLiteral(value));
  if (key === 'endpoint' || key === 'uri') collectLocations(collector, value);
}

/** A computed name cannot be judged: `?`. */
const toLiteral = (value: Argument | undefined): string => (value?.kind === 'StringLiteral' ? value.value : '?');
