import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBScalarFunction } from '@duckdb/node-api';
import { isAlive } from '../../../base/is-alive.ts';
import { DuckConnection } from './duck-connection.ts';
import { quoteText } from './quote.ts';

export type DuckOptions = {
  readonly directory?: string;
  readonly threads?: number;
  /** DuckDB's own words: '1GB'. Beyond `memoryLimit` rows go to disk, beyond `spillLimit` statements fail. */
  readonly memoryLimit?: string;
  readonly spillLimit?: string;
};

/** The attached database of results, so that a job's rows can be read until they expire; in memory, spilling into the temporary directory, or beside the data. */
export const RESULT_DATABASE = 'result';
export const MAIN_DATABASE = 'main_data';

/**
 * The one DuckDB instance of an engine. DuckDB is locked when this returns: no extension, no file outside `stagingDirectory`, no setting can change.
 * That is a second lock: the SQL it runs is generated, never a client's.
 */
export class Duck {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckConnection[] = [];
  readonly #open = new Set<DuckConnection>();
  readonly #scratchDirectory: string;
  /** The only folder DuckDB may read from and write to: loads are copied into it, exports come out of it. */
  readonly stagingDirectory: string;

  readonly #registrar: DuckConnection;

  /** Whether tables outlive this instance. */
  readonly isDurable: boolean;

  constructor(instance: DuckDBInstance, registrar: DuckConnection, scratchDirectory: string, isDurable: boolean) {
    this.#instance = instance;
    this.#registrar = registrar;
    this.#scratchDirectory = scratchDirectory;
    this.isDurable = isDurable;
    this.stagingDirectory = join(scratchDirectory, 'staging');
  }

  async connect(): Promise<DuckConnection> {
    const connection = this.#idle.pop() ?? new DuckConnection(await this.#instance.connect());
    this.#open.add(connection);
    return connection;
  }

  release(connection: DuckConnection): void {
    if (!this.#open.delete(connection)) return;
    if (connection.isInTransaction) connection.close();
    else this.#idle.push(connection);
  }

  async use<Value>(work: (connection: DuckConnection) => Promise<Value>): Promise<Value> {
    const connection = await this.connect();
    try {
      return await work(connection);
    } finally {
      await connection.rollback();
      this.release(connection);
    }
  }

  run(sql: string, signal?: AbortSignal): Promise<unknown> {
    return this.use((connection) => connection.run(sql, signal));
  }

  /** For all connections. */
  registerFunction(scalarFunction: DuckDBScalarFunction): void {
    this.#registrar.native.registerScalarFunction(scalarFunction);
  }

  async close(): Promise<void> {
    for (const connection of [...this.#open, ...this.#idle, this.#registrar]) connection.close();
    this.#instance.closeSync();
    await rm(this.#scratchDirectory, { recursive: true, force: true });
  }
}

/** `prepare` registers functions and macros while settings may still change. */
export async function openDuck(options: DuckOptions, prepare: (connection: DuckConnection) => Promise<void>): Promise<Duck> {
  const scratchDirectory = await createScratchDirectory(options.directory);
  const instance = await DuckDBInstance.create(':memory:', toSettings(options, scratchDirectory));
  const duck = new Duck(instance, new DuckConnection(await instance.connect()), scratchDirectory, options.directory !== undefined);
  await duck.use(async (connection) => {
    await connection.run(`ATTACH ${quoteText(toPath(options.directory, 'sandbox.duckdb'))} AS ${MAIN_DATABASE}`);
    // The file is ours alone now, so other scratch folders beside it are those of engines that were killed.
    if (options.directory !== undefined) await removeLeftovers(options.directory, scratchDirectory);
    await connection.run(`ATTACH ${quoteText(toPath(options.directory, 'results.duckdb'))} AS ${RESULT_DATABASE}`);
    await prepare(connection);
    await lock(connection, duck.stagingDirectory, options.spillLimit ?? '50GB');
  });
  return duck;
}

const toPath = (directory: string | undefined, file: string): string => (directory === undefined ? ':memory:' : join(directory, file));

/** Beside the data, so that spilled rows never land on another disk than the one the operator chose. */
async function createScratchDirectory(directory: string | undefined): Promise<string> {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  if (directory === undefined) await removeOrphans(tmpdir());
  const scratch = await mkdtemp(join(directory ?? tmpdir(), directory === undefined ? `${ORPHAN_PREFIX}${process.pid}-` : 'scratch-'));
  await mkdir(join(scratch, 'staging'));
  return scratch;
}

const ORPHAN_PREFIX = 'steno-scratch-';

/** Where nothing is kept, the folder's name says whose it is: those of processes that are gone go too. */
async function removeOrphans(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(ORPHAN_PREFIX) ? Number(name.slice(ORPHAN_PREFIX.length).split('-')[0]) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function removeLeftovers(directory: string, own: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith('scratch-') && join(directory, name) !== own);
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

function toSettings({ threads, memoryLimit }: DuckOptions, scratchDirectory: string): Record<string, string> {
  return {
    // One more than the processors: DuckDB counts the thread that calls it, and ours only polls.
    threads: String((threads ?? Math.max(2, availableParallelism())) + 1),
    // Threads turn to another statement after some chunks; else a heavy one would have them all until it ends.
    scheduler_process_partial: 'true',
    memory_limit: memoryLimit ?? `${Math.max(512, Math.floor(totalmem() / 4 / 1024 ** 2))}MB`,
    temp_directory: join(scratchDirectory, 'spill'),
    // BigQuery's order of NULLs; OFFSET pages rely on rows keeping the order they were inserted in.
    default_null_order: 'nulls_first_on_asc_last_on_desc',
    preserve_insertion_order: 'true',
    // Common table expressions and nested conditions count too; chains of operators are refused long before.
    max_expression_depth: '10000',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  };
}

async function lock(connection: DuckConnection, stagingDirectory: string, spillLimit: string): Promise<void> {
  await connection.run(`SET GLOBAL max_temp_directory_size = ${quoteText(spillLimit)}`);
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run(`SET GLOBAL allowed_directories = [${quoteText(stagingDirectory)}]`);
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
}
