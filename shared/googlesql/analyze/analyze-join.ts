import type { Expression, Identifier, Node } from '../syntax/ast.ts';
import type { Join, JoinType, TableExpression } from '../syntax/ast-query.ts';
import { walk } from '../syntax/walk.ts';
import { arrayOf, BOOL, INT64, structField, structOf } from '../types/sql-type.ts';
import { callWith } from './analyze-call.ts';
import { analyzeCondition } from './analyze-expression.ts';
import { analyzeTable, type FromContext } from './analyze-from.ts';
import { analyzeUnnest, type Unnested, unnestOf } from './analyze-unnest.ts';
import { columnReference, conjunction, fieldOf, internalCall } from './build-expression.ts';
import { hoistSubqueries, holdsSubquery, type JoinSides } from './hoist-subqueries.ts';
import { columnsRead, mapTree } from './map-tree.ts';
import type { NamedRelation } from './query-output.ts';
import type { JoinRelation, Relation, ResolvedExpression } from './resolved-tree.ts';
import { joinNames, lower, type NamedExpression, type Names, withParent } from './scope.ts';

export function analyzeJoin(node: Join, context: FromContext): NamedRelation {
  const left = analyzeTable(node.left, context);
  return joinTo(left, node, context);
}

type JoinParts = Node & {
  readonly joinType: JoinType;
  readonly right: TableExpression;
  readonly on: Expression | undefined;
  readonly using: readonly Identifier[];
};

/** Joins a table to what stands left of it, in FROM or in a pipe. */
export function joinTo(left: NamedRelation, node: JoinParts, context: FromContext): NamedRelation {
  const parent = context.left ?? context.outer;
  const rightContext: FromContext = { ...context, left: withParent(left.names, parent) };
  assertNoDuplicateAlias(left.names, node.right, node.using.length > 0, context);
  const firstOwn = context.analysis.nextColumn;
  const unnested = unnestOf(node.right, rightContext);
  const asProjection = unnested && joinUnnested(left, unnested, node, context);
  if (asProjection) return asProjection;
  const right = unnested ? analyzeUnnest(unnested) : analyzeTable(node.right, rightContext);
  const afterOwn = context.analysis.nextColumn;
  const isLateral = readsFrom(left.names, right.relation, firstOwn);
  if (node.using.length) return joinUsing(left, right, isLateral, node, context);
  const names = joinNames(left.names, right.names);
  const on = node.on && joinCondition(node.on, names, context);
  if (!on || node.joinType === 'INNER')
    return { relation: joinRelation(left.relation, right.relation, node.joinType, isLateral, on), names };
  const sides = hoistSubqueries({ left: left.relation, right: right.relation, on }, { firstOwn, afterOwn }, context.analysis);
  if (holdsSubquery(sides.on) && node.joinType !== 'FULL') return { relation: lateralJoin(sides, node.joinType), names };
  return { relation: joinRelation(sides.left, sides.right, node.joinType, isLateral, sides.on), names };
}

/** An outer join whose condition holds a subquery over both sides: each row of the kept side is joined with the rows of the other that fit it. */
function lateralJoin({ left, right, on }: JoinSides, joinType: JoinType): Relation {
  const [kept, other] = joinType === 'RIGHT' ? [right, left] : [left, right];
  const fitting: Relation = { kind: 'filter', input: other, condition: on };
  return { kind: 'join', joinType: 'LEFT', left: kept, right: fitting, isLateral: true };
}

function assertNoDuplicateAlias(left: Names, right: TableExpression, joinUsing: boolean, { analysis }: FromContext): void {
  const alias = aliasOf(right);
  if (!alias || !left.ranges.has(lower(alias.name))) return;
  if (right.kind === 'UnnestTable' && joinUsing) return;
  throw analysis.error(alias, `Duplicate table alias ${alias.name} in the same FROM clause`);
}

/** The name a table goes by; one of its own path where it has no alias. */
function aliasOf(table: TableExpression): Identifier | undefined {
  if (table.kind === 'TablePathExpression') return table.alias ?? table.path.names.at(-1);
  return 'alias' in table ? table.alias : undefined;
}

/** Whether a relation whose own columns have ids from `firstOwn` on reads some of these names' columns. Most read none but their own. */
function readsFrom(names: Names, relation: Relation, firstOwn: number): boolean {
  const foreign = [...columnsRead(relation)].filter((id) => id < firstOwn);
  if (foreign.length === 0) return false;
  const produced = columnsOf(names);
  return foreign.some((id) => produced.has(id));
}

const columnsOf = (names: Names): Set<number> =>
  columnsRead([
    ...names.columns.map((c) => c.expression),
    ...[...names.ranges.values()].flatMap((r) => [r.value, ...r.columns.map((c) => c.expression)]),
  ]);

const joinCondition = (on: Expression, names: Names, context: FromContext): ResolvedExpression =>
  analyzeCondition(
    on,
    { analysis: context.analysis, scope: withParent(names, context.left ?? context.outer), clause: 'JOIN ON clause' },
    'JOIN ON clause',
  );

