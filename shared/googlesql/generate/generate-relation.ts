import type { Column, CteDefinition, JoinRelation, Relation, ResolvedExpression, UnnestRelation } from '../analyze/resolved-tree.ts';
import { INT64 } from '../types/sql-type.ts';
import { framePlaces } from './big-frame-sql.ts';
import { quoteName } from './duck-type.ts';
import { aggregateSelect } from './generate-aggregate.ts';
import { expressionSql } from './generate-expression.ts';
import { querySql, rowsSql } from './generate-query.ts';
import { setSelect } from './generate-set.ts';
import { hasRangeOffset } from './range-frame-sql.ts';
import { bare, readable } from './readable-select.ts';
import { fromSelect, outputOf, type SelectBuilder, selectSql, wrap } from './select-builder.ts';
import { seriesSelect } from './series-sql.ts';
import { sortSql } from './sort-sql.ts';
import { columnName, type SqlNames } from './sql-names.ts';
import { hasWindow, windowsIn } from './windows-in.ts';

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
