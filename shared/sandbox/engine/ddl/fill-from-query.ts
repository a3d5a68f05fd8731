import type { Query } from '../../../googlesql/syntax/ast-query.ts';
import type { InsertStatement } from '../../../googlesql/syntax/ast-statement.ts';
import type { DuckStatement } from '../../../googlesql/to-duckdb.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { Fill } from '../rows/write-table.ts';

/** Fills a new table with a query's rows. Where the columns were declared, values are assigned to them as INSERT does. */
export function fillFromQuery(context: StatementContext, query: Query, duck: DuckStatement, isDeclared: boolean): Fill {
  return async (connection, table) => {
    if (isDeclared) {
      const insert = toInsert(query);
      const { duck: assigned } = context.analyzeInsert(insert, table);
      const [row] = await connection.rows(assigned.sql, context.signal);
      return row![0] as bigint;
    }
    const columns = duck.columns.length === 0 ? '("#none")' : '';
    const [row] = await connection.rows(
      `INSERT INTO ${toDuckTable(table.place)} ${columns || toColumnList(table)} ${duck.sql}`,
      context.signal,
    );
    return row![0] as bigint;
  };
}

/** Hidden columns get their defaults. */
const toColumnList = ({ resource }: Parameters<Fill>[1]): string =>
  `(${(resource.schema?.fields ?? []).map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(', ')})`;

const toInsert = (query: Query): InsertStatement => ({
  kind: 'InsertStatement',
  statementType: 'INSERT',
  span: query.span,
  target: {
    kind: 'PathExpression',
    span: query.span,
    names: [{ kind: 'Identifier', span: query.span, name: ' new table', isQuoted: false }],
  },
  columns: [],
  rows: [],
  query,
});
