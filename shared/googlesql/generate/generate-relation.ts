import { columnsRead, walkTree } from '../analyze/map-tree.ts';
import type {
  AggregateRelation,
  Column,
  CteDefinition,
  JoinRelation,
  Relation,
  ResolvedExpression,
  UnnestRelation,
  WindowExpression,
} from '../analyze/resolved-tree.ts';
import { INT64 } from '../types/sql-type.ts';
import { framePlaces } from './big-frame-sql.ts';
import { quoteName } from './duck-type.ts';
import { expressionSql } from './generate-expression.ts';
import { querySql, rowsSql } from './generate-query.ts';
import { hasRangeOffset } from './range-frame-sql.ts';
import { fromSelect, isBare, outputOf, type SelectBuilder, selectSql, wrap } from './select-builder.ts';
import { seriesSelect } from './series-sql.ts';
import { sortSql } from './sort-sql.ts';
import { columnName, type SqlNames } from './sql-names.ts';

/** The relation as a SELECT to go on with. */
export function relationSelect(relation: Relation, names: SqlNames): SelectBuilder {
  switch (relation.kind) {
    case 'single-row':
      return fromSelect('', []);
    case 'table':
      return tableSelect(relation, names);
    case 'cte':
      return cteSelect(relation, names);
    case 'view':
      return relationSelect(relation.input, names);
    case 'unnest':
      return unnestSelect(relation, names);
    case 'join':
      return joinSelect(relation, names);
    case 'filter':
      return filterSelect(relation, names);
    case 'project':
      return projectSelect(relation, names);
    case 'aggregate':
      return aggregateSelect(relation, names);
    case 'distinct': {
      const select = relationSelect(relation.input, names);
      return wrap(select, names, [], { isDistinct: true, only: relation.columns.map((c) => c.id) });
    }
    case 'sort':
      return sortSelect(relation, names);
    case 'limit':
      return limitSelect(relation, names);
    case 'set':
      return setSelect(relation, names);
    case 'with':
      return withSelect(relation, names);
    case 'sample':
      return sampleSelect(relation, names);
  }
}

function tableSelect(relation: Relation & { kind: 'table' }, names: SqlNames): SelectBuilder {
  const alias = names.alias();
  for (const { column, duckColumn } of relation.columns) names.bind(column.id, `${alias}.${quoteName(duckColumn)}`);
  return fromSelect(
    `${relation.table.duckName} AS ${alias}`,
    relation.columns.map((c) => c.column.id),
  );
}

function cteSelect(relation: Relation & { kind: 'cte' }, names: SqlNames): SelectBuilder {
  const alias = names.alias();
  relation.columns.forEach((column, i) => {
    names.bind(column.id, `${alias}.${columnName(relation.cte.query.columns[i]!.column.id)}`);
  });
  return fromSelect(
    `${quoteName(relation.cte.name)} AS ${alias}`,
    relation.columns.map((c) => c.id),
  );
}

/** DuckDB's select-list unnest: no join, and the left side's rows keep their order. */
function unnestSelect(relation: UnnestRelation, names: SqlNames): SelectBuilder {
  const series = seriesSelect(relation, names);
  if (series) return series;
  const left = relation.input
    ? readable(
        relationSelect(relation.input, names),
        relation.arrays.map((a) => a.expression),
        names,
      )
    : fromSelect('', []);
  const arrays = relation.arrays.map(({ expression }) => expressionSql(expression, names));
  const [first] = arrays as [string];
  const offsets = `range(CAST(len(${first}) AS BIGINT))`;
  const outer = (list: string, array: string): string =>
    relation.isOuter ? `CASE WHEN len(${array}) > 0 THEN ${list} ELSE [NULL] END` : list;
  const extra = relation.arrays.map(({ column }, i) => ({ column, sql: `unnest(${outer(arrays[i]!, arrays[i]!)})` }));
  if (relation.offset) extra.push({ column: relation.offset, sql: `unnest(${outer(offsets, first)})` });
  const read = extra.filter(({ column }) => names.live.has(column.id));
  const kept = read.length ? read : extra.slice(0, 1);
  const isOrdered = names.keepsOrder > 0 && !relation.input && left.limit === undefined;
  const source = isOrdered
    ? { ...left, arrayOrder: `unnest(${outer(offsets, first)})` }
    : { ...left, orderBy: left.limit === undefined ? [] : left.orderBy };
  return wrap(source, names, kept, { keepsExtra: true });
}

