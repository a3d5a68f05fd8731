import type { ResolvedExpression, ResolvedQuery, ResolvedStatement } from './analyze/resolved-tree.ts';
import { dmlSql } from './generate/generate-dml.ts';
import { expressionSql } from './generate/generate-expression.ts';
import { outputSql } from './generate/generate-query.ts';
import { liveColumns } from './generate/live-columns.ts';
import { readableQuery } from './generate/readable-query.ts';
import { SqlNames } from './generate/sql-names.ts';
import type { SqlType } from './types/sql-type.ts';

/** `name` is unique within a result, as DuckDB and BigQuery want it; anonymous columns are `f0_`, `f1_`, …. `isAnonymous`: the query gave none. */
export type ResultColumn = { readonly name: string; readonly type: SqlType; readonly isAnonymous?: boolean };
export type DuckStatement = { readonly sql: string; readonly columns: readonly ResultColumn[] };

/** DuckDB SQL for an analyzed statement. DML gives no columns: DuckDB answers it with a count of rows. */
export function toDuckDB(statement: ResolvedStatement): DuckStatement {
  const names = new SqlNames(liveColumns(statement));
  if (statement.kind !== 'query') return { sql: dmlSql(statement, names), columns: [] };
  return queryToDuckDB(statement.query);
}

function queryToDuckDB(query: ResolvedQuery): DuckStatement {
  const readable = readableQuery(query);
  const columns = resultColumns(readable);
  const names = new SqlNames(liveColumns(readable));
  const sql = outputSql(
    readable,
    columns.map((c) => c.name),
    names,
  );
  return { sql, columns };
}

/** DuckDB SQL for one analyzed expression, to be put into `SELECT …`. */
export const expressionToDuckDB = (expression: ResolvedExpression): string =>
  expressionSql(expression, new SqlNames(liveColumns(expression)));

function resultColumns(query: ResolvedQuery): ResultColumn[] {
  const taken = new Set<string>();
  return query.columns.map(({ name, column }, i) => {
    const wanted = name || `f${i}_`;
    const unique = uniqueName(wanted, taken);
    taken.add(unique.toLowerCase());
    return name ? { name: unique, type: column.type } : { name: unique, type: column.type, isAnonymous: true };
  });
}

function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let i = 1; taken.has(name.toLowerCase()); i++) name = `${wanted}_${i}`;
  return name;
}
