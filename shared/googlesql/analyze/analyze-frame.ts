import type { Node } from '../syntax/ast.ts';
import type { FrameBound as FrameBoundNode, WindowFrame } from '../syntax/ast-query.ts';
import { INT64, isNumeric, typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { constantOf } from './check-aggregate-call.ts';
import { convert, isCoercible } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { FrameBound, ResolvedExpression, SortKey, WindowExpression } from './resolved-tree.ts';

type Frame = NonNullable<WindowExpression['frame']>;

/** ROWS or RANGE and its two bounds, checked as Google checks them. */
export function analyzeFrame(frame: WindowFrame, orderBy: readonly SortKey[], context: ExpressionContext): Frame {
  checkBounds(frame, context.analysis);
  if (frame.unit === 'RANGE') checkRangeOrder(frame, orderBy, context.analysis);
  const bound = (node: FrameBoundNode): FrameBound => {
    if (!node.offset) return { boundary: node.boundary };
    return { boundary: node.boundary, offset: frameOffset(node.offset, frame, orderBy, context) };
  };
  return { unit: frame.unit, start: bound(frame.start), end: frame.end ? bound(frame.end) : { boundary: 'CURRENT ROW' } };
}

const ORDER = ['UNBOUNDED PRECEDING', 'OFFSET PRECEDING', 'CURRENT ROW', 'OFFSET FOLLOWING', 'UNBOUNDED FOLLOWING'];

function checkBounds({ start, end }: WindowFrame, analysis: Analysis): void {
  const [first, last] = [start.boundary, end?.boundary ?? 'CURRENT ROW'];
  const starting = 'Starting window framing expression cannot be';
  if (first === 'UNBOUNDED FOLLOWING') throw analysis.error(start, `${starting} UNBOUNDED FOLLOWING`);
  if (last === 'UNBOUNDED PRECEDING') throw analysis.error(end!, 'Ending window framing expression cannot be UNBOUNDED PRECEDING');
  if (ORDER.indexOf(first) <= ORDER.indexOf(last)) return;
  if (!end) throw analysis.error(start, `${starting} ${first} because the implicit ending window framing expression is CURRENT ROW`);
  if (first === 'CURRENT ROW') throw analysis.error(start, `${starting} CURRENT ROW when the ending window framing expression is ${last}`);
  throw analysis.error(end, `Ending window framing expression cannot be ${last} when the starting window framing expression is ${first}`);
}

function checkRangeOrder(frame: WindowFrame, orderBy: readonly SortKey[], analysis: Analysis): void {
  const boundaries = [frame.start.boundary, frame.end?.boundary ?? 'CURRENT ROW'];
  const hasOffset = boundaries.some((b) => b.startsWith('OFFSET'));
  if (!orderBy.length && boundaries.some((b) => !b.startsWith('UNBOUNDED'))) throw analysis.error(frame, withoutOrder(boundaries));
  if (!hasOffset) return;
  const offset = 'with OFFSET PRECEDING or OFFSET FOLLOWING boundaries';
  if (orderBy.length !== 1) throw analysis.error(frame, `A RANGE-based window ${offset} must have exactly one ORDER BY key`);
  const { type } = orderBy[0]!.expression;
  if (!isNumeric(type))
    throw analysis.error(frame, `ORDER BY key must be numeric in a RANGE-based window ${offset}, but has type ${typeText(type)}`);
}

function withoutOrder(boundaries: readonly string[]): string {
  if (boundaries.some((b) => b.startsWith('OFFSET')))
    return 'A RANGE-based window without ORDER BY includes all rows in the window frame so only RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING syntax is supported';
  return 'A RANGE-based window without ORDER BY cannot include a CURRENT ROW window frame boundary since all rows are included in the window frame. Remove the RANGE clause or use RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING';
}

function frameOffset(
  node: NonNullable<FrameBoundNode['offset']>,
  frame: WindowFrame,
  orderBy: readonly SortKey[],
  context: ExpressionContext,
): ResolvedExpression {
  const { analysis } = context;
  const value = analyzeExpression(node, { ...context, aggregates: undefined, windows: undefined, clause: 'window frame' });
  if (constantOf(value) === undefined) throw analysis.error(node, 'Window framing expression must be a literal or parameter');
  const wanted = frame.unit === 'ROWS' ? INT64 : orderBy[0]!.expression.type;
  if (!isCoercible(value, wanted)) throw analysis.error(node, uncoercible(frame, typeText(value.type), typeText(wanted)));
  const offset = convert(value, wanted);
  checkOffset(constantOf(offset), node, analysis);
  return offset;
}

const uncoercible = ({ unit }: WindowFrame, from: string, to: string): string =>
  unit === 'ROWS'
    ? `Window framing expression for ROWS can only be of integer type, but has type ${from}`
    : `Window framing expression has type ${from} that cannot coerce to the type of the ORDER BY expression, which is ${to}`;

function checkOffset(value: ReturnType<typeof constantOf>, node: Node, analysis: Analysis): void {
  if (value === null) throw analysis.error(node, 'Window framing expression cannot be NULL');
  const isNegative = typeof value === 'bigint' ? value < 0n : typeof value === 'number' && !(value >= 0);
  if (isNegative) throw analysis.error(node, 'Window framing expression cannot evaluate to a negative value');
}