/** The SELECT such that the expressions can be written over it: what they read is no computation of its own. */
function readable(select: SelectBuilder, expressions: readonly unknown[], names: SqlNames): SelectBuilder {
  if (!select.computed.size) return select;
  const read = columnsRead(expressions);
  return [...select.computed].some((id) => read.has(id)) ? wrap(select, names) : select;
}

const bare = (select: SelectBuilder, names: SqlNames): SelectBuilder => (isBare(select) ? select : wrap(select, names));

function joinSelect(relation: JoinRelation, names: SqlNames): SelectBuilder {
  const left = bare(relationSelect(relation.left, names), names);
  const right = bare(relationSelect(relation.right, names), names);
  const lateral = relation.isLateral ? 'LATERAL ' : '';
  const rightSql = relation.isLateral && !right.from.startsWith('(SELECT') ? `(SELECT * FROM ${right.from})` : right.from;
  const columns = [...left.columns, ...right.columns];
  if (relation.joinType === 'CROSS') return fromSelect(`${left.from} CROSS JOIN ${lateral}${parenthesized(rightSql)}`, columns);
  const on = relation.on ? expressionSql(relation.on, names) : 'TRUE';
  return fromSelect(`${left.from} ${relation.joinType} JOIN ${lateral}${parenthesized(rightSql)} ON ${on}`, columns);
}

/** A join on the right side of another needs its parentheses. */
const parenthesized = (from: string): string =>
  / JOIN /.test(from) && !from.startsWith('(SELECT') && !from.startsWith('(WITH') ? `(${from})` : from;

const hasWindow = (expressions: readonly ResolvedExpression[]): boolean => windowsIn(expressions).length > 0;

/** The windows of a SELECT's own expressions; those of subqueries are theirs. */
function windowsIn(expressions: readonly ResolvedExpression[]): WindowExpression[] {
  const windows: WindowExpression[] = [];
  walkTree(expressions, (e) => {
    if (e.kind === 'window') windows.push(e);
    return e.kind !== 'subquery';
  });
  return windows;
}

function filterSelect(relation: Relation & { kind: 'filter' }, names: SqlNames): SelectBuilder {
  let select = readable(relationSelect(relation.input, names), [relation.condition], names);
  if (select.limit !== undefined || select.hasWindow || select.from === '') select = wrap(select, names);
  select.where.push(expressionSql(relation.condition, names));
  return select;
}

function projectSelect(relation: Relation & { kind: 'project' }, names: SqlNames): SelectBuilder {
  const expressions = relation.computed.map((c) => c.expression);
  let select = readable(relationSelect(relation.input, names), expressions, names);
  const windows = hasWindow(expressions);
  if (windows && (select.limit !== undefined || select.orderBy.length)) select = wrap(select, names);
  select = withFramePlaces(expressions, select, names);
  const compiled = relation.computed.map(({ column, expression }) => ({ column, expression, sql: expressionSql(expression, names) }));
  for (const { column, expression, sql } of compiled) {
    names.bind(column.id, sql);
    select.columns.push(column.id);
    if (expression.kind !== 'column') select.computed.add(column.id);
  }
  select.hasWindow ||= windows;
  return select;
}

/** Windows whose frames need a pass of their own read its columns. */
function withFramePlaces(expressions: readonly ResolvedExpression[], select: SelectBuilder, names: SqlNames): SelectBuilder {
  const windows = windowsIn(expressions).filter((w) => hasRangeOffset(w) && w.orderBy[0]!.expression.type.kind === 'BIGNUMERIC');
  if (!windows.length) return select;
  const extra: { column: Column; sql: string }[] = [];
  const add = (sql: string): string => {
    const column = { id: names.freshId(), name: 'place', type: INT64 };
    extra.push({ column, sql });
    return columnName(column.id);
  };
  const found = windows.map((window) => {
    const { place, start, end } = framePlaces(window, (e) => expressionSql(e, names));
    return { window, place: add(place), start: start && add(start), end: end && add(end) };
  });
  const wrapped = wrap(select, names, extra, { keepsExtra: true });
  const alias = wrapped.from.slice(wrapped.from.lastIndexOf(' ') + 1);
  const qualified = (column: string | undefined): string | undefined => column && `${alias}.${column}`;
  for (const { window, place, start, end } of found)
    names.framePlaces.set(window, { place: `${alias}.${place}`, start: qualified(start), end: qualified(end) });
  return wrapped;
}

