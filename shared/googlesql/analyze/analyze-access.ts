import type { ArrayElement, DotIdentifier, Identifier } from '../syntax/ast.ts';
import { INT64, JSON_TYPE, STRING, typeText } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { fieldOf, internalCall, stringLiteral } from './build-expression.ts';
import { coerce } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import type { ResolvedExpression } from './resolved-tree.ts';
import { lower } from './scope.ts';

/** `operand.name` and `operand[position]`. */
export function analyzeAccess(node: DotIdentifier | ArrayElement, context: ExpressionContext): ResolvedExpression {
  if (node.kind === 'DotIdentifier') return analyzeField(analyzeExpression(node.operand, context), node.name, context);
  const operand = analyzeExpression(node.array, context);
  if (operand.type.kind === 'JSON') return jsonElement(operand, node, context);
  if (operand.type.kind === 'STRUCT') return structElement(operand, node, context);
  if (operand.type.kind === 'ARRAY') return arrayElement(operand, node, context);
  throw context.analysis.error(
    node,
    `Subscript access using [${subscriptText(node)}] is not supported on values of type ${typeText(operand.type)}`,
  );
}

const subscriptText = (node: ArrayElement): string => (node.accessor ? `${node.accessor}()` : '');

export function analyzeField(operand: ResolvedExpression, name: Identifier, { analysis }: ExpressionContext): ResolvedExpression {
  const { type } = operand;
  if (type.kind === 'JSON') return jsonMember(operand, stringLiteral(name.name));
  if (type.kind !== 'STRUCT') throw analysis.error(name, `Cannot access field ${name.name} on a value with type ${typeText(type)}`);
  const hits = type.fields.flatMap((field, i) => (lower(field.name ?? '') === lower(name.name) ? [i] : []));
  if (hits.length > 1) throw analysis.error(name, `Struct field name ${name.name} is ambiguous`);
  if (!hits.length) throw analysis.error(name, `Field name ${name.name} does not exist in ${typeText(type)}`);
  return fieldOf(operand, hits[0]!);
}

const jsonMember = (operand: ResolvedExpression, key: ResolvedExpression): ResolvedExpression =>
  internalCall('$json_member', [operand, key], JSON_TYPE, ([json, name]) => `bq_json_member(${json}, ${name})`);

function jsonElement(operand: ResolvedExpression, node: ArrayElement, context: ExpressionContext): ResolvedExpression {
  const position = analyzeExpression(node.position, context);
  if (position.type.kind === 'STRING') return jsonMember(operand, position);
  const index = coerce(context.analysis, node.position, position, INT64);
  return internalCall('$json_element', [operand, index], JSON_TYPE, ([json, i]) => `bq_json_element(${json}, ${i})`);
}

function structElement(operand: ResolvedExpression, node: ArrayElement, context: ExpressionContext): ResolvedExpression {
  const position = analyzeExpression(node.position, context);
  if (position.kind !== 'literal' || typeof position.value !== 'bigint') {
    throw context.analysis.error(node.position, 'Field element access is only supported for literal integer positions');
  }
  const index = Number(position.value) - (node.accessor?.endsWith('ORDINAL') ? 1 : 0);
  const count = operand.type.kind === 'STRUCT' ? operand.type.fields.length : 0;
  if (index < 0 || index >= count) throw context.analysis.error(node.position, `Field ordinal out of range: ${position.value}`);
  return fieldOf(operand, index);
}

function arrayElement(operand: ResolvedExpression, node: ArrayElement, context: ExpressionContext): ResolvedExpression {
  const { accessor } = node;
  const element = operand.type.kind === 'ARRAY' ? operand.type.element : STRING;
  const raw = analyzeExpression(node.position, context);
  const message = `Array position in [] must be coercible to INT64 type, but has type ${typeText(raw.type)}`;
  const position = coerce(context.analysis, node.position, raw, INT64, message);
  if (accessor === 'KEY' || accessor === 'SAFE_KEY') throw context.analysis.unsupported(node, `Array access by ${accessor}`);
  const shift = accessor?.endsWith('ORDINAL') ? '' : ' + 1';
  const isSafe = accessor?.startsWith('SAFE') ?? false;
  return internalCall(`$array_${accessor ?? 'OFFSET'}`, [operand, position], element, ([array, index]) =>
    elementSql(array!, `${index}${shift}`, isSafe),
  );
}

/** DuckDB counts from one and takes negative positions from the end; BigQuery has neither. */
function elementSql(array: string, ordinal: string, isSafe: boolean): string {
  const safe = `CASE WHEN (${ordinal}) >= 1 THEN list_extract(${array}, ${ordinal}) END`;
  if (isSafe) return safe;
  const outOfBounds = `(${ordinal}) < 1 OR (${ordinal}) > len(${array})`;
  return `list_extract(${array}, CASE WHEN ${outOfBounds} THEN CAST(bq_error('Array index out of bounds') AS BIGINT) ELSE ${ordinal} END)`;
}
