// The case: its bundles, their tables, and what every call reads. Verification runs first; rows come only after it.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseState } from '../../shared/contract/case.ts';
import { EngineError, type EngineFailure } from '../../shared/contract/failure.ts';
import { quoteText } from '../../shared/derived/quote.ts';
import { createTables } from '../../shared/derived/tables.sql.ts';
import { type CaseBundle, toBundleState, trustsExporter } from './case-bundle.ts';
import { createCaseDirectory } from './case-directory.ts';
import { type CaseDatabase, createCaseDatabase } from './database/case-database.ts';
import type { Evidence } from './load/evidence.ts';
import { loadBundle } from './load/load-bundle.ts';
import { toFailure } from './to-failure.ts';
import { toCaseViews } from './views/case-views.sql.ts';

export type ReviewCase = {
  readonly database: CaseDatabase;
  /** Of this run; gone after `close`. */
  readonly directory: string;
  readonly bundles: readonly CaseBundle[];
  /** Grows with every change of the tables. */
  readonly revision: number;
  open(paths: readonly string[]): Promise<CaseState>;
  state(): CaseState;
  cancel(): void;
  /** Verifies every bundle again, after a key was pinned or unpinned. */
  judgeAgain(): Promise<void>;
  /** Closes the bundles; the case is empty afterwards. */
  clear(): Promise<void>;
  close(): Promise<void>;
};

export type ReviewCaseOptions = {
  readonly evidence: Evidence;
  readonly memoryLimit: string;
  readonly threads?: number;
  readonly pinnedKeys: () => readonly string[];
  readonly onProgress: (state: CaseState) => void;
  readonly onCheck: (bundleId: number, check: CaseBundle['checks'][number]) => void;
};

