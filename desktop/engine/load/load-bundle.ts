import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { openTableWriter, type TableWriter } from '../database/table-writer.ts';
import type { EvidenceCheck } from './evidence.ts';
import { returnsNoRows, statementTypeOf, toExchangeRows, toTimestamp } from './exchange-facts.ts';
import { createTableAccess } from './table-access.ts';
import { type TableName, tableNames } from './tables.sql.ts';
import { withUnreadSql } from './unread-sql.ts';

export type LoadOptions = {
  readonly connection: DuckDBConnection;
  /** The attached database whose empty tables are filled. */
  readonly catalog: string;
  /** What verification found; it ran before. */
  readonly checks: readonly EvidenceCheck[];
  readonly signal: AbortSignal;
  readonly onProgress: (exchangesLoaded: number) => void;
};

export type LoadOutcome = {
  readonly exchangesLoaded: number;
  /** What stopped the reading of a damaged bundle; what came before it is loaded. */
  readonly fault?: unknown;
};

/** Rows are seen from the first commit on. Commits cost a disk flush each: soon for the first, then by the clock. */
const firstCommitAt = 4096;
const commitEveryMs = 1500;
const breatheEvery = 1024;

/** Streams a bundle's exchanges into tables. Memory holds one chunk per table, whatever the size of the bundle. */
export async function loadBundle(bundle: Bundle, options: LoadOptions): Promise<LoadOutcome> {
  const { connection, catalog, signal } = options;
  const writers = await openWriters(connection, catalog);
  const describe = createTableAccess();
  let exchangesLoaded = 0;
  let committedAt = performance.now();
  let fault: unknown;
  await connection.run('BEGIN');
  try {
    for await (const recorded of bundle.exchanges()) {
      if (signal.aborted) break;
      const exchange = await withUnreadSql(bundle, recorded);
      writeRows(writers, toExchangeRows(exchange, describe(exchange.sql, statementTypeOf(exchange))));
      exchangesLoaded++;
      if (exchangesLoaded % breatheEvery !== 0) continue;
      if (exchangesLoaded === firstCommitAt || performance.now() - committedAt > commitEveryMs) {
        flush(writers);
        await connection.run('COMMIT');
        options.onProgress(exchangesLoaded);
        await connection.run('BEGIN');
        committedAt = performance.now();
      } else await new Promise((resolve) => setImmediate(resolve));
    }
  } catch (error) {
    fault = error;
  }
  writers.get('session')?.write(toSessionRow(bundle));
  for (const { name, subject, status, detail } of options.checks) writers.get('integrity_check')?.write([name, subject, status, detail]);
  for (const writer of writers.values()) writer.close();
  await connection.run(dropEmptyResults(catalog));
  await connection.run('COMMIT');
  options.onProgress(exchangesLoaded);
  return { exchangesLoaded, ...(fault === undefined ? {} : { fault }) };
}

/** A page says nothing of its statement: that it was DML shows in another exchange of the job. */
const dropEmptyResults = (catalog: string): string => `
  UPDATE ${catalog}.exchange SET has_result = false
  WHERE has_result AND job_id IN (SELECT job_id FROM ${catalog}.exchange WHERE regexp_matches(statement_type, '${returnsNoRows.source}'))`;

async function openWriters(connection: DuckDBConnection, catalog: string): Promise<Map<TableName, TableWriter>> {
  const writers = new Map<TableName, TableWriter>();
  for (const table of tableNames) writers.set(table, await openTableWriter(connection, catalog, table));
  return writers;
}

function writeRows(writers: ReadonlyMap<TableName, TableWriter>, rows: ReturnType<typeof toExchangeRows>): void {
  for (const [table, list] of Object.entries(rows)) for (const row of list) writers.get(table as TableName)?.write(row);
}

function flush(writers: ReadonlyMap<TableName, TableWriter>): void {
  for (const writer of writers.values()) writer.flush();
}

function toSessionRow({ session, manifestSha256, exporter }: Bundle): Parameters<TableWriter['write']>[0] {
  const { head, principal } = session;
  return [
    session.sessionId,
    session.name,
    principal?.kind,
    principal?.issuer,
    principal?.subject,
    toTimestamp(session.startedAt),
    undefined,
    head.state,
    undefined,
    head.writer,
    manifestSha256,
    exporter.by,
    exporter.at,
  ];
}
