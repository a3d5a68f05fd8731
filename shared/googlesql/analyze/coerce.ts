import { ONE, parseDecimal } from '../functions/decimal.ts';
import type { Node } from '../syntax/ast.ts';
import { coercionDistance, supertype, type TypedOperand, type Typing } from '../types/coercion.ts';
import { type SqlType, sameType, typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { castTo, nullOf } from './build-expression.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

/** How an expression coerces: by what it is, not only by its type. */
export function typingOf(expression: ResolvedExpression): Typing {
  if (expression.kind === 'literal' && expression.isCast) return 'strict';
  if (expression.kind === 'literal') return expression.isUntyped ? 'untyped' : expression.isParameter ? 'parameter' : 'literal';
  if (expression.kind === 'call' && expression.name === 'ERROR') return 'untyped';
  if (expression.kind === 'sql') return expression.isParameter ? 'parameter' : 'strict';
  if (expression.kind === 'struct') return jointTyping(expression.fields);
  if (expression.kind === 'array' && !expression.isTyped) return expression.elements.length ? jointTyping(expression.elements) : 'untyped';
  return 'strict';
}

function jointTyping(parts: readonly ResolvedExpression[]): Typing {
  const typings = parts.map(typingOf);
  if (typings.some((t) => t === 'strict')) return 'strict';
  return typings.some((t) => t === 'parameter') ? 'parameter' : 'literal';
}

export function operandOf(expression: ResolvedExpression): TypedOperand {
  const operand = { type: expression.type, typing: typingOf(expression) };
  return expression.kind === 'struct' ? { ...operand, fields: expression.fields.map(operandOf) } : operand;
}

export function isCoercible(expression: ResolvedExpression, type: SqlType): boolean {
  if (expression.kind === 'struct' && type.kind === 'STRUCT') {
    return expression.fields.length === type.fields.length && expression.fields.every((f, i) => isCoercible(f, type.fields[i]!.type));
  }
  if (expression.kind === 'array' && !expression.isTyped && type.kind === 'ARRAY')
    return expression.elements.every((e) => isCoercible(e, type.element));
  return coercionDistance(expression.type, type, typingOf(expression)) !== undefined;
}

/** The expression as a value of `type`; the conversion is known to exist. */
export function convert(expression: ResolvedExpression, type: SqlType): ResolvedExpression {
  if (expression.kind === 'literal' && expression.value === null) {
    return expression.undeclared === undefined ? nullOf(type) : { kind: 'literal', value: null, type, undeclared: expression.undeclared };
  }
  if (expression.kind === 'call' && expression.name === 'ERROR') return { ...expression, type };
  if (sameType(expression.type, type)) return expression.type === type ? expression : { ...expression, type };
  const constant = widenedLiteral(expression, type);
  if (constant) return constant;
  if (expression.kind === 'array' && !expression.isTyped && type.kind === 'ARRAY') {
    return { ...expression, elements: expression.elements.map((e) => convert(e, type.element)), type };
  }
  if (expression.kind === 'struct' && type.kind === 'STRUCT') {
    return { ...expression, fields: expression.fields.map((f, i) => convert(f, type.fields[i]!.type)), type };
  }
  return castTo(expression, type);
}

/** A number's literal as a literal of a wider type, where it stays exact. */
export function widenedLiteral(expression: ResolvedExpression, type: SqlType): ResolvedExpression | undefined {
  if (expression.kind === 'literal' && expression.image && (type.kind === 'NUMERIC' || type.kind === 'BIGNUMERIC')) {
    const value = parseDecimal(expression.image, type.kind);
    return value === undefined ? undefined : { kind: 'literal', value, type };
  }
  if (expression.kind !== 'literal' || typeof expression.value !== 'bigint' || expression.type.kind !== 'INT64') return undefined;
  if (type.kind === 'FLOAT64' && Number.isSafeInteger(Number(expression.value)))
    return { ...expression, value: Number(expression.value), type };
  return type.kind === 'NUMERIC' ? { ...expression, value: expression.value * ONE.NUMERIC, type } : undefined;
}

/** The expression coerced to `type`, or BigQuery's complaint about `what`. */
export function coerce(analysis: Analysis, node: Node, expression: ResolvedExpression, type: SqlType, what?: string): ResolvedExpression {
  if (isCoercible(expression, type)) return convert(expression, type);
  throw analysis.error(node, what ?? `Expected type ${typeText(type)} but got ${typeText(expression.type)}`);
}

export function commonType(expressions: readonly ResolvedExpression[]): SqlType | undefined {
  return supertype(expressions.map(operandOf));
}
