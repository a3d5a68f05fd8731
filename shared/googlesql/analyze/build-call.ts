import { functionsNamed } from '../functions/function-table.ts';
import { resolveOverload } from '../functions/resolve-overload.ts';
import { substitute } from '../functions/signature.ts';
import { convert, typingOf } from './coerce.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

/** A call of a library function whose arguments are known to fit, made by the analyzer itself. */
export function callWithTypes(name: string, args: readonly ResolvedExpression[]): ResolvedExpression {
  const shapes = args.map((a) => ({ kind: 'value', type: a.type, typing: typingOf(a) }) as const);
  const { signature, bindings, targets } = resolveOverload(functionsNamed(name)!, () => shapes)!;
  const converted = args.map((a, i) => (targets[i] ? convert(a, targets[i]) : a));
  return { kind: 'call', name, signature, arguments: converted, isSafe: false, type: substitute(signature.returns, bindings)! };
}
