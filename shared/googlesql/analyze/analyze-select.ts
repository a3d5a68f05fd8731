import type { Node } from '../syntax/ast.ts';
import type { Select } from '../syntax/ast-query.ts';
import { analyzeCondition } from './analyze-expression.ts';
import { analyzeFrom } from './analyze-from.ts';
import { limited, type QueryContext, type Tail } from './analyze-query.ts';
import { analyzeSelectList, type SelectedItem } from './analyze-select-list.ts';
import type { ExpressionContext } from './expression-context.ts';
import { Grouping } from './grouping.ts';
import { walkTree } from './map-tree.ts';
import { Projection } from './projection.ts';
import type { NamedRelation } from './query-output.ts';
import type { Relation, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { aliasScope, EMPTY_NAMES, lower, type Scope, withParent } from './scope.ts';
import { selectOrder } from './select-order.ts';
import { refuses } from './type-traits.ts';

/** One SELECT with the ORDER BY and LIMIT that belong to it. `input` replaces the FROM clause (pipe SELECT). */
export function analyzeSelect(select: Select, input: NamedRelation | undefined, tail: Tail, context: QueryContext): ResolvedQuery {
  const { analysis } = context;
  if (select.selectWith) throw analysis.unsupported(select.selectWith, `SELECT WITH ${select.selectWith.name}`);
  const from =
    input ?? (select.from ? analyzeFrom(select.from, context) : { relation: { kind: 'single-row' } as const, names: EMPTY_NAMES });
  const scope = withParent(from.names, context.outer);
  const where = select.where && analyzeCondition(select.where, { analysis, scope, clause: 'WHERE clause' }, 'WHERE clause');
  const source: Relation = where ? { kind: 'filter', input: from.relation, condition: where } : from.relation;
  const grouping = new Grouping(analysis, scope);
  const windows = new Map(select.windows.map((w) => [lower(w.name.name), w.specification]));
  const hasInput = select.from !== undefined || input !== undefined;
  const expressions: ExpressionContext = {
    analysis,
    scope,
    clause: input ? 'pipe SELECT' : select.from ? 'SELECT list' : 'SELECT without FROM clause',
    ...(select.from && { aggregates: grouping.sink }),
    ...(hasInput && { windows }),
  };
  if (!hasInput && tail.orderBy) throw analysis.error(tail.orderBy, 'Query without FROM clause cannot have an ORDER BY clause');
  const items = analyzeSelectList(select.selectList, expressions, hasInput);
  if (select.groupBy) grouping.groupBy(select.groupBy, items);
  const core = { select, items, grouping, expressions, tail, context };
  return finishSelect(core, source);
}

function holdsWindow(expressions: unknown): boolean {
  let found = false;
  walkTree(expressions, (e) => {
    if (e.kind === 'window') found = true;
  });
  return found;
}

function refuseIncomparable(select: Select, { columns }: Projection, { analysis }: QueryContext): void {
  for (const { name, column } of columns) {
    const refused = refuses('group', column.type);
    if (refused) throw analysis.error(select, `Column ${name || '1'} of type ${refused} cannot be used in SELECT DISTINCT`);
  }
}

function havingAlone(node: Node, grouping: Grouping, { analysis }: QueryContext): Error {
  const reason = grouping.isActive
    ? 'The HAVING clause only allows aggregation if GROUP BY or SELECT list aggregation is present'
    : 'The HAVING clause requires GROUP BY or aggregation to be present';
  return analysis.error(node, reason);
}

type SelectCore = {
  readonly select: Select;
  readonly items: readonly SelectedItem[];
  readonly grouping: Grouping;
  readonly expressions: ExpressionContext;
  readonly tail: Tail;
  readonly context: QueryContext;
};

function finishSelect(core: SelectCore, source: Relation): ResolvedQuery {
  const { select, items, grouping, expressions, tail, context } = core;
  const aliases = aliasesOf(items);
  const scope = aliasScope(aliases, expressions.scope as Scope);
  const sink = expressions.aggregates && { ...expressions.aggregates, scope };
  const withAliases = (clause: string): ExpressionContext => ({ ...expressions, clause, scope, aggregates: sink });
  const wasGrouped = grouping.isActive;
  const having = select.having && analyzeCondition(select.having, { ...withAliases('HAVING clause'), windows: undefined }, 'HAVING clause');
  const qualify = select.qualify && analyzeCondition(select.qualify, withAliases('QUALIFY clause'), 'QUALIFY clause');
  if (qualify && !holdsWindow([qualify, items.map((i) => i.expression)]))
    throw context.analysis.error(select.qualify!, 'The QUALIFY clause requires analytic function to be present');
  const order = tail.orderBy ? selectOrder(tail.orderBy, items, withAliases('ORDER BY clause')) : [];
  if (having && !wasGrouped) throw havingAlone(select.having!, grouping, context);
  const check = (expression: ResolvedExpression, clause: string, node: SelectedItem['node']) =>
    grouping.afterGrouping(expression, clause, node);
  const checked = grouping.defer({
    items: items.map((item) => check(item.expression, 'SELECT list expression', item.node)),
    having: having && check(having, 'HAVING clause', select.having!),
    qualify: qualify && check(qualify, 'QUALIFY clause', select.qualify!),
    order: order.map((key) => ({ ...key, expression: check(key.expression, 'ORDER BY expression', tail.orderBy!) })),
  });
  const outputs = items.map((item, i) => ({ ...item, expression: checked.items[i]! }));
  const grouped = grouping.relation(source, checked.having && { kind: 'filter', condition: checked.having });
  const projection = new Projection(outputs, select, context.analysis);
  const qualifier = checked.qualify && projection.extra('qualify', checked.qualify);
  const keys = checked.order.map((key) => ({ ...key, expression: projection.orderKey(key.expression, tail.orderBy!) }));
  let relation = projection.over(grouped);
  if (qualifier) relation = { kind: 'filter', input: relation, condition: qualifier };
  if (select.quantifier === 'DISTINCT') refuseIncomparable(select, projection, context);
  if (select.quantifier === 'DISTINCT') relation = { kind: 'distinct', input: relation, columns: projection.columns.map((c) => c.column) };
  relation = projection.afterDistinct(relation);
  if (keys.length) relation = { kind: 'sort', input: relation, keys };
  return { relation: limited(relation, tail.limit, context), columns: projection.columns, isValueTable: projection.isValue };
}

/** Select aliases for HAVING, QUALIFY and ORDER BY; a name that two columns have is ambiguous, even if they are the same. */
function aliasesOf(items: readonly SelectedItem[]): ReadonlyMap<string, ResolvedExpression | 'ambiguous'> {
  const aliases = new Map<string, ResolvedExpression | 'ambiguous'>();
  for (const { name, expression } of items) {
    if (!name) continue;
    const known = aliases.get(lower(name));
    aliases.set(lower(name), known ? 'ambiguous' : expression);
  }
  return aliases;
}
