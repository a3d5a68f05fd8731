import type { Identifier } from '../syntax/ast.ts';
import type { PipeAggregate, PipeOperator, PipeSetItem, Select, SelectColumn } from '../syntax/ast-query.ts';
import { sortKeys } from './analyze-aggregate.ts';
import { analyzeCondition, analyzeExpression } from './analyze-expression.ts';
import { sampled } from './analyze-from.ts';
import { joinTo } from './analyze-join.ts';
import { analyzePipeAggregate } from './analyze-pipe-aggregate.ts';
import { analyzePivot } from './analyze-pivot.ts';
import { analyzeQuery, limited, type QueryContext } from './analyze-query.ts';
import { analyzeSelect } from './analyze-select.ts';
import { analyzeSelectList } from './analyze-select-list.ts';
import { setTypes } from './analyze-set-operation.ts';
import { analyzeTableFunction } from './analyze-table-function.ts';
import { analyzeUnpivot } from './analyze-unpivot.ts';
import { analyzeWithClause } from './analyze-with.ts';
import { columnReference } from './build-expression.ts';
import type { ExpressionContext } from './expression-context.ts';
import { walkTree } from './map-tree.ts';
import { materialize, type NamedRelation, queryOfNames, referenceTo } from './query-output.ts';
import type { ComputedColumn, CteDefinition, ResolvedExpression, ResolvedQuery } from './resolved-tree.ts';
import { EMPTY_NAMES, lower, type NamedExpression, type Names, tableNames, withParent } from './scope.ts';

const NO_TAIL = { orderBy: undefined, limit: undefined };

/** The pipe operators after a query, each a table to a table. */
export function analyzePipes(start: NamedRelation, pipes: readonly PipeOperator[], context: QueryContext): ResolvedQuery {
  const ctes: CteDefinition[] = [];
  let state = start;
  let value: ResolvedQuery | undefined;
  for (const pipe of pipes) {
    if (pipe.kind === 'PipeWith') {
      ctes.push(...analyzeWithClause(pipe.with, context));
      continue;
    }
    const next = step(state, pipe, context);
    value = 'isValueTable' in next && next.isValueTable ? next : undefined;
    state = 'isValueTable' in next ? asNamed(next) : next;
  }
  const query = value ?? queryOfNames(state, context.analysis);
  return ctes.length ? { ...query, relation: { kind: 'with', ctes, body: query.relation } } : query;
}

const asNamed = (query: ResolvedQuery): NamedRelation => ({
  relation: query.relation,
  names: { ...EMPTY_NAMES, columns: query.columns.map(referenceTo) },
});

function step(state: NamedRelation, pipe: PipeOperator, context: QueryContext): NamedRelation | ResolvedQuery {
  const { analysis } = context;
  switch (pipe.kind) {
    case 'PipeSelect':
      return pipeSelect(state, pipe.select, context);
    case 'PipeExtend':
      return extend(state, pipe.items as readonly SelectColumn[], pipe.windows, context);
    case 'PipeWindow':
      return extend(state, pipe.items, [], context);
    case 'PipeSet':
      return setColumns(state, pipe.items, context);
    case 'PipeDrop':
      return { ...state, names: dropColumns(state.names, pipe.columns, context) };
    case 'PipeRename':
      return { ...state, names: renameColumns(state.names, pipe.items, context) };
    case 'PipeAs':
      return { ...state, names: tableNames(pipe.alias.name, state.names.columns) };
    case 'PipeWhere':
      return where(state, pipe, context);
    case 'PipeLimit':
      return { ...state, relation: limited(state.relation, pipe.limit, context) };
    case 'PipeAggregate':
      return analyzePipeAggregate(state, pipe as PipeAggregate, context);
    case 'PipeDistinct':
      return distinct(state, context);
    case 'PipeOrderBy':
      return orderBy(state, pipe.orderBy, context);
    case 'PipeJoin':
      return joinTo(state, pipe, context);
    case 'PipeCall':
      return analyzeTableFunction(pipe.call, context, queryOfNames(state, analysis));
    case 'PipeTableSample':
      return { ...state, relation: sampled(state.relation, pipe.sample, context) };
    case 'PipePivot':
      return analyzePivot(pipe.pivot, pipe.alias?.name, state, context);
    case 'PipeUnpivot':
      return analyzeUnpivot(pipe.unpivot, pipe.alias?.name, state, context);
    case 'PipeSetOperation':
      return setTypes(pipe, [queryOfNames(state, analysis), ...pipe.inputs.map((q) => analyzeQuery(q, context))], context);
    default:
      throw analysis.unsupported(pipe, `Pipe operator ${pipe.kind.slice(4)}`);
  }
}

const expressionsOver = (state: NamedRelation, clause: string, context: QueryContext): ExpressionContext => ({
  analysis: context.analysis,
  scope: withParent(state.names, context.outer),
  clause,
  windows: new Map(),
});

