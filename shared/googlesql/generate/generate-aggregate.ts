import { columnsRead } from '../analyze/map-tree.ts';
import type { AggregateRelation } from '../analyze/resolved-tree.ts';
import { INT64 } from '../types/sql-type.ts';
import { expressionSql } from './generate-expression.ts';
import { relationSelect } from './generate-relation.ts';
import { readable } from './readable-select.ts';
import { type SelectBuilder, wrap } from './select-builder.ts';
import type { SqlNames } from './sql-names.ts';

export function aggregateSelect(relation: AggregateRelation, names: SqlNames): SelectBuilder {
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
