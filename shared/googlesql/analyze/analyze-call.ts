import { functionsNamed } from '../functions/function-table.ts';
import { type ArgumentShape, type Match, parameterAt, resolveOverload } from '../functions/resolve-overload.ts';
import { type ScalarSignature, substitute } from '../functions/signature.ts';
import type { Argument, Expression, FunctionCall, Lambda, Node } from '../syntax/ast.ts';
import { INT64, type SqlType } from '../types/sql-type.ts';
import { analyzeAggregate, analyzeAggregateModifiers } from './analyze-aggregate.ts';
import { keywordText } from './analyze-date-part.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { analyzeWindowCall } from './analyze-window.ts';
import { columnReference, stringLiteral } from './build-expression.ts';
import { callRoutine } from './call-routine.ts';
import { refuseComparison, refuseNullOperands } from './check-operands.ts';
import { checkParts } from './check-parts.ts';
import { coerce, convert, typingOf } from './coerce.ts';
import { conditionalPlaces } from './conditional-parts.ts';
import { type ExpressionContext, insideAggregate } from './expression-context.ts';
import { lazily } from './lazy-subquery.ts';
import { walkTree } from './map-tree.ts';
import { noMatchingSignature } from './no-matching-signature.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';

/** An argument before its parameter is known. */
export type PreparedArgument =
  | { readonly kind: 'value'; readonly expression: ResolvedExpression; readonly node: Node }
  | { readonly kind: 'lambda'; readonly node: Lambda }
  | { readonly kind: 'keyword'; readonly text: string };
type Prepared = { readonly positional: readonly PreparedArgument[]; readonly named: ReadonlyMap<string, PreparedArgument> };

export function analyzeCall(node: FunctionCall, context: ExpressionContext): ResolvedExpression {
  const name = node.function.names.map((n) => n.name).join('.');
  const isStar = node.arguments[0]?.kind === 'Star';
  const upper = isStar && name.toUpperCase() === 'COUNT' ? '$count_star' : name.toUpperCase();
  const signatures = functionsNamed(upper);
  if (!signatures) return callRoutine(node, context);
  const [{ kind }] = signatures as [ScalarSignature];
  if (kind === 'scalar' && node.over) throw context.analysis.error(node, `Function ${name} does not support an OVER clause`);
  const inner = kind === 'aggregate' && !node.over && upper !== 'GROUPING' ? insideAggregate(context) : context;
  const nodes = isStar ? [] : node.arguments;
  const prepared = prepareArguments(nodes, signatures, inner);
  const call = applySignature(upper, signatures, prepared, node, inner);
  if (call.kind !== 'call') return call;
  if (kind === 'scalar') return node.isSafe ? { ...call, isSafe: true } : call;
  const aggregate = analyzeAggregateModifiers(node, call, inner);
  return node.over ? analyzeWindowCall(node, aggregate, context) : analyzeAggregate(node, kind, aggregate, context);
}

/** Calls a library function or operator with arguments still to be analyzed. */
export function callBuiltin(name: string, nodes: readonly Expression[], node: Node, context: ExpressionContext): ResolvedExpression {
  const signatures = functionsNamed(name)!;
  refuseNullOperands(name, nodes, context.analysis, 'isNot' in node && node.isNot === true);
  return applySignature(name, signatures, prepareArguments(nodes, signatures, context), node, context);
}

/** Calls a library function or operator with arguments analyzed already. */
export function callWith(name: string, args: readonly ResolvedExpression[], node: Node, context: ExpressionContext): ResolvedExpression {
  const positional = args.map((expression): PreparedArgument => ({ kind: 'value', expression, node }));
  return applySignature(name, functionsNamed(name)!, { positional, named: new Map() }, node, context);
}

function prepareArguments(nodes: readonly Argument[], signatures: readonly ScalarSignature[], context: ExpressionContext): Prepared {
  const positional: PreparedArgument[] = [];
  const named = new Map<string, PreparedArgument>();
  for (const node of nodes) {
    if (node.kind === 'NamedArgument')
      named.set(lower(node.name.name), prepareArgument(node.value, isKeywordName(signatures, node.name.name), context));
    else positional.push(prepareArgument(node, isKeywordAt(signatures, positional.length), context));
  }
  return { positional, named };
}

const isKeywordAt = (signatures: readonly ScalarSignature[], index: number): boolean =>
  signatures.some((s) => parameterAt(s, index)?.pattern.kind === 'keyword');
const isKeywordName = (signatures: readonly ScalarSignature[], name: string): boolean =>
  signatures.some((s) => s.parameters.some((p) => p.name === lower(name) && p.pattern.kind === 'keyword'));

function prepareArgument(node: Argument, mayBeKeyword: boolean, context: ExpressionContext): PreparedArgument {
  if (node.kind === 'Lambda') return { kind: 'lambda', node };
  const keyword = mayBeKeyword ? keywordText(node) : undefined;
  if (keyword) return { kind: 'keyword', text: keyword };
  if (node.kind === 'Query') throw context.analysis.unsupported(node, 'A table as an argument here');
  if (!isExpression(node)) throw context.analysis.unsupported(node, `${node.kind} as an argument`);
  return { kind: 'value', expression: analyzeExpression(node, context), node };
}

