import type { Expression, InExpression, Node, QuantifiedComparison, ValueSource } from '../syntax/ast.ts';
import { arrayOf, BOOL, sameType, typeText } from '../types/sql-type.ts';
import { callWith } from './analyze-call.ts';
import { analyzeExpression, negate } from './analyze-expression.ts';
import { analyzeQuery } from './analyze-query.ts';
import { scalarColumn } from './analyze-subquery.ts';
import { columnReference, internalCall } from './build-expression.ts';
import { convert } from './coerce.ts';
import type { ExpressionContext } from './expression-context.ts';
import { columnsRead } from './map-tree.ts';
import type { Column, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';

type Comparison = (operand: ResolvedExpression, candidate: ResolvedExpression) => ResolvedExpression;

/** `x IN (…)`: the list, the query's rows, or the array's elements. */
export function analyzeIn(node: InExpression, context: ExpressionContext): ResolvedExpression {
  const operand = analyzeExpression(node.operand, context);
  const { source } = node;
  if (source.kind === 'ExpressionList') return inList(operand, source.expressions, node, context);
  const equal: Comparison = (a, b) => callWith('$equal', [a, b], node, context);
  return quantify(operand, source, 'ANY', equal, node, context);
}

function inList(operand: ResolvedExpression, nodes: readonly Expression[], node: Node, context: ExpressionContext): ResolvedExpression {
  const candidates = nodes.map((e) => analyzeExpression(e, context));
  return callWith('$in', [operand, ...candidates], node, context);
}

const OPERATOR_FUNCTIONS: Readonly<Record<string, string>> = {
  LIKE: '$like',
  '=': '$equal',
  '!=': '$not_equal',
  '<': '$less',
  '<=': '$less_or_equal',
  '>': '$greater',
  '>=': '$greater_or_equal',
};

/** `x LIKE ANY (…)`, `x = ALL (…)`. `NOT LIKE ANY` asks for one pattern that does not match. */
export function analyzeQuantified(node: QuantifiedComparison, context: ExpressionContext): ResolvedExpression {
  const operand = analyzeExpression(node.operand, context);
  const name = OPERATOR_FUNCTIONS[node.operator]!;
  const compare: Comparison = (a, b) => negate(callWith(name, [a, b], node, context), node.isNot);
  return quantify(operand, node.source, node.quantifier, compare, node, context);
}

function quantify(
  operand: ResolvedExpression,
  source: ValueSource,
  quantifier: 'ANY' | 'ALL',
  compare: Comparison,
  node: Node,
  context: ExpressionContext,
): ResolvedExpression {
  if (source.kind === 'ExpressionList') {
    const parts = source.expressions.map((e) => compare(operand, analyzeExpression(e, context)));
    const word = quantifier === 'ANY' ? ' OR ' : ' AND ';
    return internalCall(`$${quantifier}_list`, parts, BOOL, (args) => `(${args.join(word)})`);
  }
  if (source.kind === 'UnnestExpression') return quantifyArray(operand, source.expression, quantifier, compare, context);
  const query = analyzeQuery(source, { analysis: context.analysis, outer: context.scope });
  return quantifyQuery(operand, query, quantifier, compare, node, context);
}

/** Three-valued logic over a list of booleans; an empty or NULL list is FALSE for ANY and TRUE for ALL. */
const listVerdict = (list: string, quantifier: 'ANY' | 'ALL'): string => {
  const [decisive, otherwise] = quantifier === 'ANY' ? ['TRUE', 'FALSE'] : ['FALSE', 'TRUE'];
  return `CASE WHEN coalesce(len(${list}), 0) = 0 THEN ${otherwise} WHEN list_contains(${list}, ${decisive}) THEN ${decisive} WHEN list_count(${list}) < len(${list}) THEN NULL ELSE ${otherwise} END`;
};

export const inArray = (value: ResolvedExpression, array: ResolvedExpression): ResolvedExpression =>
  internalCall('$in_array', [value, array], BOOL, ([sql, list]) => containsSql(sql!, list!));

/** IN UNNEST(array) for types in which DuckDB's equality is GoogleSQL's. */
const containsSql = (value: string, list: string): string =>
  `CASE WHEN coalesce(len(${list}), 0) = 0 THEN FALSE WHEN ${value} IS NULL THEN NULL WHEN list_contains(${list}, ${value}) THEN TRUE WHEN list_count(${list}) < len(${list}) THEN NULL ELSE FALSE END`;

function quantifyArray(
  operand: ResolvedExpression,
  node: Expression,
  quantifier: 'ANY' | 'ALL',
  compare: Comparison,
  context: ExpressionContext,
): ResolvedExpression {
  const array = analyzeExpression(node, context);
  if (array.type.kind !== 'ARRAY')
    throw context.analysis.error(
      node,
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeText(array.type)}`,
    );
  const element = array.kind === 'array' && !array.elements.length ? operand.type : array.type.element;
  const column = context.analysis.column('element', element);
  const verdict = compare(operand, columnReference(column));
  if (quantifier === 'ANY' && isPlainEquality(verdict) && sameType(verdict.arguments[1]!.type, element))
    return inArray(verdict.arguments[0]!, convert(array, arrayOf(element)));
  const lambda: ResolvedExpression = { kind: 'lambda', parameters: [column], body: verdict, type: BOOL };
  return internalCall(`$${quantifier}_array`, [convert(array, arrayOf(element)), lambda], BOOL, ([list, body]) =>
    listVerdict(`list_transform(${list}, ${body})`, quantifier),
  );
}

/** The comparison with every row as an array subquery of booleans, unless DuckDB's own IN says the same. */
function quantifyQuery(
  operand: ResolvedExpression,
  query: ResolvedQuery,
  quantifier: 'ANY' | 'ALL',
  compare: Comparison,
  node: Node,
  context: ExpressionContext,
): ResolvedExpression {
  const candidate = scalarColumn(query, node, context.analysis, 'Subquery of type IN must have only one output column');
  const verdict = compare(operand, candidate);
  if (isPlainEquality(verdict) && !isForeign(verdict.arguments[0]!, context))
    return nativeIn(verdict.arguments[0]!, verdict.arguments[1]!, query);
  const column = context.analysis.column('verdict', BOOL);
  const rows = arrayOfColumn(query, column, verdict);
  return internalCall(`$${quantifier}_query`, [rows], BOOL, ([list]) => listVerdict(list!, quantifier));
}

/** Whether the operand is nothing but columns of a query around this one: DuckDB loses those in an IN inside another subquery. */
function isForeign(operand: ResolvedExpression, { scope }: ExpressionContext): boolean {
  const read = columnsRead(operand);
  if (!scope?.parent || !read.size) return false;
  const own = columnsRead([scope.columns.map((c) => c.expression), [...scope.ranges.values()].map((r) => r.value)]);
  return [...read].every((id) => !own.has(id));
}

const NATIVE_KINDS = new Set(['INT64', 'STRING', 'BYTES', 'BOOL', 'DATE', 'DATETIME', 'TIMESTAMP', 'TIME', 'NUMERIC', 'BIGNUMERIC']);

const isPlainEquality = (verdict: ResolvedExpression): verdict is Extract<ResolvedExpression, { kind: 'call' }> =>
  verdict.kind === 'call' && verdict.name === '$equal' && NATIVE_KINDS.has(verdict.arguments[0]!.type.kind);

function nativeIn(operand: ResolvedExpression, candidate: ResolvedExpression, query: ResolvedQuery): ResolvedExpression {
  const column: Column = { id: -1, name: 'candidate', type: candidate.type };
  const rows = arrayOfColumn(query, column, candidate);
  return internalCall('$in_query', [operand, rows], BOOL, ([value, list]) => `(${value} IN ${list})`);
}

/** A subquery whose only column is an expression over the query's columns; in `$in_query` it is emitted as rows, elsewhere as an array. */
function arrayOfColumn(query: ResolvedQuery, column: Column, expression: ResolvedExpression): ResolvedExpression {
  const relation = { kind: 'project', input: query.relation, computed: [{ column, expression }] } as const;
  const columns = [{ name: column.name, column }];
  const form = column.id === -1 ? 'rows' : 'array';
  return { kind: 'subquery', form, query: { relation, columns, isValueTable: true }, type: arrayOf(column.type) };
}
