import { errorSql } from '../generate/cast-sql.ts';
import type { Limit, OrderBy, Query, QueryBody } from '../syntax/ast-query.ts';
import { INT64 } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import { sortKeys } from './analyze-aggregate.ts';
import { analyzeExpression } from './analyze-expression.ts';
import { analyzeFrom } from './analyze-from.ts';
import { analyzePipes } from './analyze-pipe.ts';
import { analyzeSelect } from './analyze-select.ts';
import { analyzeSetOperation } from './analyze-set-operation.ts';
import { analyzeWithClause } from './analyze-with.ts';
import { columnReference, internalCall } from './build-expression.ts';
import { coerce } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { queryOfNames } from './query-output.ts';
import type { Relation, ResolvedExpression, ResolvedQuery, SortKey } from './resolved-tree.ts';
import { aliasScope, EMPTY_NAMES, lower, type Scope, withParent } from './scope.ts';

/** Where a query stands: `outer` are the names of the queries around it. */
export type QueryContext = { readonly analysis: Analysis; readonly outer: Scope | undefined };
export type Tail = { readonly orderBy: OrderBy | undefined; readonly limit: Limit | undefined };

export function analyzeQuery(node: Query, context: QueryContext): ResolvedQuery {
  const { analysis } = context;
  const around = analysis.ctes;
  try {
    const ctes = node.with ? analyzeWithClause(node.with, context) : [];
    const query = analyzePipedQuery(node, context);
    return ctes.length ? { ...query, relation: { kind: 'with', ctes, body: query.relation } } : query;
  } finally {
    analysis.ctes = around;
  }
}

function analyzePipedQuery(node: Query, context: QueryContext): ResolvedQuery {
  const tail = { orderBy: node.orderBy, limit: node.limit };
  if (node.body.kind === 'FromQuery') {
    const from = analyzeFrom(node.body.from, context);
    return node.pipes.length ? analyzePipes(from, node.pipes, context) : queryOfNames(from, context.analysis);
  }
  const query = analyzeBody(node.body, tail, context);
  if (!node.pipes.length) return query;
  const columns = query.columns.map((c) => ({ name: c.name, expression: columnReference(c.column) }));
  return analyzePipes({ relation: query.relation, names: { ...EMPTY_NAMES, columns } }, node.pipes, context);
}

function analyzeBody(body: QueryBody, tail: Tail, context: QueryContext): ResolvedQuery {
  if (body.kind === 'Select') return analyzeSelect(body, undefined, tail, context);
  const query = bodyWithoutTail(body, context);
  return { ...query, relation: limited(sortedByOutput(query, tail.orderBy, context), tail.limit, context) };
}

/** A query that is an input of another: its ORDER BY and LIMIT are inside parentheses. */
export function bodyWithoutTail(body: QueryBody, context: QueryContext): ResolvedQuery {
  if (body.kind === 'Query') return analyzeQuery(body, context);
  if (body.kind === 'SetOperation')
    return analyzeSetOperation(
      body,
      body.inputs.map((i) => bodyWithoutTail(i, context)),
      context,
    );
  if (body.kind === 'FromQuery') return queryOfNames(analyzeFrom(body.from, context), context.analysis);
  return analyzeSelect(body, undefined, { orderBy: undefined, limit: undefined }, context);
}

function sortedByOutput(query: ResolvedQuery, orderBy: OrderBy | undefined, { analysis, outer }: QueryContext): Relation {
  if (!orderBy) return query.relation;
  const columns = query.columns.map((c) => ({ name: c.name, expression: columnReference(c.column) }));
  const scope = aliasScope(new Map(columns.map((c) => [lower(c.name), c.expression])), withParent({ columns, ranges: new Map() }, outer));
  const context: ExpressionContext = { analysis, scope, clause: 'ORDER BY clause', windows: new Map() };
  const keys = orderBy.items.map((item): SortKey => {
    if (item.expression.kind === 'IntLiteral') return ordinalKey(item, query, analysis);
    return sortKeys({ ...orderBy, items: [item] }, context)[0]!;
  });
  return { kind: 'sort', input: query.relation, keys };
}

function ordinalKey(item: OrderBy['items'][number], query: ResolvedQuery, analysis: Analysis): SortKey {
  const ordinal = item.expression.kind === 'IntLiteral' ? Number(item.expression.image) : 0;
  const column = query.columns[ordinal - 1];
  if (!column) throw analysis.error(item.expression, `ORDER BY is out of SELECT column number range: ${ordinal}`);
  const key = { expression: columnReference(column.column), isDescending: item.direction === 'DESC' };
  return item.nullOrder ? { ...key, nulls: item.nullOrder } : key;
}

export function limited(input: Relation, limit: Limit | undefined, { analysis, outer }: QueryContext): Relation {
  if (!limit) return input;
  const context: ExpressionContext = { analysis, scope: outer, clause: 'LIMIT clause' };
  const present = (value: ResolvedExpression): ResolvedExpression =>
    value.kind === 'literal' && value.value !== null
      ? value
      : internalCall(
          '$limit',
          [value],
          INT64,
          ([sql]) => `coalesce(${sql}, ${errorSql("'Limit requires non-null count and offset'", INT64)})`,
        );
  const number = (node: Limit['count']) =>
    present(coerce(analysis, node, analyzeExpression(node, context), INT64, 'LIMIT expects an integer literal or parameter'));
  const count = number(limit.count);
  return limit.offset ? { kind: 'limit', input, count, offset: number(limit.offset) } : { kind: 'limit', input, count };
}