const NOT_EXPRESSIONS = new Set([
  'Star',
  'SelectAsAlias',
  'NamedArgument',
  'Lambda',
  'TableArgument',
  'ModelArgument',
  'ConnectionArgument',
  'DescriptorArgument',
  'Query',
]);
const isExpression = (node: Argument): node is Expression => !NOT_EXPRESSIONS.has(node.kind);

const shapeOf = (argument: PreparedArgument | undefined): ArgumentShape => {
  if (!argument) return undefined;
  if (argument.kind === 'lambda') return { kind: 'lambda', arity: argument.node.parameters.length };
  if (argument.kind === 'keyword') return { kind: 'keyword' };
  return { kind: 'value', type: argument.expression.type, typing: typingOf(argument.expression) };
};

/** The arguments in a signature's order; undefined when a named one is not among its parameters. */
function placeArguments({ positional, named }: Prepared, signature: ScalarSignature): (PreparedArgument | undefined)[] | undefined {
  const slots: (PreparedArgument | undefined)[] = [...positional];
  for (const [name, argument] of named) {
    const index = signature.parameters.findIndex((p) => p.name === name);
    if (index < 0 || slots[index]) return undefined;
    slots[index] = argument;
  }
  return Array.from(slots);
}

function applySignature(
  name: string,
  signatures: readonly ScalarSignature[],
  prepared: Prepared,
  node: Node,
  context: ExpressionContext,
): ResolvedExpression {
  const match = resolveOverload(signatures, (s) => placeArguments(prepared, s)?.map(shapeOf));
  if (!match)
    throw noMatchingSignature(name, signatures, [...prepared.positional, ...prepared.named.values()].map(shapeOf), node, context.analysis);
  const slots = placeArguments(prepared, match.signature)!;
  const args = slots.map((slot, i) => finishArgument(slot, i, match, context));
  const types = args.map((a) => a.type);
  refuseComparison(name, types[0], node, context.analysis);
  const literalAt = (i: number) => literalValue(args[i]);
  const type = match.signature.resultType?.(types, literalAt) ?? substitute(match.signature.returns, match.bindings);
  if (!type) throw context.analysis.unsupported(node, `The result type of ${name}`);
  const call = { kind: 'call', name, signature: match.signature, arguments: args, isSafe: false, type } as const;
  checkParts(call, node, context.analysis);
  const places = conditionalPlaces(call);
  return places ? { ...call, arguments: args.map((a, i) => (places.has(i) ? lazily(a, context.analysis) : a)) } : call;
}

function holdsSubquery(body: ResolvedExpression): boolean {
  let found = false;
  walkTree(body, (e) => {
    if (e.kind === 'subquery') found = true;
  });
  return found;
}

export const literalValue = (expression: ResolvedExpression | undefined) => (expression?.kind === 'literal' ? expression.value : undefined);

const ABSENT: ResolvedExpression = { kind: 'sql', sql: '', type: INT64 };
export const isAbsent = (expression: ResolvedExpression): boolean =>
  expression === ABSENT || (expression.kind === 'sql' && expression.sql === '');

function finishArgument(
  argument: PreparedArgument | undefined,
  index: number,
  match: Match,
  context: ExpressionContext,
): ResolvedExpression {
  if (!argument) return ABSENT;
  if (argument.kind === 'keyword') return stringLiteral(argument.text);
  if (argument.kind === 'lambda') return analyzeLambda(argument.node, index, match, context);
  const target = match.targets[index];
  return target ? convert(argument.expression, target) : argument.expression;
}

function analyzeLambda(node: Lambda, index: number, match: Match, context: ExpressionContext): ResolvedExpression {
  const { pattern } = parameterAt(match.signature, index)!;
  if (pattern.kind !== 'lambda') throw context.analysis.error(node, 'Lambda is not allowed here');
  const types = pattern.parameters.map((p): SqlType => substitute(p, match.bindings) ?? INT64);
  const parameters = node.parameters.map((p, i) => context.analysis.column(p.name, types[i]!));
  const aliases = new Map(parameters.map((column) => [lower(column.name), columnReference(column)]));
  const body = analyzeExpression(node.body, { ...context, scope: { columns: [], ranges: new Map(), parent: context.scope, aliases } });
  if (holdsSubquery(body)) throw context.analysis.unsupported(node.body, 'A subquery inside a lambda');
  const wanted = substitute(pattern.returns, match.bindings);
  if (pattern.returns.kind === 'variable' && !wanted) match.bindings.set(pattern.returns.name, body.type);
  const converted = wanted ? coerce(context.analysis, node.body, body, wanted) : body;
  return { kind: 'lambda', parameters, body: converted, type: converted.type };
}
