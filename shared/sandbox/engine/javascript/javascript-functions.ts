import { readFile } from 'node:fs/promises';
import type { DuckConnection } from '../duck/duck-connection.ts';
import type { Duck } from '../duck/open-duck.ts';
import type { EngineOptions } from '../engine.ts';
import { createInvalidQuery, createStopped } from '../failure.ts';
import type { RoutineResource } from '../resource.ts';
import { FunctionRun, TooSlow } from './function-run.ts';
import type { FunctionLimits } from './function-worker.ts';
import { RegisteredFunction, toFunctionId } from './registered-function.ts';
import { WorkerPool } from './worker-pool.ts';

/** What a statement will run. DML is tried in a transaction that is rolled back. */
export type SettledSql = { readonly text: string; readonly isDml?: boolean; readonly signal?: AbortSignal };

/**
 * JavaScript functions, evaluated by threads with QuickJS. DuckDB calls them on the only thread there is, so they must answer at once: it waits for the
 * other thread, but for milliseconds only. Where a function is slower, the statement is rolled back, run to see with which arguments its functions are
 * called (they then answer NULL), and run again when the thread has computed the values; nested calls need one round more for each level.
 */
export class JavaScriptFunctions {
  readonly #duck: Duck;
  readonly #limits: FunctionLimits;
  readonly #pool: WorkerPool;
  readonly #objects: EngineOptions['objects'];
  readonly #registered = new Map<string, RegisteredFunction>();
  /** By the number of the connection. */
  readonly #runs = new Map<number, FunctionRun>();

  constructor(duck: Duck, { javascript: { timeoutMs = 10_000, memoryMb = 128 } = {}, objects }: EngineOptions) {
    this.#duck = duck;
    this.#objects = objects;
    this.#limits = { timeoutMs, memoryMb };
    this.#pool = new WorkerPool(this.#limits);
  }

  /** Makes the function known to DuckDB, once for each distinct text and signature. */
  register(routine: RoutineResource): RegisteredFunction {
    const id = toFunctionId(routine);
    const existing = this.#registered.get(id);
    if (existing) return existing;
    const registered = new RegisteredFunction(routine);
    this.#duck.registerFunction(registered.toScalarFunction((called, connection, calls) => this.#answer(called, connection, calls)));
    this.#registered.set(id, registered);
    return registered;
  }

  /** Runs `work`, which runs `sql` on the connection. It may run twice, the first time rolled back. */
  async settle<Value>(
    connection: DuckConnection,
    routines: Iterable<RoutineResource>,
    sql: SettledSql,
    work: () => Promise<Value>,
  ): Promise<Value> {
    const functions = [...routines].filter(({ language }) => language === 'JAVASCRIPT').map((routine) => this.register(routine));
    if (functions.length === 0) return work();
    const worker = await this.#pool.take(sql.signal);
    const run = new FunctionRun(worker, this.#limits);
    const stop = (): void => {
      run.failure = createStopped();
      worker.stop(run.failure);
    };
    sql.signal?.addEventListener('abort', stop);
    this.#runs.set(connection.number, run);
    try {
      for (const each of functions) await run.define(each, await this.#readLibraries(each.routine));
      return await attempt(connection, run, sql, work);
    } catch (error) {
      throw run.failure ?? error;
    } finally {
      sql.signal?.removeEventListener('abort', stop);
      this.#runs.delete(connection.number);
      this.#pool.release(worker);
    }
  }

  close(): void {
    this.#pool.close();
  }

  /** Texts from the sandbox's own objects, run before the function is made. */
  async #readLibraries({ importedLibraries = [] }: RoutineResource): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const uri of importedLibraries) {
      const [path] = this.#objects?.resolve(uri) ?? [];
      if (path === undefined) throw createInvalidQuery(`Failed to load JavaScript library ${uri}: the object does not exist`);
      texts.push(await readFile(path, 'utf8'));
    }
    return texts;
  }

  #answer(registered: RegisteredFunction, connection: number, calls: readonly string[]) {
    const run = this.#runs.get(connection);
    if (!run) throw new Error('A JavaScript function was called outside of its statement');
    return run.answer(registered, calls);
  }
}

/** Within a client's transaction nothing may fail on the way, so there is one attempt only. */
async function attempt<Value>(connection: DuckConnection, run: FunctionRun, sql: SettledSql, work: () => Promise<Value>): Promise<Value> {
  if (connection.isInTransaction) {
    run.mode = 'patient';
    return work();
  }
  // TRY() may have swallowed what was thrown, so nothing is committed before this was asked.
  connection.beforeCommit = () => {
    if (run.isTooSlow) throw new TooSlow();
  };
  try {
    return await work();
  } catch (error) {
    if (!run.isTooSlow) throw error;
  } finally {
    connection.beforeCommit = undefined;
  }
  await learn(connection, run, sql);
  run.mode = 'patient';
  return work();
}

async function learn(connection: DuckConnection, run: FunctionRun, sql: SettledSql): Promise<void> {
  run.mode = 'collect';
  // No deeper can calls be nested than there are calls. Arguments that are other ones in each run are left to the last, patient one.
  const levels = sql.text.match(/\bjs_\w+\(/g)?.length ?? 1;
  for (let level = 0; level < levels; level++) {
    const before = run.misses;
    await tryOut(connection, sql);
    if (run.failure) throw run.failure;
    if (run.misses === before) return;
    await run.evaluateCollected();
  }
}

/** Rows are let go as they come; a failure in a first round may come of the NULLs, so only the values asked for count. */
async function tryOut(connection: DuckConnection, { text, isDml, signal }: SettledSql): Promise<void> {
  await connection.begin();
  try {
    if (isDml) await connection.run(text, signal);
    else for await (const _ of connection.chunks(text, signal));
  } catch {
    // The statement itself will say so.
  } finally {
    await connection.rollback();
  }
}
