import type { ResolvedExpression, ResolvedQuery, ResolvedStatement } from './analyze/resolved-tree.ts';
import { dmlSql } from './generate/generate-dml.ts';
import { expressionSql } from './generate/generate-expression.ts';
import { outputSql } from './generate/generate-query.ts';
import { liveColumns } from './generate/live-columns.ts';
import { readableQuery } from './generate/readable-query.ts';
import { refuseLongChains } from './generate/refuse-long-chains.ts';
import { SqlNames } from './generate/sql-names.ts';
import { SqlError } from './sql-error.ts';
import type { SqlType } from './types/sql-type.ts';

/** One column of a result. `name` is unique within it, as DuckDB and BigQuery want it; anonymous columns are `f0_`, `f1_`, …. `isAnonymous`: the query gave none. */
export type ResultColumn = { readonly name: string; readonly type: SqlType; readonly isAnonymous?: boolean };
export type DuckStatement = { readonly sql: string; readonly columns: readonly ResultColumn[] };

/**
 * DuckDB SQL for an analyzed statement, one text, literals and parameters in it. DML gives no columns: DuckDB answers it with a count of rows.
 * Tables stand in it as the catalogue's `duckName`; values have DuckDB's form of their type (`generate/README.md`). It wants a DuckDB in which the
 * functions of `functions/scalar-udfs.ts` are registered and `default_null_order` is 'nulls_first_on_asc_last_on_desc'. Throws SqlError: kind
 * 'unsupported' for what is not offered, by its name; 'limit' for a tree that is too deep.
 */
export const toDuckDB = (statement: ResolvedStatement): DuckStatement => withinStack(() => statementToDuckDB(statement));

function withinStack<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new SqlError('limit', 'The query is too deeply nested', '', 0);
    throw error;
  }
}

function statementToDuckDB(statement: ResolvedStatement): DuckStatement {
  refuseLongChains(statement);
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
  withinStack(() => expressionSql(expression, new SqlNames(liveColumns(expression))));

function resultColumns(query: ResolvedQuery): ResultColumn[] {
  const unique = uniqueNames();
  return query.columns.map(({ name, column }, i) => {
    if (!name) return { name: unique(`f${i}_`), type: column.type, isAnonymous: true };
    return { name: unique(name), type: column.type };
  });
}

/** Gives names that were not given before: `a`, `a_1`, `a_2`. */
function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return (wanted) => {
    const base = wanted.toLowerCase();
    let count = counts.get(base) ?? 0;
    let name = count > 0 ? `${wanted}_${count}` : wanted;
    while (taken.has(name.toLowerCase())) name = `${wanted}_${++count}`;
    counts.set(base, count);
    taken.add(name.toLowerCase());
    return name;
  };
}
