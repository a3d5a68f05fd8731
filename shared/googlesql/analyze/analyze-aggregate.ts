import type { FunctionCall, Node } from '../syntax/ast.ts';
import type { OrderBy } from '../syntax/ast-query.ts';
import type { SqlType } from '../types/sql-type.ts';
import { INT64, typeText } from '../types/sql-type.ts';
import { analyzeCondition, analyzeExpression } from './analyze-expression.ts';
import { checkAggregateCall } from './check-aggregate-call.ts';
import { coerce } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { columnsRead } from './map-tree.ts';
import type { AggregateExpression, CallExpression, ResolvedExpression, SortKey } from './resolved-tree.ts';
import { refuses } from './type-traits.ts';

export type TypedAggregate = AggregateExpression & { readonly type: SqlType };

/** The call with what is written inside its parentheses after the arguments: DISTINCT, HAVING MAX, ORDER BY, LIMIT. */
export function analyzeAggregateModifiers(
  node: FunctionCall,
  call: CallExpression & { readonly type: SqlType },
  inner: ExpressionContext,
): TypedAggregate {
  const { analysis } = inner;
  if (node.groupBy.length) throw analysis.unsupported(node, 'GROUP BY inside an aggregate function');
  const limit = node.limit && coerce(analysis, node.limit, analyzeExpression(node.limit, inner), INT64);
  const having = node.having && { bound: node.having.bound, expression: analyzeExpression(node.having.expression, inner) };
  const aggregate: TypedAggregate = {
    kind: 'aggregate',
    name: call.name,
    signature: call.signature,
    arguments: call.arguments,
    isDistinct: node.isDistinct,
    orderBy: node.orderBy ? sortKeys(node.orderBy, inner) : [],
    isSafe: node.isSafe,
    type: call.type,
    ...(node.nullHandling && { nullHandling: node.nullHandling }),
    ...(limit && { limit }),
    ...(having && { having }),
    ...(node.where && { where: analyzeCondition(node.where, inner, 'WHERE clause') }),
  };
  checkAggregateCall(node, aggregate, analysis);
  return aggregate;
}

export const sortKeys = (orderBy: OrderBy, context: ExpressionContext): SortKey[] =>
  orderBy.items.map((item) => ({
    expression: orderable(item.expression, analyzeExpression(item.expression, context), context),
    isDescending: item.direction === 'DESC',
    ...(item.nullOrder && { nulls: item.nullOrder }),
    ...(item.collation?.kind === 'StringLiteral' && { collation: item.collation.value }),
  }));

const LITERAL_NODES = new Set(['StringLiteral', 'BytesLiteral', 'FloatLiteral', 'BooleanLiteral', 'NullLiteral', 'NumericLiteral']);

/** The key, if its type has an order. */
export function orderable(node: Node, key: ResolvedExpression, { analysis, clause }: ExpressionContext): ResolvedExpression {
  const isConstant = key.kind === 'literal' && LITERAL_NODES.has(node.kind);
  if (isConstant && clause === 'ORDER BY clause') throw analysis.error(node, 'Cannot ORDER BY literal values');
  const refused = refuses('order', key.type);
  if (refused === undefined) return key;
  const text = /^ORDER BY/.test(clause)
    ? `ORDER BY does not support expressions of type ${typeText(key.type)}`
    : `Ordering by expressions of type ${refused} is not allowed`;
  throw analysis.error(node, text);
}

export function analyzeAggregate(node: FunctionCall, kind: string, call: TypedAggregate, context: ExpressionContext): ResolvedExpression {
  const name = node.function.names.map((n) => n.name.toUpperCase()).join('.');
  if (kind === 'window') throw context.analysis.error(node, `Analytic function ${name} cannot be called without an OVER clause`);
  if (!context.aggregates) {
    const reason =
      context.clause === 'aggregate function'
        ? 'Aggregations of aggregations are not allowed'
        : `Aggregate function ${name} not allowed in ${context.clause}`;
    throw context.analysis.error(node, reason);
  }
  const { isAggregate } = context.aggregates;
  if (isAggregate && [...columnsRead(call.arguments)].some(isAggregate))
    throw context.analysis.error(node, 'Aggregations of aggregations are not allowed');
  if (call.name === 'GROUPING') return { kind: 'grouping', argument: call.arguments[0]!, type: INT64 };
  return context.aggregates.add(call);
}