function joinRelation(
  left: Relation,
  right: Relation,
  joinType: JoinType,
  isLateral: boolean,
  on: ResolvedExpression | undefined,
): JoinRelation {
  const type = joinType === 'COMMA' || (joinType === 'INNER' && !on) ? 'CROSS' : joinType;
  return on ? { kind: 'join', joinType: type, left, right, isLateral, on } : { kind: 'join', joinType: type, left, right, isLateral };
}

/** The common case without a join: the array is unnested row by row over the left side. */
function joinUnnested(left: NamedRelation, unnested: Unnested, node: JoinParts, context: FromContext): NamedRelation | undefined {
  const { array, element, offset } = unnested;
  const isTrivial = !node.on || (node.on.kind === 'BooleanLiteral' && node.on.value);
  const isOuter = node.joinType === 'LEFT';
  if (node.using.length || node.joinType === 'RIGHT' || node.joinType === 'FULL') return undefined;
  if (isOuter && !isTrivial && holdsQuery(node.on!)) return undefined;
  if (isOuter && !isTrivial) return joinMatching(left, unnested, node, context);
  const names = joinNames(left.names, unnested.names);
  const arrays = [{ expression: array, column: element }];
  const relation: Relation = { kind: 'unnest', input: left.relation, arrays, isOuter, ...(offset && { offset }) };
  if (isTrivial) return { relation, names };
  return { relation: { kind: 'filter', input: relation, condition: joinCondition(node.on!, names, context) }, names };
}

function holdsQuery(on: Expression): boolean {
  let found = false;
  walk(on, (node) => {
    if (node.kind === 'Query') found = true;
    return !found;
  });
  return found;
}

/** LEFT JOIN UNNEST(…) ON condition: the array's elements that match, with their offsets, are unnested instead of the array. */
function joinMatching(
  left: NamedRelation,
  { array, element, offset, names: elementNames }: Unnested,
  node: JoinParts,
  context: FromContext,
): NamedRelation {
  const { analysis } = context;
  const names = joinNames(left.names, elementNames);
  const pairType = structOf([structField('element', element.type), structField('position', INT64)]);
  const pair = analysis.column('pair', pairType);
  const part = (index: number): ResolvedExpression => fieldOf(columnReference(pair), index);
  const condition = mapTree(joinCondition(node.on!, names, context), (e) => {
    if (e.kind !== 'column') return undefined;
    return e.column.id === element.id ? part(0) : e.column.id === offset?.id ? part(1) : undefined;
  });
  const matches: ResolvedExpression = { kind: 'lambda', parameters: [pair], body: condition, type: BOOL };
  const pairs = internalCall('$matching', [array, matches], arrayOf(pairType), ([list, lambda]) => {
    const numbered = `list_transform(${list}, lambda item, place: struct_pack("element" := item, "position" := CAST(place - 1 AS BIGINT)))`;
    return `list_filter(${numbered}, ${lambda})`;
  });
  const unnestedPair = analysis.column('pair', pairType);
  const input: Relation = { kind: 'unnest', input: left.relation, arrays: [{ expression: pairs, column: unnestedPair }], isOuter: true };
  const computed = [{ column: element, expression: fieldOf(columnReference(unnestedPair), 0) }];
  if (offset) computed.push({ column: offset, expression: fieldOf(columnReference(unnestedPair), 1) });
  return { relation: { kind: 'project', input, computed }, names };
}

function joinUsing(left: NamedRelation, right: NamedRelation, isLateral: boolean, node: JoinParts, context: FromContext): NamedRelation {
  const { analysis } = context;
  const expressions = { analysis, scope: undefined, clause: 'USING clause' };
  const pairs = node.using.map((name) => ({
    name: name.name,
    left: usingColumn(left.names, name, 'left', context),
    right: usingColumn(right.names, name, 'right', context),
  }));
  const on = conjunction(pairs.map((p) => callWith('$equal', [p.left, p.right], node, expressions)));
  let relation: Relation = joinRelation(left.relation, right.relation, node.joinType, isLateral, on);
  const merged = pairs.map(({ name, ...pair }): NamedExpression => {
    if (node.joinType !== 'FULL') return { name, expression: node.joinType === 'RIGHT' ? pair.right : pair.left };
    const expression = callWith('COALESCE', [pair.left, pair.right], node, expressions);
    const column = analysis.column(name, expression.type);
    relation = { kind: 'project', input: relation, computed: [{ column, expression }] };
    return { name, expression: columnReference(column) };
  });
  const used = new Set(pairs.map((p) => lower(p.name)));
  const rest = (names: Names) => names.columns.filter((c) => !used.has(lower(c.name)));
  const columns = [...merged, ...rest(left.names), ...rest(right.names)];
  return { relation, names: { columns, ranges: new Map([...left.names.ranges, ...right.names.ranges]) } };
}

function usingColumn(names: Names, name: Identifier, side: string, { analysis }: FromContext): ResolvedExpression {
  const wanted = lower(name.name);
  const hits = names.columns.filter((c) => c.name.length === wanted.length && lower(c.name) === wanted);
  if (!hits.length) throw analysis.error(name, `Column ${name.name} in USING clause not found on ${side} side of join`);
  if (hits.length > 1) throw analysis.error(name, `Column ${name.name} in USING clause is ambiguous on ${side} side of join`);
  return hits[0]!.expression;
}
