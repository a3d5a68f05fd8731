import { ONE } from '../functions/decimal.ts';
import type { FunctionCall } from '../syntax/ast.ts';
import { type SqlType, typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import type { TypedAggregate } from './analyze-aggregate.ts';
import { CONSTANT_ARGUMENTS, type ConstantArgument, HANDLES_NULLS, NEVER_DISTINCT, ORDERS_ARGUMENTS } from './function-traits.ts';
import { walkTree } from './map-tree.ts';
import type { LiteralValue, ResolvedExpression } from './resolved-tree.ts';
import { refuses } from './type-traits.ts';

/** Google's refusals of an aggregate or analytic call: modifiers its function does not take, arguments out of bounds, types without an order. */
export function checkAggregateCall(node: FunctionCall, call: TypedAggregate, analysis: Analysis): void {
  checkModifiers(node, call, analysis);
  checkDistinct(node, call, analysis);
  checkTypes(node, call, analysis);
  const constant = CONSTANT_ARGUMENTS[call.name];
  if (constant) checkConstant(node, call, constant, analysis);
  const extreme = call.having?.expression.type;
  if (extreme && (extreme.kind === 'ARRAY' || refuses('order', extreme)))
    throw analysis.error(node.having!, `HAVING modifier does not support expressions of type ${typeText(extreme)}`);
  const limit = call.limit && constantOf(call.limit);
  if (call.limit && limit === undefined) throw analysis.error(node.limit!, 'LIMIT expects an integer literal or parameter');
  if (limit === null) throw analysis.error(node.limit!, 'LIMIT must not be null');
  if (typeof limit === 'bigint' && limit < 0n) throw analysis.error(node.limit!, `LIMIT expects a non-negative integer, but got ${limit}`);
}

function checkModifiers(node: FunctionCall, { name }: TypedAggregate, analysis: Analysis): void {
  const shown = name === '$count_star' ? 'COUNT(*)' : name;
  if (node.over && node.orderBy) throw analysis.error(node, 'ORDER BY in arguments is not supported on analytic functions');
  if (node.over && node.limit) throw analysis.error(node, 'LIMIT in arguments is not supported on analytic functions');
  if (node.over && node.having) throw analysis.error(node, 'HAVING modifier is not supported on analytic functions');
  if (node.orderBy && !ORDERS_ARGUMENTS.has(name))
    throw analysis.error(node.orderBy, `Aggregate function ${shown} does not support ORDER BY in arguments`);
  if (node.limit && !ORDERS_ARGUMENTS.has(name))
    throw analysis.error(node.limit, `Aggregate function ${shown} does not support LIMIT in arguments`);
  if (node.nullHandling && !HANDLES_NULLS.has(name)) {
    const kind = node.over ? 'analytic' : 'aggregate';
    throw analysis.error(node, `IGNORE NULLS and RESPECT NULLS are not allowed for ${kind} function ${shown.toLowerCase()}`);
  }
}

function checkDistinct(node: FunctionCall, call: TypedAggregate, analysis: Analysis): void {
  if (!node.isDistinct) return;
  if (call.name === '$count_star') throw analysis.error(node, 'COUNT(*) cannot be used with DISTINCT');
  if (!call.arguments.length) throw analysis.error(node, 'DISTINCT function call with no arguments is not allowed');
  if (call.signature.kind === 'window')
    throw analysis.error(node, `DISTINCT is not allowed for analytic function ${call.name.toLowerCase()}`);
  if (NEVER_DISTINCT.has(call.name)) throw analysis.error(node, `DISTINCT is not allowed for function ${call.name}`);
  const refused = call.arguments.map(({ type }) => refuses('group', type)).find((t) => t !== undefined);
  const kind = node.over ? 'Analytic aggregate' : 'Aggregate';
  if (refused) throw analysis.error(node, `${kind} functions with DISTINCT cannot be used with arguments of type ${refused}`);
  const keys = new Set(call.arguments.map((argument) => analysis.keyOf(argument)));
  if (call.orderBy.some(({ expression }) => !keys.has(analysis.keyOf(expression)))) {
    throw analysis.error(
      node.orderBy!,
      'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function',
    );
  }
}

function checkTypes(node: FunctionCall, { name, arguments: args }: TypedAggregate, analysis: Analysis): void {
  const type: SqlType | undefined = args[0]?.type;
  if (!type) return;
  if (name === 'ARRAY_AGG' && type.kind === 'ARRAY')
    throw analysis.error(node, `The argument to ARRAY_AGG must not be an array type but was ${typeText(type)}`);
  const compared = name === 'MIN' || name === 'MAX' ? type : undefined;
  if (compared && refuses('order', compared) !== undefined)
    throw analysis.error(node, `${name} is not defined for arguments of type ${typeText(compared)}`);
}

/** The value of a literal, a parameter or a cast NULL; `constant` for what is computed of such; undefined for what varies from row to row. */
export function constantOf(expression: ResolvedExpression): LiteralValue | Constant | undefined {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'cast' && constantOf(expression.operand) === null) return null;
  let isConstant = true;
  walkTree(expression, (e) => {
    if (e.kind === 'column' || e.kind === 'subquery' || e.kind === 'aggregate') isConstant = false;
  });
  return isConstant ? CONSTANT : undefined;
}

export const CONSTANT = Symbol('constant');
export type Constant = typeof CONSTANT;

function checkConstant(node: FunctionCall, call: TypedAggregate, rule: ConstantArgument, analysis: Analysis): void {
  const argument = call.arguments[rule.index];
  const place = node.arguments[rule.index] ?? node;
  if (!argument || (argument.kind === 'sql' && argument.sql === '')) return;
  const value = constantOf(argument);
  const what = `Argument ${rule.index + 1} to ${call.name}`;
  if (value === undefined) throw analysis.error(place, `${what} must be a literal or query parameter`);
  if (value === null && !rule.mayBeNull) throw analysis.error(place, `${what} must be non-NULL`);
  if (value !== CONSTANT && isOutside(value, argument.type, rule)) throw analysis.error(place, `${what} must be ${boundsText(rule)}`);
}

function isOutside(value: LiteralValue, type: SqlType, { least, most }: ConstantArgument): boolean {
  if (typeof value !== 'bigint' && typeof value !== 'number') return false;
  const scale = type.kind === 'NUMERIC' || type.kind === 'BIGNUMERIC' ? ONE[type.kind] : undefined;
  const bound = (limit: number): bigint | number => (scale ? BigInt(limit) * scale : limit);
  if (least !== undefined && !(value >= bound(least))) return true;
  return most !== undefined && !(value <= bound(most));
}

const boundsText = ({ least, most }: ConstantArgument): string =>
  most === undefined || most === 100_000 ? `at least ${least}` : `between ${least} and ${most}`;
