import type { Column } from '../analyze/resolved-tree.ts';
import { SqlError } from '../sql-error.ts';
import { columnName, type SqlNames } from './sql-names.ts';

/** One SELECT being put together. Its columns' SQL is in SqlNames, in terms of `from`. */
export type SelectBuilder = {
  from: string;
  /** Every column there is, by id. */
  columns: number[];
  /** Columns whose SQL is more than a reference; reading one elsewhere than in the output wraps the SELECT first. */
  computed: Set<number>;
  where: string[];
  orderBy: string[];
  limit?: string;
  with: string[];
  isRecursive: boolean;
  hasWindow: boolean;
  /** SQL that gives rows the order of the array they came from. */
  arrayOrder?: string;
};

export const fromSelect = (from: string, columns: number[]): SelectBuilder => ({
  from,
  columns,
  computed: new Set(),
  where: [],
  orderBy: [],
  with: [],
  isRecursive: false,
  hasWindow: false,
});

export const isBare = (select: SelectBuilder): boolean =>
  !select.computed.size &&
  !select.where.length &&
  !select.orderBy.length &&
  select.limit === undefined &&
  !select.with.length &&
  select.from !== '';

/** The SELECT's text with the given output list. */
export function selectSql(
  select: SelectBuilder,
  output: string,
  options: { readonly isDistinct?: boolean; readonly groupBy?: string } = {},
): string {
  const clauses = [
    select.with.length ? `WITH ${select.isRecursive ? 'RECURSIVE ' : ''}${select.with.join(', ')}` : '',
    `SELECT ${options.isDistinct ? 'DISTINCT ' : ''}${output}`,
    select.from && `FROM ${select.from}`,
    select.where.length ? `WHERE ${select.where.join(' AND ')}` : '',
    options.groupBy ?? '',
    select.orderBy.length ? `ORDER BY ${select.orderBy.join(', ')}` : '',
    select.limit ?? '',
  ];
  return clauses.filter(Boolean).join(' ');
}

/** Columns as output items under their own names; at least one, since DuckDB has no empty rows. */
export function outputOf(ids: readonly number[], names: SqlNames, extra: readonly string[] = []): string {
  const items = [...[...new Set(ids)].map((id) => `${names.sqlOf(id)} AS ${columnName(id)}`), ...extra];
  return items.length ? items.join(', ') : '1 AS c0';
}

/** UTF-16 units. Each SELECT around another carries its columns on, so that a long chain of pipes can grow far beyond its text. */
const MAX_SQL_LENGTH = 16_777_216;

/** The SELECT as a subquery of a new one; only columns that are read are carried on. `extra` are further output items. */
export function wrap(
  select: SelectBuilder,
  names: SqlNames,
  extra: readonly { readonly column: Column; readonly sql: string }[] = [],
  options: {
    readonly isDistinct?: boolean;
    readonly groupBy?: string;
    readonly only?: readonly number[];
    readonly keepsExtra?: boolean;
  } = {},
): SelectBuilder {
  const kept = (options.only ?? select.columns).filter((id) => names.live.has(id));
  const items = extra
    .filter(({ column }) => names.live.has(column.id) || options.groupBy !== undefined || options.keepsExtra)
    .map(({ column, sql }) => `${sql} AS ${columnName(column.id)}`);
  if (select.arrayOrder && !options.isDistinct && options.groupBy === undefined) items.push(`${select.arrayOrder} AS array_order`);
  const alias = names.alias();
  const text = selectSql(select, outputOf(kept, names, items), options);
  if (text.length > MAX_SQL_LENGTH)
    throw new SqlError('limit', 'The query is too large: its SELECTs within each other grow too long', '', 0);
  const ids = [...kept, ...extra.map(({ column }) => column.id)];
  for (const id of ids) names.bind(id, `${alias}.${columnName(id)}`);
  const wrapped = fromSelect(`(${text}) AS ${alias}`, ids);
  if (select.arrayOrder && !options.isDistinct && options.groupBy === undefined) wrapped.arrayOrder = `${alias}.array_order`;
  return wrapped;
}