function aggregateSelect(relation: AggregateRelation, names: SqlNames): SelectBuilder {
  const expressions = [...relation.groupBy, ...relation.aggregates].map((c) => c.expression);
  let select = readable(relationSelect(relation.input, names), expressions, names);
  if (select.limit !== undefined || select.hasWindow) select = wrap(select, names);
  select.orderBy = [];
  const restore = bringInside(relation, select, names);
  if (restore) select = restore.select;
  const keys = relation.groupBy.map(({ column, expression }) => ({ column, sql: expressionSql(expression, names) }));
  for (const { column, sql } of keys) names.bind(column.id, sql);
  const aggregates = relation.aggregates.map(({ column, expression }) => ({ column, sql: expressionSql(expression, names) }));
  const groupBy = groupBySql(
    keys.map((k) => k.sql),
    relation.sets,
    relation.aggregates.length > 0,
  );
  const grouped = wrap(select, names, [...keys, ...aggregates], { groupBy, only: [] });
  for (const [id, sql] of restore?.outer ?? []) names.bind(id, sql);
  return grouped;
}

/** An aggregate over nothing but outer columns would belong to the outer query: those columns are made this one's for the while. */
function bringInside(
  relation: AggregateRelation,
  select: SelectBuilder,
  names: SqlNames,
): { select: SelectBuilder; outer: [number, string][] } | undefined {
  const own = new Set(select.columns);
  const outside = relation.aggregates
    .map(({ expression }) => [...columnsRead(expression)].filter((id) => names.isBound(id)))
    .filter((ids) => ids.length && ids.every((id) => !own.has(id)));
  const ids = [...new Set(outside.flat())].filter((id) => !relation.groupBy.some((k) => k.column.id === id));
  if (!ids.length) return undefined;
  const outer = ids.map((id): [number, string] => [id, names.sqlOf(id)]);
  const extra = outer.map(([id, sql]) => ({ column: { id, name: '', type: INT64 }, sql }));
  return { select: wrap(select, names, extra, { keepsExtra: true }), outer };
}

function groupBySql(keys: readonly string[], sets: AggregateRelation['sets'], hasAggregates: boolean): string {
  if (sets) return `GROUP BY GROUPING SETS (${sets.map((set) => `(${set.map((i) => keys[i]).join(', ')})`).join(', ')})`;
  if (keys.length) return `GROUP BY ${keys.map(groupKey).join(', ')}`;
  return hasAggregates ? '' : 'HAVING count(*) >= 0';
}

/** A bare integer would be a place in the select list. */
const groupKey = (sql: string): string => (/^\d+$/.test(sql) ? `(${sql} + 0)` : sql);

function sortSelect(relation: Relation & { kind: 'sort' }, names: SqlNames): SelectBuilder {
  const expressions = relation.keys.map((k) => k.expression);
  let select = readable(relationSelect(relation.input, names), expressions, names);
  if (select.limit !== undefined) select = wrap(select, names);
  select.orderBy = relation.keys.map((key) => sortSql(expressionSql(key.expression, names), key.expression.type, key));
  return select;
}

function limitSelect(relation: Relation & { kind: 'limit' }, names: SqlNames): SelectBuilder {
  let select = relationSelect(relation.input, names);
  if (select.limit !== undefined) select = wrap(select, names);
  select.limit = `LIMIT ${expressionSql(relation.count, names)}${relation.offset ? ` OFFSET ${expressionSql(relation.offset, names)}` : ''}`;
  return select;
}

/** Whether a relation is one row of constants and such: `SELECT 1 AS a, 'x' AS b`. */
const isRow = (relation: Relation): boolean =>
  relation.kind === 'single-row' ||
  (relation.kind === 'project' && isRow(relation.input) && !hasWindow(relation.computed.map((c) => c.expression)));

