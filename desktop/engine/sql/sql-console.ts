import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallInput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { SqlAnswer } from '../../../shared/contract/result.ts';
import { rowIndex } from '../../../shared/derived/result/result-type.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import { toCaseViews } from '../views/case-views.sql.ts';
import type { SqlOrder, SqlReply } from './sql-messages.ts';
import type { StartWorker, Worker } from './start-worker.ts';

export type SqlConsoleOptions = {
  readonly review: ReviewCase;
  readonly results: ResultRelations;
  readonly workerPath: string;
  readonly startWorker: StartWorker;
  readonly memoryLimit: string;
  readonly timeoutMs: number;
};

/** Runs SQL that a person wrote, each run in a process of its own that ends with it. */
export type SqlConsole = {
  /** Throws EngineError SQL_FAILED, SQL_CANCELLED, SQL_TIMEOUT, SQL_PROCESS_DIED, SQL_NOT_READY. */
  run(request: CallInput<'sql:run'>): Promise<SqlAnswer>;
  cancel(runId: string): boolean;
  close(): void;
};

export function createSqlConsole(options: SqlConsoleOptions): SqlConsole {
  const running = new Map<string, (failure: EngineError) => void>();

  async function run({ runId, sql, maxRows, timeoutMs = options.timeoutMs }: CallInput<'sql:run'>): Promise<SqlAnswer> {
    if (running.has(runId)) throw new EngineError({ code: 'SQL_RUN_KNOWN', message: `A run named "${runId}" is under way.` });
    let stop: (failure: EngineError) => void = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = reject;
    });
    stopped.catch(() => undefined);
    running.set(runId, stop);
    const spillDirectory = await mkdtemp(join(options.review.directory, 'sql-'));
    let worker: Worker | undefined;
    const timer = setTimeout(() => stop(toTimeout(timeoutMs)), timeoutMs);
    try {
      const order = await Promise.race([toOrder(options, { sql, maxRows, spillDirectory }), stopped]);
      worker = options.startWorker(options.workerPath);
      return await Promise.race([obey(worker, order), stopped]);
    } finally {
      clearTimeout(timer);
      running.delete(runId);
      worker?.kill();
      await rm(spillDirectory, { recursive: true, force: true });
    }
  }

  return {
    run,
    cancel: (runId) => {
      const stop = running.get(runId);
      stop?.(new EngineError({ code: 'SQL_CANCELLED', message: 'The query was cancelled.' }));
      return stop !== undefined;
    },
    close: () => {
      for (const stop of running.values()) stop(new EngineError({ code: 'SQL_CANCELLED', message: 'The case was closed.' }));
    },
  };
}

type Asked = { readonly sql: string; readonly maxRows: number; readonly spillDirectory: string };

async function toOrder({ review, results, memoryLimit }: SqlConsoleOptions, asked: Asked): Promise<SqlOrder> {
  const bundles = review.bundles.filter(({ phase }) => phase === 'ready');
  if (bundles.length === 0)
    throw new EngineError({
      code: 'SQL_NOT_READY',
      message: 'No bundle is loaded yet.',
      remedy: 'SQL can be run when loading has finished.',
    });
  const mentioned = await openMentioned(results, asked.sql);
  const views = bundles.map(({ bundleId, catalog, numberOffset, bundle }) => ({
    bundleId,
    catalog,
    numberOffset,
    sessionId: bundle.session.sessionId,
  }));
  return {
    ...asked,
    memoryLimit,
    threads: 2,
    files: [...bundles.map(({ file, catalog }) => ({ file, catalog })), ...mentioned.map(({ file, catalog }) => ({ file, catalog }))],
    views: [
      toCaseViews(views, ''),
      ...mentioned.map(({ resultId, catalog }) => `CREATE VIEW ${resultId} AS SELECT * EXCLUDE (${rowIndex}) FROM ${catalog}.${resultId}`),
    ],
  };
}

const maxMentioned = 50;

/** Results become relations when a statement first names them. */
async function openMentioned(results: ResultRelations, sql: string) {
  const numbers = [...new Set([...sql.matchAll(/\bresult_(\d{1,12})\b/gi)].map((match) => Number(match[1])))];
  const opened = [];
  for (const number of numbers.slice(0, maxMentioned)) {
    const relation = await results.openByNumber(number);
    if (relation !== undefined) opened.push(relation);
  }
  return opened;
}

function obey(worker: Worker, order: SqlOrder): Promise<SqlAnswer> {
  return new Promise((resolve, reject) => {
    worker.onReply((message) => {
      const reply = message as SqlReply;
      if (reply.ok) resolve(reply.answer);
      else reject(new EngineError({ code: 'SQL_FAILED', message: reply.message }));
    });
    worker.onGone((lastWords) =>
      reject(
        new EngineError({
          code: 'SQL_PROCESS_DIED',
          message: `The query ended its process${lastWords === '' ? '' : `: ${lastWords}`}`,
          remedy: 'It may have needed more memory than it is given. The app is unharmed.',
        }),
      ),
    );
    worker.send(order);
  });
}

const toTimeout = (timeoutMs: number): EngineError =>
  new EngineError({
    code: 'SQL_TIMEOUT',
    message: `The query was stopped after ${timeoutMs / 1000} s.`,
    remedy: 'Narrow it down, or allow it more time.',
  });
