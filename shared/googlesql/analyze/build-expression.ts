import type { Emit, ScalarSignature } from '../functions/signature.ts';
import { BOOL, INT64, type SqlType, STRING, type StructType } from '../types/sql-type.ts';
import type { Column, LiteralValue, ResolvedExpression } from './resolved-tree.ts';

export const columnReference = (column: Column): ResolvedExpression => ({ kind: 'column', column, type: column.type });
export const literal = (value: LiteralValue, type: SqlType): ResolvedExpression => ({ kind: 'literal', value, type });
export const nullOf = (type: SqlType): ResolvedExpression => ({ kind: 'literal', value: null, type });
export const untypedNull = (): ResolvedExpression => ({ kind: 'literal', value: null, isUntyped: true, type: INT64 });
export const booleanLiteral = (value: boolean): ResolvedExpression => literal(value, BOOL);
export const stringLiteral = (value: string): ResolvedExpression => literal(value, STRING);

export function fieldOf(operand: ResolvedExpression, index: number): ResolvedExpression {
  if (operand.kind === 'struct') return operand.fields[index]!;
  return { kind: 'field', operand, index, type: (operand.type as StructType).fields[index]!.type };
}

/** A call of something that is no library function: an operator, CASE, a user's JavaScript function. */
export function internalCall(name: string, args: readonly ResolvedExpression[], type: SqlType, emit: Emit): ResolvedExpression {
  const signature: ScalarSignature = { name, text: name, kind: 'scalar', parameters: [], returns: { kind: 'type', type }, emit };
  return { kind: 'call', name, signature, arguments: args, isSafe: false, type };
}

export const castTo = (operand: ResolvedExpression, type: SqlType): ResolvedExpression => ({ kind: 'cast', operand, isSafe: false, type });

export const conjunction = (conditions: readonly ResolvedExpression[]): ResolvedExpression =>
  conditions.length === 1 ? conditions[0]! : internalCall('AND', conditions, BOOL, (args) => `(${args.join(' AND ')})`);
