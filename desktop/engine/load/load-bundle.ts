import type { DuckDBConnection } from '@duckdb/node-api';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { openTableWriter, type TableWriter } from '../database/table-writer.ts';
import { toExchangeRows, toTimestamp } from './exchange-facts.ts';
import { type TableName, tableNames } from './tables.sql.ts';

export type LoadOptions = {
  readonly connection: DuckDBConnection;
  /** The attached database whose empty tables are filled. */
  readonly catalog: string;
  readonly signal: AbortSignal;
  readonly onProgress: (exchangesLoaded: number) => void;
};

export type LoadOutcome = {
  readonly exchangesLoaded: number;
  /** What stopped the reading of a damaged bundle; what came before it is loaded. */
  readonly fault?: unknown;
};

/** Exchanges between two flushes: what is flushed can be seen while the rest loads. */
const flushEvery = 8192;

/** Streams a bundle's exchanges into tables. Memory holds one chunk per table, whatever the size of the bundle. */
export async function loadBundle(bundle: Bundle, options: LoadOptions): Promise<LoadOutcome> {
  const { connection, catalog, signal } = options;
  const writers = await openWriters(connection, catalog);
  let exchangesLoaded = 0;
  let fault: unknown;
  try {
    for await (const exchange of bundle.exchanges()) {
      if (signal.aborted) break;
      writeRows(writers, toExchangeRows(exchange));
      exchangesLoaded++;
      if (exchangesLoaded % flushEvery === 0) {
        flush(writers);
        options.onProgress(exchangesLoaded);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  } catch (error) {
    fault = error;
  }
  writers.get('session')?.write(toSessionRow(bundle));
  for (const writer of writers.values()) writer.close();
  options.onProgress(exchangesLoaded);
  return { exchangesLoaded, ...(fault === undefined ? {} : { fault }) };
}

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
