import { parseCivil } from '../functions/civil-time.ts';
import { parseDecimal } from '../functions/decimal.ts';
import { defaultZoneName } from '../generate/default-zone.ts';
import type { DateOrTimeLiteral, IntLiteral, Literal, NumericLiteral, RangeLiteral } from '../syntax/ast.ts';
import { BYTES, FLOAT64, INT64, JSON_TYPE, rangeOf, scalar } from '../types/sql-type.ts';
import { typeOfNode } from './analyze-type.ts';
import { booleanLiteral, castTo, internalCall, literal, stringLiteral, untypedNull } from './build-expression.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

const MAX_INT64 = 2n ** 63n - 1n;

export function analyzeLiteral(node: Literal, context: ExpressionContext): ResolvedExpression {
  switch (node.kind) {
    case 'NullLiteral':
      return untypedNull();
    case 'BooleanLiteral':
      return booleanLiteral(node.value);
    case 'IntLiteral':
      return analyzeInt(node, context);
    case 'FloatLiteral':
      return { kind: 'literal', value: Number(node.image), image: node.image, type: FLOAT64 };
    case 'NumericLiteral':
      return analyzeNumeric(node, context);
    case 'StringLiteral':
      return stringLiteral(node.value);
    case 'BytesLiteral':
      return literal(node.value, BYTES);
    case 'DateOrTimeLiteral':
      return analyzeCivil(node, context);
    case 'JsonLiteral':
      return internalCall(`JSON ${node.value}`, [stringLiteral(node.value)], JSON_TYPE, ([text]) => `bq_parse_json(${text}, 'round')`);
    case 'RangeLiteral':
      return analyzeRange(node, context);
  }
}

function analyzeInt(node: IntLiteral, { analysis }: ExpressionContext): ResolvedExpression {
  const isNegative = node.image.startsWith('-');
  const digits = isNegative ? node.image.slice(1) : node.image;
  const value = isNegative ? -BigInt(digits) : BigInt(digits);
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) throw analysis.error(node, `Invalid integer literal: ${node.image}`);
  return literal(value, INT64);
}

function analyzeNumeric(node: NumericLiteral, { analysis }: ExpressionContext): ResolvedExpression {
  const type = scalar(node.typeName);
  const value = parseDecimal(node.value, type.kind as 'NUMERIC' | 'BIGNUMERIC', true);
  if (value === undefined) throw analysis.error(node, `Invalid ${node.typeName} literal: "${node.value}"`);
  return literal(value, type);
}

function analyzeCivil(node: DateOrTimeLiteral, { analysis }: ExpressionContext): ResolvedExpression {
  const value = parseCivil(node.value, node.typeName, defaultZoneName());
  if (value === undefined) throw analysis.error(node, `Could not cast literal "${node.value}" to type ${node.typeName}`);
  return literal(value, scalar(node.typeName));
}

function analyzeRange(node: RangeLiteral, context: ExpressionContext): ResolvedExpression {
  const type = rangeOf(typeOfNode(node.type.element, context.analysis));
  return castTo(stringLiteral(node.value), type);
}
