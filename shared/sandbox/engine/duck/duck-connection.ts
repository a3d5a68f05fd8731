import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { DuckDBAppender, DuckDBConnection, DuckDBDataChunk, DuckDBPendingResult, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { createStopped } from '../failure.ts';
import { runSlots } from './run-slots.ts';

let connections = 0;

/**
 * One connection. A statement runs on DuckDB's own threads and on one of libuv's pool while there is one to spare (run-slots.ts); the others are polled,
 * so that heavy statements never have the whole pool.
 */
export class DuckConnection {
  readonly #connection: DuckDBConnection;
  /** Tells the connections of a process apart; JavaScript functions are called with it. */
  readonly number = ++connections;
  /** Throws where what was done must not become durable. */
  beforeCommit: (() => void) | undefined;
  /** Between `begin` and `commit`. */
  isInTransaction = false;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Runs to the end, for statements whose rows nobody wants or whose rows are few. */
  async run(sql: string, signal?: AbortSignal): Promise<DuckDBResult> {
    if (signal?.aborted) throw createStopped();
    if (mayPlanAgain(sql)) return this.#interruptible(() => withSlot(() => this.#connection.run(sql)), signal);
    return this.#finish(await this.#connection.start(sql), signal);
  }

  async rows(sql: string, signal?: AbortSignal): Promise<DuckDBValue[][]> {
    return (await this.run(sql, signal)).getRows();
  }

  /** Rows as DuckDB makes them; they are dropped when the caller stops reading. */
  async *chunks(sql: string, signal?: AbortSignal): AsyncGenerator<DuckDBDataChunk, void, void> {
    const result = await this.stream(sql, signal);
    yield* readChunks(result, signal);
  }

  async stream(sql: string, signal?: AbortSignal): Promise<DuckDBResult> {
    if (signal?.aborted) throw createStopped();
    if (mayPlanAgain(sql)) return this.#interruptible(() => withSlot(() => this.#connection.stream(sql)), signal);
    return this.#finish(await this.#connection.startStream(sql), signal);
  }

  async begin(): Promise<void> {
    await this.run('BEGIN TRANSACTION');
    this.isInTransaction = true;
  }

  async commit(): Promise<void> {
    this.beforeCommit?.();
    this.isInTransaction = false;
    await this.run('COMMIT');
  }

  /** Also after a statement that failed; harmless where no transaction is open. */
  async rollback(): Promise<void> {
    if (!this.isInTransaction) return;
    this.isInTransaction = false;
    await this.run('ROLLBACK');
  }

  /**
   * All or nothing, unless a transaction of the caller is open already. Statements that call our JavaScript functions need one: outside a transaction
   * DuckDB may plan a statement again on this very thread, then waits for the function, which waits for this thread.
   */
  async transaction<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.isInTransaction) return work();
    await this.begin();
    try {
      const value = await work();
      await this.commit();
      return value;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  createAppender(database: string, schema: string, table: string): Promise<DuckDBAppender> {
    return this.#connection.createAppender(table, schema, database);
  }

  get native(): DuckDBConnection {
    return this.#connection;
  }

  close(): void {
    this.#connection.closeSync();
  }

  #finish(pending: DuckDBPendingResult, signal: AbortSignal | undefined): Promise<DuckDBResult> {
    return this.#interruptible(async () => {
      // An interrupted statement is polled to its end too: its threads are still at work, and the connection is of no use before they stop.
      for (let turn = 0; isRunning(pending); turn++) {
        if (runSlots().tryTake()) return release(pending.getResult());
        await wait(turn);
      }
      return pending.getResult();
    }, signal);
  }

  async #interruptible<Value>(work: () => Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
    const interrupt = (): void => this.#connection.interrupt();
    signal?.addEventListener('abort', interrupt);
    try {
      if (signal?.aborted) interrupt();
      return await work();
    } catch (error) {
      throw signal?.aborted ? createStopped() : error;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }
}

/**
 * DuckDB plans a statement that depends on variables or on the clock once more when it starts, which for a polled statement is on this thread. Planning
 * folds constants, and a JavaScript function among them would wait for this thread forever: such statements take a thread of libuv's pool after all.
 */
const mayPlanAgain = (sql: string): boolean =>
  /\b(?:bq|js)_\w+\(/.test(sql) && /getvariable|current|now\(|today\(|localtime|setting/i.test(sql);

/** Once a slot is held. */
const release = <Value>(work: Promise<Value>): Promise<Value> => work.finally(() => runSlots().release());

async function withSlot<Value>(work: () => Promise<Value>): Promise<Value> {
  await runSlots().take();
  return release(work());
}

export async function* readChunks(result: DuckDBResult, signal?: AbortSignal): AsyncGenerator<DuckDBDataChunk, void, void> {
  for (;;) {
    if (signal?.aborted) throw createStopped();
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk;
  }
}

// duckdb.h's duckdb_pending_state. Everything else means finished or failed, and getResult tells which.
const NOT_READY = 1;
const NO_TASKS_AVAILABLE = 3;

function isRunning(pending: DuckDBPendingResult): boolean {
  const { pending_result } = pending as unknown as { pending_result: Parameters<typeof duckdb.pending_execute_check_state>[0] };
  const state: number = duckdb.pending_execute_check_state(pending_result);
  return state === NOT_READY || state === NO_TASKS_AVAILABLE;
}

/** Short statements are polled each turn of the loop; long ones every few milliseconds. */
const wait = (turn: number): Promise<unknown> => (turn < 20 ? nextTurn() : pause(turn < 100 ? 1 : 5));