/** `SELECT … UNION ALL SELECT …` of single rows: a table of values, whose rows stay in order. */
function valuesSelect(relation: Relation & { kind: 'set' }, names: SqlNames): SelectBuilder {
  const rows = relation.inputs.map(({ relation: input, expressions }) => {
    relationSelect(input, names);
    return `(${expressions.map((e) => expressionSql(e, names)).join(', ')})`;
  });
  const alias = names.alias();
  const ids = relation.columns.map((c) => c.id);
  for (const id of ids) names.bind(id, `${alias}.${columnName(id)}`);
  return fromSelect(`(VALUES ${rows.join(', ')}) AS ${alias}(${ids.map(columnName).join(', ')})`, ids);
}

function setSelect(relation: Relation & { kind: 'set' }, names: SqlNames): SelectBuilder {
  const isValues =
    relation.operator === 'UNION' && relation.isAll && relation.columns.length > 0 && relation.inputs.every((i) => isRow(i.relation));
  if (isValues && !names.keepsOrder) return valuesSelect(relation, names);
  const isOrdered = names.keepsOrder > 0 && relation.operator === 'UNION' && relation.isAll;
  const inputs = relation.inputs.map(({ relation: input, expressions }, k) => {
    let select = readable(relationSelect(input, names), expressions, names);
    const output = expressions.map((e, i) => `${expressionSql(e, names)} AS ${columnName(relation.columns[i]!.id)}`);
    if (isOrdered) {
      const order = select.orderBy.length
        ? `ORDER BY ${select.orderBy.join(', ')}`
        : select.arrayOrder
          ? `ORDER BY ${select.arrayOrder}`
          : '';
      output.push(`struct_pack(input := ${k}, place := row_number() OVER (${order})) AS array_order`);
      if (select.limit === undefined) select = { ...select, orderBy: [] };
    }
    return `(${selectSql(select, output.join(', ') || '1 AS c0')})`;
  });
  const alias = names.alias();
  for (const column of relation.columns) names.bind(column.id, `${alias}.${columnName(column.id)}`);
  const text = inputs.join(` ${relation.operator}${relation.isAll ? ' ALL' : ''} `);
  const select = fromSelect(
    `(SELECT * FROM (${text})) AS ${alias}`,
    relation.columns.map((c) => c.id),
  );
  if (isOrdered) select.arrayOrder = `${alias}.array_order`;
  return select;
}

function withSelect(relation: Relation & { kind: 'with' }, names: SqlNames): SelectBuilder {
  const texts = relation.ctes.map((cte) => cteSql(cte, names));
  let body = relationSelect(relation.body, names);
  if (body.with.length) body = wrap(body, names);
  return { ...body, with: texts, isRecursive: relation.ctes.some((c) => c.recursive) };
}

function cteSql(cte: CteDefinition, names: SqlNames): string {
  if (!cte.recursive) return `${quoteName(cte.name)} AS (${querySql(cte.query, names)})`;
  const columns = cte.query.columns.map((c) => columnName(c.column.id)).join(', ');
  const union = cte.recursive.isAll ? 'UNION ALL' : 'UNION';
  return `${quoteName(cte.name)}(${columns}) AS (${rowsSql(cte.query, names)} ${union} ${rowsSql(cte.recursive.query, names)})`;
}

function sampleSelect(relation: Relation & { kind: 'sample' }, names: SqlNames): SelectBuilder {
  const select = bare(relationSelect(relation.input, names), names);
  const alias = names.alias();
  const size = relation.percent ? `${sampleSize(relation.percent)} PERCENT` : `${sampleSize(relation.rows!)} ROWS`;
  const method = relation.percent ? 'bernoulli' : 'reservoir';
  const text = selectSql(
    select,
    outputOf(
      select.columns.filter((id) => names.live.has(id)),
      names,
    ),
  );
  for (const id of select.columns) names.bind(id, `${alias}.${columnName(id)}`);
  return fromSelect(`(SELECT * FROM (${text}) USING SAMPLE ${method}(${size})) AS ${alias}`, select.columns);
}

/** DuckDB wants a literal here. */
function sampleSize(size: ResolvedExpression): string {
  const value = size.kind === 'cast' ? size.operand : size;
  return value.kind === 'literal' ? String(value.value) : '100';
}
