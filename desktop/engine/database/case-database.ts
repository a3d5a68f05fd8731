import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { createGate, type Gate } from './gate.ts';

export type SqlValue = DuckDBValue;
export type SqlRow = Readonly<Record<string, unknown>>;

/** The case in DuckDB: an in-memory database of views over one attached file per bundle and per opened result. */
export type CaseDatabase = {
  /** Rows as plain JavaScript: BIGINT is bigint, LIST an array, STRUCT an object, TIMESTAMP a Date. */
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
  /** A connection of its own, for loading and streaming; the caller closes it. */
  connect(): Promise<DuckDBConnection>;
  /** Readers pass together; whoever attaches or detaches files passes alone. */
  readonly gate: Gate;
  close(): void;
};

export type CaseDatabaseOptions = { readonly directory: string; readonly memoryLimit: string; readonly threads?: number };

export async function createCaseDatabase({ directory, memoryLimit, threads }: CaseDatabaseOptions): Promise<CaseDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: join(directory, 'spill'),
    // Loading commits often, so that rows are seen early; each checkpoint would compress the same tails again.
    checkpoint_threshold: '256MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    return connection;
  };
  const connection = await connect();
  const gate = createGate();
  const all = async (sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> => {
    const reader = await connection.runAndReadAll(sql, [...values]);
    return reader.getRowObjectsJS();
  };
  return {
    all: (sql, values) => gate.shared(() => all(sql, values)),
    run: async (sql, values = []) => {
      await connection.run(sql, [...values]);
    },
    connect,
    gate,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
