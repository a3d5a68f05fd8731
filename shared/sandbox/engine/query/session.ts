import { randomBytes } from 'node:crypto';
import type { Variable } from '../../../googlesql/analyze/analyze-options.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { StoredTable } from '../catalog/stored-table.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import type { DatasetReference, RoutineResource } from '../resource.ts';
import type { StackPlace } from '../script/error-variables.ts';
import { noteChange, type TableChange } from './watch-changes.ts';

export type ScriptVariable = Variable & { readonly duckName: string };

export type SystemState = {
  rowCount: bigint;
  bytesProcessed: bigint;
  childJobs: number;
  timeZone: string;
  queryLabel?: string | undefined;
  datasetId?: string | undefined;
  datasetProjectId?: string | undefined;
};

/** What @@error shows inside an exception handler. */
export type ScriptError = { readonly message: string; readonly statementText: string; readonly stack: readonly StackPlace[] };

/**
 * What statements of one script, or of one BigQuery session, share: a DuckDB connection, temporary tables and functions, variables, a transaction.
 */
export class Session {
  readonly id: string | undefined;
  readonly projectId: string;
  readonly connection: DuckConnection;
  /** Hidden: temporary tables live in it. */
  readonly tempDataset: DatasetReference;
  readonly tempTables = new Map<string, StoredTable>();
  readonly tempRoutines = new Map<string, RoutineResource>();
  /** Innermost block last; a session's own variables are the first. */
  readonly scopes: Map<string, ScriptVariable>[] = [new Map()];
  readonly system: SystemState = { rowCount: 0n, bytesProcessed: 0n, childJobs: 0, timeZone: 'UTC' };
  readonly times = new Map<string, number>();
  error: ScriptError | undefined;
  /** A session runs one job at a time. */
  isBusy = false;
  transactionId: string | undefined;
  readonly createdAt = Date.now();
  usedAt = Date.now();
  userEmail: string | undefined;
  /** What the open transaction did, by table. */
  readonly changes = new Map<string, TableChange>();
  #tempTablesBefore: ReadonlyMap<string, StoredTable> | undefined;
  #variables = 0;

  constructor(projectId: string, connection: DuckConnection, id?: string) {
    this.id = id;
    this.projectId = projectId;
    this.connection = connection;
    const kind = id === undefined ? '_script' : '_session';
    this.tempDataset = { projectId, datasetId: `${kind}${randomBytes(20).toString('hex')}` };
  }

  get variables(): readonly ScriptVariable[] {
    return this.scopes.toReversed().flatMap((scope) => [...scope.values()]);
  }

  findVariable(name: string): ScriptVariable | undefined {
    const key = name.toLowerCase();
    return this.scopes.findLast((scope) => scope.has(key))?.get(key);
  }

  /** Inside the innermost block. Its value is a DuckDB variable of this connection, so that no value passes through JavaScript. */
  declare(name: string, type: SqlType, toDuckSql: (duckName: string) => string): ScriptVariable {
    const duckName = `v${++this.#variables}`;
    const variable = { name, type, duckName, duckSql: toDuckSql(duckName) };
    this.scopes.at(-1)!.set(name.toLowerCase(), variable);
    return variable;
  }

  async beginTransaction(): Promise<void> {
    await this.connection.begin();
    this.#tempTablesBefore = new Map(this.tempTables);
    this.transactionId = randomBytes(16).toString('hex');
  }

  async commitTransaction(): Promise<void> {
    this.transactionId = undefined;
    await this.connection.commit();
    for (const change of this.changes.values()) noteChange(change);
    this.changes.clear();
  }

  /** DuckDB forgets the temporary tables that were made since; so must we. */
  async rollbackTransaction(): Promise<void> {
    this.transactionId = undefined;
    await this.connection.rollback();
    this.changes.clear();
    this.tempTables.clear();
    for (const [name, table] of this.#tempTablesBefore ?? []) this.tempTables.set(name, table);
  }
}
