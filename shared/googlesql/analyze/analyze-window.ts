import type { FunctionCall, Node } from '../syntax/ast.ts';
import type { FrameBound as FrameBoundNode, WindowFrame, WindowSpecification } from '../syntax/ast-query.ts';
import { INT64, isNumeric } from '../types/sql-type.ts';
import { sortKeys, type TypedAggregate } from './analyze-aggregate.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { coerce, convert, isCoercible } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { FrameBound, ResolvedExpression, SortKey, WindowExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';

export function analyzeWindowCall(node: FunctionCall, call: TypedAggregate, context: ExpressionContext): ResolvedExpression {
  const name = node.function.names.map((n) => n.name.toUpperCase()).join('.');
  if (!context.windows) throw context.analysis.error(node, `Analytic function not allowed in ${context.clause}`);
  const specification = mergeBase(node.over!, context, new Set());
  const orderBy = specification.orderBy ? sortKeys(specification.orderBy, context) : [];
  if (!orderBy.length && NEEDS_ORDER.has(name)) {
    throw context.analysis.error(node, `Window ORDER BY is required for analytic function ${name.toLowerCase()}`);
  }
  const frame = specification.frame && analyzeFrame(specification.frame, orderBy, context);
  return {
    kind: 'window',
    call,
    partitionBy: specification.partitionBy.map((e) => analyzeExpression(e, context)),
    orderBy,
    ...(frame && { frame }),
    type: call.type,
  };
}

const NEEDS_ORDER = new Set(['RANK', 'DENSE_RANK', 'PERCENT_RANK', 'CUME_DIST', 'NTILE', 'LEAD', 'LAG']);

/** A specification with what the named window it builds on adds. */
function mergeBase(specification: WindowSpecification, context: ExpressionContext, seen: Set<string>): WindowSpecification {
  const { baseName } = specification;
  if (!baseName) return specification;
  const found = context.windows?.get(lower(baseName.name));
  if (!found || seen.has(lower(baseName.name))) throw context.analysis.error(baseName, `Unrecognized window alias ${baseName.name}`);
  const base = mergeBase(found, context, seen.add(lower(baseName.name)));
  return {
    ...specification,
    baseName: undefined,
    partitionBy: specification.partitionBy.length ? specification.partitionBy : base.partitionBy,
    orderBy: specification.orderBy ?? base.orderBy,
    frame: specification.frame ?? base.frame,
  };
}

function analyzeFrame(frame: WindowFrame, orderBy: readonly SortKey[], context: ExpressionContext): NonNullable<WindowExpression['frame']> {
  const bound = (node: FrameBoundNode): FrameBound => {
    if (!node.offset) return { boundary: node.boundary };
    return { boundary: node.boundary, offset: frameOffset(node.offset, frame, orderBy, node, context) };
  };
  return { unit: frame.unit, start: bound(frame.start), end: frame.end ? bound(frame.end) : { boundary: 'CURRENT ROW' } };
}

function frameOffset(
  offset: NonNullable<FrameBoundNode['offset']>,
  frame: WindowFrame,
  orderBy: readonly SortKey[],
  node: Node,
  context: ExpressionContext,
): ResolvedExpression {
  const value = analyzeExpression(offset, { ...context, aggregates: undefined, windows: undefined });
  if (frame.unit === 'ROWS') return coerce(context.analysis, node, value, INT64, 'Window framing expression must be INT64 for ROWS');
  const type = orderBy[0]?.expression.type;
  if (orderBy.length !== 1 || !type)
    throw context.analysis.error(node, 'Window framing clause with an offset must have exactly one ORDER BY key');
  if (type.kind === 'BIGNUMERIC') throw context.analysis.unsupported(node, 'A RANGE frame with an offset over BIGNUMERIC');
  return isNumeric(type) && isCoercible(value, type) ? convert(value, type) : value;
}