function pipeSelect(state: NamedRelation, select: Select, context: QueryContext): ResolvedQuery {
  return analyzeSelect(select, state, NO_TAIL, context);
}

function extend(state: NamedRelation, items: readonly SelectColumn[], windows: Select['windows'], context: QueryContext): NamedRelation {
  const named = new Map(windows.map((w) => [lower(w.name.name), w.specification]));
  const selected = analyzeSelectList(items, { ...expressionsOver(state, 'pipe EXTEND', context), windows: named }, true);
  const added = selected.map((item): ComputedColumn => {
    const column = context.analysis.column(item.name ?? '', item.expression.type);
    return { column, expression: item.expression };
  });
  const columns = [...state.names.columns, ...added.map(({ column }) => ({ name: column.name, expression: columnReference(column) }))];
  return { relation: { kind: 'project', input: state.relation, computed: added }, names: { ...state.names, columns } };
}

function indexOf(columns: readonly NamedExpression[], name: Identifier, what: string, { analysis }: QueryContext): number {
  const hits = columns.flatMap((c, i) => (lower(c.name) === lower(name.name) ? [i] : []));
  if (hits.length > 1) throw analysis.error(name, `Column name ${name.name} is ambiguous`);
  if (!hits.length) throw analysis.error(name, `Column not found: ${name.name} in pipe ${what}`);
  return hits[0]!;
}

function setColumns(state: NamedRelation, items: readonly PipeSetItem[], context: QueryContext): NamedRelation {
  const columns = [...state.names.columns];
  const computed = items.map(({ column: name, value }): ComputedColumn => {
    const expression = analyzeExpression(value, expressionsOver(state, 'pipe SET', context));
    const column = context.analysis.column(name.name, expression.type);
    const index = indexOf(state.names.columns, name, 'SET', context);
    columns[index] = { name: columns[index]!.name, expression: columnReference(column) };
    return { column, expression };
  });
  return { relation: { kind: 'project', input: state.relation, computed }, names: { ...state.names, columns } };
}

function dropColumns(names: Names, dropped: readonly Identifier[], context: QueryContext): Names {
  const gone = new Set(dropped.map((name) => indexOf(names.columns, name, 'DROP', context)));
  return { ...names, columns: names.columns.filter((_, i) => !gone.has(i)) };
}

function renameColumns(
  names: Names,
  items: readonly { readonly from: Identifier; readonly to: Identifier }[],
  context: QueryContext,
): Names {
  const columns = [...names.columns];
  for (const { from, to } of items) {
    const index = indexOf(names.columns, from, 'RENAME', context);
    columns[index] = { ...columns[index]!, name: to.name };
  }
  return { ...names, columns };
}

function where(state: NamedRelation, pipe: PipeOperator & { kind: 'PipeWhere' }, context: QueryContext): NamedRelation {
  const condition = analyzeCondition(pipe.condition, expressionsOver(state, 'pipe WHERE', context), 'pipe WHERE clause');
  return { ...state, relation: filtered(state, condition, context) };
}

/** A condition with window functions is computed before it filters. */
function filtered(state: NamedRelation, condition: ResolvedExpression, { analysis }: QueryContext): NamedRelation['relation'] {
  let hasWindow = false;
  walkTree(condition, (e) => {
    if (e.kind === 'window') hasWindow = true;
  });
  if (!hasWindow) return { kind: 'filter', input: state.relation, condition };
  const column = analysis.column('condition', condition.type);
  const computed = [{ column, expression: condition }];
  return { kind: 'filter', input: { kind: 'project', input: state.relation, computed }, condition: columnReference(column) };
}

function distinct(state: NamedRelation, { analysis }: QueryContext): NamedRelation {
  const visible = state.names.columns.filter((c) => !c.isHidden);
  const { relation, columns } = materialize(visible, state.relation, analysis);
  const names = { ...state.names, columns: columns.map(referenceTo) };
  return { relation: { kind: 'distinct', input: relation, columns: columns.map((c) => c.column) }, names };
}

function orderBy(state: NamedRelation, node: Parameters<typeof sortKeys>[0], context: QueryContext): NamedRelation {
  const expressions = expressionsOver(state, 'pipe ORDER BY', context);
  const keys = node.items.map((item) => {
    const key = sortKeys({ ...node, items: [item] }, expressions)[0]!;
    if (item.expression.kind !== 'IntLiteral') return key;
    const column = state.names.columns[Number(item.expression.image) - 1];
    if (!column) throw context.analysis.error(item, `ORDER BY is out of SELECT column number range: ${item.expression.image}`);
    return { ...key, expression: column.expression };
  });
  return { ...state, relation: { kind: 'sort', input: state.relation, keys } };
}
