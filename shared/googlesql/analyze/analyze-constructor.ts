import type { ArrayConstructor, Expression, StructConstructor } from '../syntax/ast.ts';
import { arrayOf, INT64, type SqlType, type StructType, structField, structOf, typeText } from '../types/sql-type.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { deepLimitsOfNode, typeOfNode } from './analyze-type.ts';
import { coerce, commonType, convert } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { implicitAlias } from './implicit-alias.ts';
import type { ResolvedExpression } from './resolved-tree.ts';

export function analyzeArray(node: ArrayConstructor, context: ExpressionContext): ResolvedExpression {
  const elements = node.elements.map((e) => analyzeExpression(e, context));
  if (node.type && deepLimitsOfNode(node.type)) throw context.analysis.unsupported(node.type, 'A parameterised type inside ARRAY');
  if (node.type) return typedArray(node, typeOfNode(node.type.element, context.analysis), elements, context);
  if (!elements.length) return { kind: 'array', elements, isTyped: false, type: arrayOf(INT64) };
  const element = commonType(elements);
  if (!element) {
    const types = [...new Set(elements.map((e) => typeText(e.type)))].join(', ');
    throw context.analysis.error(node, `Array elements of types {${types}} do not have a common supertype`);
  }
  if (element.kind === 'ARRAY')
    throw context.analysis.error(node, 'Cannot construct array with element type ARRAY because nested arrays are not supported');
  return { kind: 'array', elements: elements.map((e) => convert(e, element)), isTyped: false, type: arrayOf(element) };
}

function typedArray(node: ArrayConstructor, type: SqlType, elements: ResolvedExpression[], context: ExpressionContext): ResolvedExpression {
  const converted = elements.map((e, i) => {
    const message = `Array element type ${typeText(e.type)} does not coerce to ${typeText(type)}`;
    return coerce(context.analysis, node.elements[i]!, e, type, message);
  });
  return { kind: 'array', elements: converted, isTyped: true, type: arrayOf(type) };
}

export function analyzeStruct(node: StructConstructor, context: ExpressionContext): ResolvedExpression {
  const values = node.fields.map((f) => analyzeExpression(f.value, context));
  if (node.type) return typedStruct(node, typeOfNode(node.type, context.analysis) as StructType, values, context);
  const names = node.fields.map((f) => (node.isTuple ? undefined : (f.alias?.name ?? implicitAlias(f.value as Expression))));
  return { kind: 'struct', fields: values, type: structOf(values.map((v, i) => structField(names[i], v.type))) };
}

function typedStruct(
  node: StructConstructor,
  type: StructType,
  values: ResolvedExpression[],
  context: ExpressionContext,
): ResolvedExpression {
  if (values.length !== type.fields.length) {
    throw context.analysis.error(node, `STRUCT type has ${type.fields.length} fields but constructor call has ${values.length} fields`);
  }
  const fields = values.map((value, i) => {
    const wanted = type.fields[i]!;
    const message = `Struct field ${i + 1} has type ${typeText(value.type)} which does not coerce to ${typeText(wanted.type)}`;
    return coerce(context.analysis, node.fields[i]!, value, wanted.type, message);
  });
  return { kind: 'struct', fields, type };
}