export async function createReviewCase(options: ReviewCaseOptions): Promise<ReviewCase> {
  const directory = await createCaseDirectory();
  const database = await createCaseDatabase({ directory, ...options });
  await database.run(`ATTACH ':memory:' AS no_bundle`);
  await database.run(`USE no_bundle; ${createTables} USE memory;`);
  let bundles: CaseBundle[] = [];
  let revision = 0;
  let lastId = 0;
  let running: Promise<unknown> = Promise.resolve();
  await refreshViews();

  function state(): CaseState {
    const states = bundles.map(toBundleState);
    const opening = states.some(({ phase }) => phase === 'opening' || phase === 'verifying' || phase === 'loading');
    const failed = states.length > 0 && states.every(({ phase }) => phase === 'failed');
    return { phase: states.length === 0 ? 'empty' : opening ? 'opening' : failed ? 'failed' : 'ready', bundles: states, revision };
  }

  async function refreshViews(): Promise<void> {
    const attached = bundles
      .filter((each) => each.attached)
      .map(({ bundleId, catalog, numberOffset, bundle }) => ({ bundleId, catalog, numberOffset, sessionId: bundle.session.sessionId }));
    await database.run(toCaseViews(attached, 'no_bundle'));
    revision++;
  }

  async function open(paths: readonly string[]): Promise<CaseState> {
    const failures: EngineFailure[] = [];
    const opened: CaseBundle[] = [];
    for (const path of paths) {
      if (bundles.some((each) => each.path === path)) continue;
      try {
        opened.push(await enroll(path));
      } catch (error) {
        failures.push(toFailure(error));
      }
    }
    if (opened.length === 0 && failures.length > 0) throw new EngineError(failures[0]!);
    // A file that is no bundle does not keep the others from opening; the first of them carries the sentence.
    opened[0]?.problems.push(...failures);
    running = running.then(() => loadAll(opened));
    return state();
  }

  async function enroll(path: string): Promise<CaseBundle> {
    const bundle = await options.evidence.open(path, { folder: directory });
    const previous = bundles.at(-1);
    const bundleId = ++lastId;
    const entry: CaseBundle = {
      bundleId,
      path,
      bundle,
      catalog: `bundle_${bundleId}`,
      file: join(directory, `bundle_${bundleId}.duckdb`),
      numberOffset: previous === undefined ? 0 : previous.numberOffset + previous.bundle.manifest.steno.exchanges,
      startedAt: Date.now(),
      cancel: new AbortController(),
      phase: 'verifying',
      attached: false,
      verdict: undefined,
      signers: [],
      checks: [],
      verified: undefined,
      exchangesLoaded: 0,
      loadStartedAt: undefined,
      elapsedMs: 0,
      problems: [],
    };
    bundles = [...bundles, entry];
    return entry;
  }

  async function loadAll(entries: readonly CaseBundle[]): Promise<void> {
    for (const entry of entries) {
      await verify(entry);
      if (!entry.cancel.signal.aborted) await load(entry);
      if (entry.cancel.signal.aborted && entry.phase !== 'failed') entry.phase = 'cancelled';
      tell(entry, true);
    }
  }

  async function verify(entry: CaseBundle): Promise<void> {
    entry.checks = [];
    try {
      const { verdict, signers, checks } = await options.evidence.verify(entry.bundle, {
        pinnedKeys: options.pinnedKeys(),
        signal: entry.cancel.signal,
        onProgress: (progress) => {
          entry.verified = progress;
          tell(entry);
        },
        onCheck: (check) => {
          entry.checks.push(check);
          options.onCheck(entry.bundleId, check);
          tell(entry);
        },
      });
      Object.assign(entry, { verdict, signers, checks: [...checks], verified: undefined });
    } catch (error) {
      if (entry.cancel.signal.aborted) return;
      entry.verdict = 'not-sound';
      entry.problems.push(toFailure(error));
    }
  }

  async function load(entry: CaseBundle): Promise<void> {
    entry.phase = 'loading';
    entry.loadStartedAt = Date.now();
    const { file } = entry;
    // Seen from the first flushed row on: the views are made before there is a row.
    await database.gate.alone(async () => {
      await database.run(`ATTACH ${quoteText(file)} AS ${entry.catalog}`);
      await database.run(`USE ${entry.catalog}; ${createTables} USE memory;`);
      entry.attached = true;
      await refreshViews();
    });
    const connection = await database.connect();
    try {
      const { fault } = await loadBundle(entry.bundle, {
        connection,
        catalog: entry.catalog,
        checks: entry.checks,
        trustsExporter: trustsExporter(entry),
        folder: directory,
        signal: entry.cancel.signal,
        onProgress: (exchangesLoaded) => {
          entry.exchangesLoaded = exchangesLoaded;
          revision++;
          tell(entry);
        },
      });
      if (fault !== undefined) entry.problems.push(toLoadFailure(entry, fault));
    } finally {
      connection.closeSync();
    }
    await freeze(entry);
    entry.phase = 'ready';
  }

  /** Read-only from here on, so that the processes of the SQL console may attach the same file. */
  async function freeze({ catalog, file }: CaseBundle): Promise<void> {
    await database.gate.alone(async () => {
      await database.run(`CHECKPOINT ${catalog}`);
      await database.run(`DETACH ${catalog}`);
      await database.run(`ATTACH ${quoteText(file)} AS ${catalog} (READ_ONLY)`);
      await refreshViews();
    });
  }

  let toldAt = 0;
  function tell(entry: CaseBundle, always = false): void {
    const now = Date.now();
    entry.elapsedMs = now - entry.startedAt;
    if (!always && now - toldAt < 100) return;
    toldAt = now;
    options.onProgress(state());
  }

  async function clear(): Promise<void> {
    for (const each of bundles) each.cancel.abort();
    await running;
    await database.gate.alone(async () => {
      const gone = bundles;
      bundles = [];
      await refreshViews();
      for (const each of gone.filter(({ attached }) => attached)) await database.run(`DETACH ${each.catalog}`);
      for (const each of gone) await each.bundle.close();
    });
    options.onProgress(state());
  }

  return {
    database,
    directory,
    get bundles() {
      return bundles;
    },
    get revision() {
      return revision;
    },
    open,
    state,
    cancel: () => {
      for (const each of bundles) if (each.phase !== 'ready') each.cancel.abort();
    },
    judgeAgain: async () => {
      running = running.then(async () => {
        for (const each of bundles.filter(({ phase }) => phase === 'ready')) {
          await verify(each);
          tell(each, true);
        }
      });
      await running;
    },
    clear,
    close: async () => {
      await clear();
      database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toLoadFailure(entry: CaseBundle, fault: unknown): EngineFailure {
  const total = entry.bundle.manifest.steno.exchanges;
  return {
    ...toFailure(fault),
    code: 'LOAD_INCOMPLETE',
    message: `Only ${entry.exchangesLoaded} of ${total} exchanges could be read: ${toFailure(fault).message}`,
    remedy: 'What was read can be reviewed; ask for another copy of the bundle for the rest.',
  };
}
