import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../bundle/bundle.ts';
import { DERIVED_FOLDER } from '../bundle/format.ts';
import { returnsNoRows, statementTypeOf, toExchangeRows } from './exchange-facts.ts';
import { createTableAccess } from './table-access.ts';
import { openTableWriter, type TableWriter } from './table-writer.ts';
import { bundleTables, type TableName, tableNames } from './tables.sql.ts';
import { withUnreadSql } from './unread-sql.ts';

/** Tables with rows of exchanges: what `derived/` holds. */
export const exchangeTables: readonly TableName[] = tableNames.filter((table) => !bundleTables.includes(table));

export const derivedPath = (table: TableName): string => `${DERIVED_FOLDER}${table}.parquet`;

/**
 * Streams the exchanges of a bundle into tables that exist. Memory holds one chunk per table, whatever the size of the bundle.
 * `afterEach` may commit, breathe, or end the filling by returning false. What cannot be read ends it with the fault; the rest is there.
 */
export async function fillTables(
  bundle: Bundle,
  connection: DuckDBConnection,
  catalog: string,
  afterEach: (exchanges: number, flush: () => void) => Promise<boolean> | boolean,
): Promise<{ readonly exchanges: number; readonly fault?: unknown }> {
  const writers = new Map<TableName, TableWriter>();
  for (const table of exchangeTables) writers.set(table, await openTableWriter(connection, catalog, table));
  const flush = (): void => {
    for (const writer of writers.values()) writer.flush();
  };
  const describe = createTableAccess();
  let exchanges = 0;
  let fault: unknown;
  try {
    for await (const recorded of bundle.exchanges()) {
      const exchange = await withUnreadSql(bundle, recorded);
      const rows = toExchangeRows(exchange, describe(exchange.sql, statementTypeOf(exchange)));
      for (const [table, list] of Object.entries(rows)) for (const row of list) writers.get(table as TableName)?.write(row);
      exchanges += 1;
      if (!(await afterEach(exchanges, flush))) break;
    }
  } catch (error) {
    fault = error;
  }
  for (const writer of writers.values()) writer.close();
  await connection.run(dropEmptyResults(catalog));
  return { exchanges, ...(fault === undefined ? {} : { fault }) };
}

/** A page says nothing of its statement: that it was DML shows in another exchange of the job. */
const dropEmptyResults = (catalog: string): string => `
  UPDATE ${catalog}.exchange SET has_result = false
  WHERE has_result AND job_id IN (SELECT job_id FROM ${catalog}.exchange WHERE regexp_matches(statement_type, '${returnsNoRows.source}'))`;
