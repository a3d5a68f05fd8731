import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallInput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { REPLAY_LABELS, type ReplayOutcome, type ReplayProgress, type ReplayState } from '../../../shared/contract/replay.ts';
import type { CaseBundle } from '../case-bundle.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import type { StartWorker } from '../sql/start-worker.ts';
import { toFailure } from '../to-failure.ts';
import { type ReplayProcess, startReplayProcess } from './replay-process.ts';
import { runRecomputed } from './run-recomputed.ts';
import { runRecorded } from './run-recorded.ts';

export type ReplaysOptions = {
  readonly review: ReviewCase;
  readonly results: ResultRelations;
  readonly startWorker: StartWorker;
  readonly workerPath: string;
  readonly memoryLimit: string;
  readonly onProgress: (progress: ReplayProgress) => void;
};

/** One replay at a time; the last one's outcomes stay until the next begins. */
export type Replays = {
  /** Throws EngineError REPLAY_RUNNING, REPLAY_NOTHING. */
  start(request: CallInput<'replay:start'>): Promise<ReplayState>;
  current(): ReplayState;
  cancel(): Promise<void>;
};

const noCounts = (): ReplayState['counts'] => Object.fromEntries(REPLAY_LABELS.map((label) => [label, 0])) as ReplayState['counts'];

const idle = (): ReplayState => ({
  replayId: 'none',
  target: 'recorded',
  phase: 'idle',
  elapsedMs: 0,
  done: 0,
  total: 0,
  counts: noCounts(),
  tables: [],
  outcomes: [],
});

const tellEveryMs = 100;

export function createReplays(options: ReplaysOptions): Replays {
  let state = idle();
  let lastId = 0;
  let process: ReplayProcess | undefined;
  let running: Promise<void> = Promise.resolve();
  let startedAt = 0;
  let toldAt = 0;

  function change(changes: Partial<ReplayState>, always = true): void {
    state = { ...state, ...changes, elapsedMs: performance.now() - startedAt };
    if (!always && performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    const { tables: _tables, outcomes: _outcomes, ...progress } = state;
    options.onProgress(progress);
  }

  function add(outcome: ReplayOutcome): void {
    // Pushed, not copied: a session may have a hundred thousand statements.
    state.outcomes.push(outcome);
    change({ done: state.done + 1, counts: { ...state.counts, [outcome.label]: (state.counts[outcome.label] ?? 0) + 1 } }, false);
  }

  async function run(source: CaseBundle, replayId: string, started: ReplayProcess): Promise<void> {
    const directory = join(options.review.directory, replayId);
    const { review, results, memoryLimit } = options;
    try {
      await mkdir(directory);
      const { endpoint } = await started.ask({
        kind: 'start',
        target: state.target,
        bundlePath: source.bundle.copyPath ?? source.path,
        directory,
        memoryLimit,
      });
      change(endpoint === undefined ? {} : { endpoint });
      const replayRun = {
        replayId,
        review,
        results,
        process: started,
        directory,
        begin: (total: number) => change({ phase: 'running', total }),
        addTable: (table: ReplayState['tables'][number]) => change({ tables: [...state.tables, table] }),
        add,
      };
      await (state.target === 'recorded' ? runRecorded(replayRun, source) : runRecomputed(replayRun, source));
      end({ phase: 'done' });
    } catch (error) {
      if (state.phase !== 'cancelled') end({ phase: 'failed', problem: toFailure(error) });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** A recorded replay stays at its address after the run, for programs that are pointed at it, until the next begins. */
  function end(changes: Partial<ReplayState>): void {
    if (state.target === 'recomputed' || changes.phase === 'failed') {
      process?.kill();
      delete state.endpoint;
    }
    change(changes);
  }

  async function cancel(): Promise<void> {
    const isUnderWay = state.phase === 'preparing' || state.phase === 'running';
    if (isUnderWay) change({ phase: 'cancelled' });
    delete state.endpoint;
    process?.kill();
    process = undefined;
    await running;
  }

  return {
    current: () => state,
    cancel,
    start: async ({ target, session }) => {
      if (state.phase === 'preparing' || state.phase === 'running')
        throw new EngineError({ code: 'REPLAY_RUNNING', message: 'A replay is under way.', remedy: 'Wait for it or cancel it.' });
      const source = findSession(options.review, session);
      await cancel();
      startedAt = performance.now();
      const replayId = `replay_${++lastId}`;
      state = { ...idle(), replayId, target, phase: 'preparing', startedAt: new Date().toISOString() };
      process = startReplayProcess(options.startWorker, options.workerPath);
      running = run(source, replayId, process);
      return state;
    },
  };
}

function findSession(review: ReviewCase, session: CallInput<'replay:start'>['session']): CaseBundle {
  const ready = review.bundles.filter(({ phase }) => phase === 'ready');
  const source = session === undefined ? ready[0] : ready.find(({ bundleId }) => bundleId === session.bundleId);
  if (source !== undefined) return source;
  throw new EngineError({
    code: 'REPLAY_NOTHING',
    message: 'There is no loaded session to replay.',
    remedy: 'Open a bundle, and wait until it is loaded.',
  });
}
