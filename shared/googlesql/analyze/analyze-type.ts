import type { SimpleType, TypeNode } from '../syntax/ast.ts';
import { arrayOf, rangeOf, type SqlType, scalarTypeNamed, structField, structOf } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import type { TypeLimits } from './resolved-tree.ts';

/** The type that type syntax means. */
export function typeOfNode(node: TypeNode, analysis: Analysis): SqlType {
  switch (node.kind) {
    case 'ArrayType':
      return arrayOf(typeOfNode(node.element, analysis));
    case 'RangeType':
      return rangeOf(typeOfNode(node.element, analysis));
    case 'StructType':
      return structOf(node.fields.map((f) => structField(f.name?.name, typeOfNode(f.type, analysis))));
    case 'SimpleType':
      return simpleType(node, analysis);
    default:
      throw analysis.unsupported(node, node.kind === 'TableType' ? 'TABLE as a value type' : 'ANY TYPE as a value type');
  }
}

const PARAMETERISED = new Set(['STRING', 'BYTES', 'NUMERIC', 'BIGNUMERIC']);

function simpleType(node: SimpleType, analysis: Analysis): SqlType {
  const type = scalarTypeNamed(node.name);
  if (!type) throw analysis.error(node, `Type not found: ${node.name}`);
  if (node.parameters.length && !PARAMETERISED.has(type.kind)) throw analysis.unsupported(node, `A parameter of ${type.kind}`);
  return type;
}

/** What parameters as in STRING(10), NUMERIC(5, 2) demand of a value; undefined without parameters. */
export function limitsOfNode(node: TypeNode): TypeLimits | undefined {
  if (node.kind !== 'SimpleType' || !node.parameters.length) return undefined;
  const [first, second] = node.parameters.map((p) => (p.kind === 'IntLiteral' ? Number(p.image) : undefined));
  if (first === undefined) return undefined;
  const kind = scalarTypeNamed(node.name)?.kind;
  if (kind === 'NUMERIC' || kind === 'BIGNUMERIC') return { precision: first, scale: second ?? 0 };
  return kind === 'STRING' || kind === 'BYTES' ? { maxLength: first } : undefined;
}

/** The same, with what types inside it demand: ARRAY<STRING(5)>. */
export function deepLimitsOfNode(node: TypeNode): TypeLimits | undefined {
  if (node.kind === 'ArrayType' || node.kind === 'RangeType') {
    const element = deepLimitsOfNode(node.element);
    return element && { element };
  }
  if (node.kind !== 'StructType') return limitsOfNode(node);
  const fields = node.fields.map((f) => deepLimitsOfNode(f.type));
  return fields.some((f) => f) ? { fields } : undefined;
}
