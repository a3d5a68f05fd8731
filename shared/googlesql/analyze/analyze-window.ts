import type { FunctionCall } from '../syntax/ast.ts';
import type { WindowSpecification } from '../syntax/ast-query.ts';
import type { Analysis } from './analysis.ts';
import { sortKeys, type TypedAggregate } from './analyze-aggregate.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { analyzeFrame } from './analyze-frame.ts';
import type { ExpressionContext } from './expression-context.ts';
import { NEEDS_WINDOW_ORDER, REFUSES_FRAME, REFUSES_WINDOW_ORDER } from './function-traits.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';
import { refuses } from './type-traits.ts';

export function analyzeWindowCall(node: FunctionCall, call: TypedAggregate, context: ExpressionContext): ResolvedExpression {
  if (!context.windows) throw context.analysis.error(node, `Analytic function not allowed in ${context.clause}`);
  const specification = mergeBase(node.over!, context, new Set());
  checkSpecification(node, call, specification, context.analysis);
  const inside: ExpressionContext = { ...context, windows: undefined };
  const partitionBy = specification.partitionBy.map((key) => partitionKey(key, { ...inside, clause: 'PARTITION BY' }));
  const orderBy = specification.orderBy ? sortKeys(specification.orderBy, { ...inside, clause: 'Window ORDER BY' }) : [];
  const frame = specification.frame && analyzeFrame(specification.frame, orderBy, inside);
  return { kind: 'window', call, partitionBy, orderBy, ...(frame && { frame }), type: call.type };
}

function checkSpecification(node: FunctionCall, { name }: TypedAggregate, specification: WindowSpecification, analysis: Analysis): void {
  const { orderBy, frame } = specification;
  const what = `analytic function ${name.toLowerCase()}`;
  if (!orderBy && NEEDS_WINDOW_ORDER.has(name)) throw analysis.error(node, `Window ORDER BY is required for ${what}`);
  if (orderBy && REFUSES_WINDOW_ORDER.has(name)) throw analysis.error(orderBy, `Window ORDER BY is not allowed for ${what}`);
  if (frame && REFUSES_FRAME.has(name)) throw analysis.error(frame, `Window framing clause is not allowed for ${what}`);
  if (orderBy && node.isDistinct) throw analysis.error(orderBy, 'Window ORDER BY is not allowed if DISTINCT is specified');
  if (frame && node.isDistinct) throw analysis.error(frame, 'Window framing clause is not allowed if DISTINCT is specified');
}

function partitionKey(node: WindowSpecification['partitionBy'][number], context: ExpressionContext): ResolvedExpression {
  const key = analyzeExpression(node, context);
  const refused = refuses('partition', key.type);
  if (refused) throw context.analysis.error(node, `Partitioning by expressions of type ${refused} is not allowed`);
  return key;
}

/** A specification with what the named window it builds on adds. */
function mergeBase(specification: WindowSpecification, context: ExpressionContext, seen: Set<string>): WindowSpecification {
  const { baseName } = specification;
  if (!baseName) return specification;
  const { analysis } = context;
  const found = context.windows?.get(lower(baseName.name));
  if (!found || seen.has(lower(baseName.name))) throw analysis.error(baseName, `Unrecognized window alias ${baseName.name}`);
  const base = mergeBase(found, context, seen.add(lower(baseName.name)));
  if (specification.partitionBy.length)
    throw analysis.error(specification, 'If a window has a PARTITION BY, it cannot reference a named window');
  if (specification.orderBy && base.orderBy)
    throw analysis.error(specification, 'If a window inherits an ORDER BY from its referenced window, it cannot have an inline ORDER BY');
  if ((specification.orderBy || specification.frame) && base.frame)
    throw analysis.error(
      specification,
      'If a window has an inline ORDER BY or window frame clause, it cannot reference another window that contains or inherits a window frame clause',
    );
  return {
    ...specification,
    baseName: undefined,
    partitionBy: base.partitionBy,
    orderBy: specification.orderBy ?? base.orderBy,
    frame: specification.frame ?? base.frame,
  };
}
