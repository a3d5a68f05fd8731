// Seals in a thread of its own, at the lowest priority, so that no exchange waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { lowerPriority } from '../lower-priority.ts';
import { openArchive } from './archive.ts';
import { rebuildIndex } from './rebuild-index.ts';
import type { RetentionDecision } from './seal-session.ts';
import { Sealer } from './seal-sessions.ts';
import type { FromSealer, Question, SealingState, ToSealer } from './sealer-messages.ts';
import { sweepArchive } from './sweep-archive.ts';

export type SealWorkerData = {
  readonly directory: string;
  readonly storage: Config['storage'];
  readonly begunAt: number;
  readonly pollMs: number;
  /** The thread ends when it found nothing to do for so long. */
  readonly restAfterMs: number;
};

const LOWEST_PRIORITY = 19;
const RETRY_FROM_MS = 1_000;
const RETRY_TO_MS = 60_000;

const { directory, storage, begunAt, pollMs, restAfterMs } = workerData as SealWorkerData;
const tell = (message: FromSealer): void => parentPort!.postMessage(message);

lowerPriority(LOWEST_PRIORITY);

let isStopping = false;
let wakes = 0;
let busyAt = Date.now();
let wake: () => void = () => undefined;
let state: SealingState = { sealed: 0, retired: 0, waiting: 0, trouble: undefined, troubleSince: undefined };
const questions = new Map<number, PromiseWithResolvers<RetentionDecision | undefined>>();
let lastQuestion = 0;

parentPort!.on('message', (message: ToSealer) => {
  if (message.kind === 'answer') settle(message);
  if (message.kind === 'stop') isStopping = true;
  if (message.kind === 'wake') wakes += 1;
  if (message.kind !== 'answer') busyAt = Date.now();
  wake();
});

function settle({ id, value, error }: Extract<ToSealer, { kind: 'answer' }>): void {
  const question = questions.get(id);
  questions.delete(id);
  if (error === undefined) question?.resolve(value);
  else question?.reject(new Error(error));
}

function ask(question: Question): Promise<RetentionDecision | undefined> {
  lastQuestion += 1;
  const waiting = Promise.withResolvers<RetentionDecision | undefined>();
  questions.set(lastQuestion, waiting);
  tell({ kind: 'question', id: lastQuestion, question });
  return waiting.promise;
}

function show(change: Partial<SealingState>): void {
  state = { ...state, ...change };
  tell({ kind: 'state', state });
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (isStopping) wake();
  });

/** Goes on until told to stop; trouble is shown, and tried again later and later. */
async function persist(action: () => Promise<void>): Promise<void> {
  for (let delay = RETRY_FROM_MS; !isStopping; delay = Math.min(RETRY_TO_MS, delay * 2)) {
    try {
      await action();
      if (state.trouble !== undefined) show({ trouble: undefined, troubleSince: undefined });
      return;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      show({ trouble, troubleSince: state.troubleSince ?? new Date().toISOString() });
      for (const until = Date.now() + delay; Date.now() < until && !isStopping; ) await pause(until - Date.now());
    }
  }
}

async function work(): Promise<void> {
  const archive = await openArchive(directory, storage);
  try {
    await rebuildIndex(archive);
    await sweepArchive(archive, begunAt);
    tell({ kind: 'swept' });
    const sealer = new Sealer({
      archive,
      enter: (entry) => ask({ kind: 'enter', entry }),
      decideRetention: async (facts) => (await ask({ kind: 'decide', facts })) ?? { rule: 'none' },
      turnSegment: () => ask({ kind: 'turn' }),
      isStopping: () => isStopping,
      onProgress: ({ sealed, retired, waiting }) => show({ sealed: state.sealed + sealed, retired: state.retired + retired, waiting }),
    });
    for (;;) {
      await persist(async () => {
        const { sealed, retired, waiting } = await sealer.run();
        if (sealed + retired + waiting > 0) busyAt = Date.now();
      });
      if (isStopping || Date.now() - busyAt >= restAfterMs) break;
      await pause(pollMs);
    }
    if (!isStopping) tell({ kind: 'rest', wakes, dueInMs: sealer.dueInMs() });
  } finally {
    await archive.close();
  }
}

await persist(work);
parentPort!.close();
