import type { CallInput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { REPLAY_LABELS, type ReplayProgress, type ReplayState } from '../../../shared/contract/replay.ts';
import type { ResultRelations } from '../result/result-relations.ts';
import type { ReviewCase } from '../review-case.ts';
import type { StartWorker } from '../sql/start-worker.ts';

export type ReplaysOptions = {
  readonly review: ReviewCase;
  readonly results: ResultRelations;
  readonly startWorker: StartWorker;
  readonly workerPath: string;
  readonly onProgress: (progress: ReplayProgress) => void;
};

export type Replays = {
  start(request: CallInput<'replay:start'>): Promise<ReplayState>;
  current(): ReplayState;
  cancel(): Promise<void>;
};

const idle: ReplayState = {
  replayId: 'none',
  target: 'recorded',
  phase: 'idle',
  elapsedMs: 0,
  done: 0,
  total: 0,
  counts: Object.fromEntries(REPLAY_LABELS.map((label) => [label, 0])) as ReplayState['counts'],
  tables: [],
  outcomes: [],
};

export function createReplays(_options: ReplaysOptions): Replays {
  const state = idle;
  return {
    start: async () => {
      throw new EngineError({ code: 'REPLAY_NOT_BUILT', message: 'Replay is not part of this build.' });
    },
    current: () => state,
    cancel: async () => {},
  };
}
