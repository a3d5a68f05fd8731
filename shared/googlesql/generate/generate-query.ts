import type { OutputColumn, ResolvedQuery } from '../analyze/resolved-tree.ts';
import { arrayOf } from '../types/sql-type.ts';
import { duckType, quoteName } from './duck-type.ts';
import { relationSelect } from './generate-relation.ts';
import { outputOf, selectSql, wrap } from './select-builder.ts';
import { columnName, type SqlNames } from './sql-names.ts';

const idsOf = (query: ResolvedQuery): number[] => query.columns.map((c) => c.column.id);

/** A query whose columns keep their internal names, each once. */
export const querySql = (query: ResolvedQuery, names: SqlNames): string => {
  const select = relationSelect(query.relation, names);
  return selectSql(select, outputOf(idsOf(query), names));
};

/** A query with its columns in order under internal names, repeated where the query repeats them. */
export function rowsSql(query: ResolvedQuery, names: SqlNames): string {
  const select = relationSelect(query.relation, names);
  const output = query.columns.map((c) => names.sqlOf(c.column.id)).join(', ');
  return selectSql(select, output || '1');
}

/** A query as its reader gets it: columns in order, with the names given. */
export function outputSql(query: ResolvedQuery, outputNames: readonly string[], names: SqlNames): string {
  const select = relationSelect(query.relation, names);
  const output = query.columns.map((c: OutputColumn, i) => `${names.sqlOf(c.column.id)} AS ${quoteName(outputNames[i]!)}`).join(', ');
  return selectSql(select, output || '1 AS "_empty"');
}

/**
 * One list of the only column's values in the query's order; an empty list for no rows. A computed value is taken from a subquery:
 * an aggregate over nothing but outer columns would belong to the outer query.
 */
export function arrayQuerySql(query: ResolvedQuery, names: SqlNames): string {
  names.keepsOrder++;
  let select = relationSelect(query.relation, names);
  names.keepsOrder--;
  const { column } = query.columns[0]!;
  let order = select.orderBy.length ? select.orderBy.join(', ') : (select.arrayOrder ?? '');
  const isOutside = select.from === '' || select.computed.has(column.id);
  if (select.limit !== undefined) {
    select.arrayOrder = `row_number() OVER (${order ? `ORDER BY ${order}` : ''})`;
    select = wrap(select, names, [], { only: [column.id] });
    order = select.arrayOrder!;
  } else if (select.hasWindow || isOutside) {
    if (order) select.arrayOrder = `row_number() OVER (ORDER BY ${order})`;
    select = wrap({ ...select, orderBy: [] }, names, [], { only: [column.id] });
    order = select.arrayOrder ?? '';
  }
  const list = `list(${names.sqlOf(column.id)}${order ? ` ORDER BY ${order}` : ''})`;
  return selectSql(
    { ...select, orderBy: [] },
    `coalesce(${list}, CAST([] AS ${duckType(arrayOf(column.type))})) AS ${columnName(column.id).replace('-', '_')}`,
  );
}
