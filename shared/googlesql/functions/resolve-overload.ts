import { coercionDistance, isCastable, supertype, type TypedOperand, type Typing } from '../types/coercion.ts';
import { INT64, type SqlType, STRING } from '../types/sql-type.ts';
import { type Bindings, type Parameter, type ScalarSignature, substitute, type TypePattern } from './signature.ts';

/** An argument as overload resolution sees it. */
export type ArgumentShape =
  | { readonly kind: 'value'; readonly type: SqlType; readonly typing: Typing }
  | { readonly kind: 'lambda'; readonly arity: number }
  | { readonly kind: 'keyword' }
  | undefined;

export type Match = {
  readonly signature: ScalarSignature;
  readonly bindings: Bindings;
  readonly targets: readonly (SqlType | undefined)[];
};

/**
 * The cheapest signature whose parameters the arguments coerce to; the earlier one on a draw. `place` puts the arguments into a signature's order
 * (named ones have their own), undefined where a signature has no such name; slot `i` belongs to parameter `i` (repeated: the last).
 */
export function resolveOverload(
  signatures: readonly ScalarSignature[],
  place: (signature: ScalarSignature) => readonly ArgumentShape[] | undefined,
): Match | undefined {
  let best: { match: Match; cost: number } | undefined;
  for (const signature of signatures) {
    const args = place(signature);
    const candidate = args && matchSignature(signature, args);
    if (candidate && (!best || candidate.cost < best.cost)) best = candidate;
  }
  return best?.match;
}

/** The parameter that takes the i-th argument of n; a repeated group is the run of repeated parameters. */
export function parameterAt(signature: ScalarSignature, index: number): Parameter | undefined {
  const { parameters } = signature;
  const first = parameters.findIndex((p) => p.isRepeated);
  if (first < 0 || index < first) return parameters[index];
  const group = parameters.filter((p) => p.isRepeated);
  return group[(index - first) % group.length];
}

const isCountRight = (signature: ScalarSignature, args: readonly ArgumentShape[]): boolean => {
  const { parameters } = signature;
  const repeated = parameters.filter((p) => p.isRepeated).length;
  if (repeated) {
    const fixed = parameters.filter((p) => !p.isOptional && !p.isRepeated).length;
    return args.length >= fixed && (args.length - parameters.findIndex((p) => p.isRepeated)) % repeated === 0;
  }
  return args.length <= parameters.length && parameters.every((p, i) => p.isOptional || args[i] !== undefined);
};

function matchSignature(signature: ScalarSignature, args: readonly ArgumentShape[]): { match: Match; cost: number } | undefined {
  if (!isCountRight(signature, args)) return undefined;
  const bindings = bindVariables(signature, args);
  if (!bindings || (args.length === 0 && signature.returns.kind === 'variable')) return undefined;
  const targets: (SqlType | undefined)[] = [];
  let cost = 0;
  for (const [i, arg] of args.entries()) {
    const { pattern } = parameterAt(signature, i)!;
    const step = arg === undefined ? 0 : argumentCost(arg, pattern, bindings);
    if (step === undefined) return undefined;
    cost += step;
    targets.push(arg?.kind === 'value' ? (substitute(pattern, bindings) ?? arg.type) : undefined);
  }
  return { match: { signature, bindings, targets }, cost };
}

function argumentCost(arg: NonNullable<ArgumentShape>, pattern: TypePattern, bindings: Bindings): number | undefined {
  if (arg.kind === 'lambda') return pattern.kind === 'lambda' && pattern.parameters.length === arg.arity ? 0 : undefined;
  if (arg.kind === 'keyword') return pattern.kind === 'keyword' ? 0 : undefined;
  if (pattern.kind === 'lambda' || pattern.kind === 'keyword') return undefined;
  if (pattern.kind === 'any') return 0;
  if (pattern.kind === 'castable') return isCastable(arg.type, STRING) ? 0 : undefined;
  if (pattern.kind === 'struct') return arg.type.kind === 'STRUCT' ? 0 : undefined;
  const target = substitute(pattern, bindings);
  return target && coercionDistance(arg.type, target, arg.typing);
}

function bindVariables(signature: ScalarSignature, args: readonly ArgumentShape[]): Bindings | undefined {
  const operands = new Map<string, TypedOperand[]>();
  for (const [i, arg] of args.entries()) if (arg?.kind === 'value') collectOperands(parameterAt(signature, i)!.pattern, arg, operands);
  const bindings: Bindings = new Map();
  for (const [name, candidates] of operands) {
    const type = supertype(candidates);
    if (!type) return undefined;
    bindings.set(name, type);
  }
  for (const name of variablesOf(signature)) if (!bindings.has(name)) bindings.set(name, INT64);
  return bindings;
}

function collectOperands(pattern: TypePattern, operand: TypedOperand, into: Map<string, TypedOperand[]>): void {
  if (pattern.kind === 'variable') into.set(pattern.name, [...(into.get(pattern.name) ?? []), operand]);
  if (pattern.kind !== 'array' && pattern.kind !== 'range') return;
  const wanted = pattern.kind === 'array' ? 'ARRAY' : 'RANGE';
  if (operand.type.kind === wanted)
    collectOperands(pattern.element, { type: (operand.type as { element: SqlType }).element, typing: operand.typing }, into);
}

/** Variables bound by values; those only a lambda's result binds stay free. */
function variablesOf(signature: ScalarSignature): string[] {
  const names: string[] = [];
  const visit = (pattern: TypePattern): void => {
    if (pattern.kind === 'variable') names.push(pattern.name);
    if (pattern.kind === 'array' || pattern.kind === 'range') visit(pattern.element);
  };
  for (const p of signature.parameters) if (p.pattern.kind !== 'lambda') visit(p.pattern);
  return names;
}
