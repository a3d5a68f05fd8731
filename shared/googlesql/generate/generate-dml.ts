import type { CatalogTable } from '../analyze/catalog.ts';
import type {
  Assignment,
  DmlTarget,
  MergeArm,
  Relation,
  ResolvedExpression,
  ResolvedInsert,
  ResolvedMerge,
  ResolvedStatement,
} from '../analyze/resolved-tree.ts';
import { quoteName } from './duck-type.ts';
import { expressionSql } from './generate-expression.ts';
import { rowsSql } from './generate-query.ts';
import { relationSelect } from './generate-relation.ts';
import { isBare, wrap } from './select-builder.ts';
import type { SqlNames } from './sql-names.ts';

type Dml = Exclude<ResolvedStatement, { kind: 'query' }>;

export function dmlSql(statement: Dml, names: SqlNames): string {
  switch (statement.kind) {
    case 'insert':
      return insertSql(statement, names);
    case 'update':
      return updateSql(statement, names);
    case 'delete':
      return deleteSql(statement, names);
    case 'merge':
      return mergeSql(statement, names);
    case 'truncate':
      return `DELETE FROM ${statement.target.table.duckName}`;
  }
}

const duckColumn = (table: CatalogTable, index: number): string =>
  quoteName(table.columns[index]!.duckColumn ?? table.columns[index]!.name);
const defaultOf = (table: CatalogTable, index: number): string => table.columns[index]!.duckDefault ?? 'NULL';
const valueSql = (value: ResolvedExpression | 'default', table: CatalogTable, index: number, names: SqlNames): string =>
  value === 'default' ? defaultOf(table, index) : expressionSql(value, names);

function insertSql(statement: ResolvedInsert, names: SqlNames): string {
  const { table } = statement;
  const left = statement.columns.map((c) => duckColumn(table, c));
  const missing = table.columns.flatMap((c, i) => (!c.isPseudo && c.duckDefault && !statement.columns.includes(i) ? [i] : []));
  const head = `INSERT INTO ${table.duckName} (${[...left, ...missing.map((i) => duckColumn(table, i))].join(', ')})`;
  const defaults = missing.map((i) => defaultOf(table, i));
  if (statement.query) {
    const rows = rowsSql(statement.query, names);
    return `${head} ${defaults.length ? `SELECT *, ${defaults.join(', ')} FROM (${rows})` : rows}`;
  }
  const rows = (statement.rows ?? []).map(
    (row) => `(${[...row.map((v, i) => valueSql(v, table, statement.columns[i]!, names)), ...defaults].join(', ')})`,
  );
  return `${head} VALUES ${rows.join(', ')}`;
}

/** The target under an alias, its columns bound to it. */
function targetSql(target: DmlTarget, names: SqlNames): string {
  const alias = names.alias();
  if (target.relation.kind === 'table') {
    for (const { column, duckColumn: name } of target.relation.columns) names.bind(column.id, `${alias}.${quoteName(name)}`);
  }
  return `${target.table.duckName} AS ${alias}`;
}

function sourceSql(relation: Relation, names: SqlNames): string {
  const select = relationSelect(relation, names);
  return (isBare(select) ? select : wrap(select, names)).from;
}

const setSql = (assignments: readonly Assignment[], table: CatalogTable, names: SqlNames): string =>
  assignments.map(({ column, value }) => `${duckColumn(table, column)} = ${valueSql(value, table, column, names)}`).join(', ');

function updateSql(statement: Dml & { kind: 'update' }, names: SqlNames): string {
  const { target, from, where, assignments } = statement;
  const head = targetSql(target, names);
  if (!from) return `UPDATE ${head} SET ${setSql(assignments, target.table, names)} WHERE ${expressionSql(where, names)}`;
  const source = sourceSql(from, names);
  return `UPDATE ${head} SET ${setSql(assignments, target.table, names)} FROM ${source} WHERE ${expressionSql(where, names)}`;
}

function deleteSql({ target, where }: Dml & { kind: 'delete' }, names: SqlNames): string {
  return `DELETE FROM ${targetSql(target, names)} WHERE ${expressionSql(where, names)}`;
}

function mergeSql(statement: ResolvedMerge, names: SqlNames): string {
  const head = targetSql(statement.target, names);
  const source = sourceSql(statement.source, names);
  const on = expressionSql(statement.on, names);
  const arms = statement.clauses.map((arm) => mergeArmSql(arm, statement.target.table, names));
  return `MERGE INTO ${head} USING ${source} ON ${on} ${arms.join(' ')}`;
}

const MATCH_SQL = {
  MATCHED: 'WHEN MATCHED',
  NOT_MATCHED_BY_TARGET: 'WHEN NOT MATCHED BY TARGET',
  NOT_MATCHED_BY_SOURCE: 'WHEN NOT MATCHED BY SOURCE',
} as const;

function mergeArmSql({ match, condition, action }: MergeArm, table: CatalogTable, names: SqlNames): string {
  const head = `${MATCH_SQL[match]}${condition ? ` AND ${expressionSql(condition, names)}` : ''} THEN`;
  if (action.kind === 'delete') return `${head} DELETE`;
  if (action.kind === 'update') return `${head} UPDATE SET ${setSql(action.assignments, table, names)}`;
  const missing = table.columns.flatMap((c, i) => (!c.isPseudo && c.duckDefault && !action.columns.includes(i) ? [i] : []));
  const columns = [...action.columns, ...missing].map((i) => duckColumn(table, i));
  const values = [
    ...action.values.map((v, i) => valueSql(v, table, action.columns[i]!, names)),
    ...missing.map((i) => defaultOf(table, i)),
  ];
  return `${head} INSERT (${columns.join(', ')}) VALUES (${values.join(', ')})`;
}
