import type { CastExpression } from '../syntax/ast.ts';
import { isCastable } from '../types/coercion.ts';
import { isNumeric, type SqlType, STRING, sameType, typeText } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { deepLimitsOfNode, typeOfNode } from './analyze-type.ts';
import { nullOf } from './build-expression.ts';
import { coerce, convert, typingOf, widenedLiteral } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

export function analyzeCast(node: CastExpression, context: ExpressionContext): ResolvedExpression {
  const { analysis } = context;
  const operand = analyzeExpression(node.operand, context);
  const type = typeOfNode(node.type, analysis);
  const limits = deepLimitsOfNode(node.type);
  if (limits?.element && type.kind === 'RANGE') throw analysis.unsupported(node.type, 'A parameterised type inside RANGE');
  if (typingOf(operand) === 'untyped' && (operand.kind === 'literal' || type.kind === 'ARRAY')) {
    return operand.kind === 'literal' ? nullOf(type) : convert(operand, type);
  }
  if (!isCastable(operand.type, type)) {
    throw analysis.error(node, `Invalid cast from ${typeText(operand.type)} to ${typeText(type)}`);
  }
  const text = (part: CastExpression['format']): ResolvedExpression | undefined =>
    part && coerce(analysis, part, analyzeExpression(part, context), STRING);
  const format = text(node.format);
  const timeZone = text(node.timeZone);
  if (format && !isFormattable(operand.type, type))
    throw analysis.unsupported(node, `CAST from ${typeText(operand.type)} to ${typeText(type)} with FORMAT`);
  const isPlain = !format && !timeZone && !limits;
  if (isPlain && sameType(operand.type, type) && operand.type.kind !== 'STRUCT') return asCast(operand);
  const exact = format || timeZone ? undefined : widenedLiteral(operand, type);
  if (isPlain && exact) return asCast(exact);
  return {
    kind: 'cast',
    operand: exact ?? operand,
    isSafe: node.isSafe,
    type,
    ...(format && { format }),
    ...(timeZone && { timeZone }),
    ...(limits && { limits }),
  };
}

const asCast = (expression: ResolvedExpression): ResolvedExpression =>
  expression.kind === 'literal' ? { ...expression, isCast: true } : expression;

const FORMATTED = new Set(['DATE', 'DATETIME', 'TIME', 'TIMESTAMP', 'BYTES']);

/** Numbers are written by a format model and never read by one. */
const isFormattable = (from: SqlType, to: SqlType): boolean =>
  (to.kind === 'STRING' && (FORMATTED.has(from.kind) || isNumeric(from))) || (from.kind === 'STRING' && FORMATTED.has(to.kind));
