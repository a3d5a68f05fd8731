import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { listSegments, retiredLogFolder } from '../record/list-segments.ts';
import type { Recorder } from '../record/recorder.ts';
import { archiveIndexFile } from './archive-index.ts';
import type { DecideRetention, RetentionDecision } from './seal-session.ts';
import type { SealWorkerData } from './seal-worker.ts';
import type { FromSealer, Question, SealingState, ToSealer } from './sealer-messages.ts';

export type SealingOptions = {
  readonly directory: string;
  readonly storage: Config['storage'];
  readonly recorder: Pick<Recorder, 'enter' | 'turnSegment' | 'state'>;
  readonly decideRetention?: DecideRetention | undefined;
  readonly onTrouble?: ((trouble: string | undefined) => void) | undefined;
  /** How often the thread, while it is there, looks at the journal when nobody says that something was closed; default 5,000. */
  readonly pollMs?: number | undefined;
  /** The thread ends when it found nothing to do for so long; default 30,000. */
  readonly restAfterMs?: number | undefined;
};

export type Sealing = {
  state(): SealingState;
  /** A session was closed. */
  wake(): void;
  /** Resolved once what the process before left is cleared away: nothing may be revised or deleted earlier. */
  readonly swept: Promise<void>;
  /** Whether there is a thread now. */
  readonly isAwake: boolean;
  /** Ends after the session that is being sealed; what is left is sealed after the next start. */
  close(): Promise<void>;
};

/** To ask how many sessions were closed costs nothing. */
const LOOK_MS = 1_000;
const RESTART_MS = 5_000;
const CLOSE_MS = 10_000;
const YOUNG_MEBIBYTES = 16;
const fresh: SealingState = { sealed: 0, retired: 0, waiting: 0, trouble: undefined, troubleSince: undefined };

/**
 * Seals closed sessions behind the gateway's back, in a thread that is there while there is something to seal or to clear away: it would cost 40 MB for
 * nothing. If it dies, another one goes on from what is durable.
 */
export function startSealing(options: SealingOptions): Sealing {
  const { directory, storage, recorder, pollMs = 5_000, restAfterMs = 30_000 } = options;
  const swept = Promise.withResolvers<void>();
  const begunAt = Date.now();
  let state = fresh;
  let isClosing = false;
  let hasFailed = false;
  let worker: Worker | undefined;
  let wakes = 0;
  let closedSessions = 0;
  let next: NodeJS.Timeout | undefined;

  function begin(): void {
    clearTimeout(next);
    hasFailed = false;
    wakes = 0;
    const { sealed, retired } = state;
    let rest: Extract<FromSealer, { kind: 'rest' }> | undefined;
    const data: SealWorkerData = { directory, storage, begunAt, pollMs, restAfterMs };
    const started = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      workerData: data,
      // What is sealed passes through in small pieces; else V8 would make room for 64 MB of them and more.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    worker = started;
    started.unref();
    const send = (message: ToSealer): void => started.postMessage(message);
    started.on('message', (message: FromSealer) => {
      if (message.kind === 'swept') swept.resolve();
      else if (message.kind === 'state') show(add(message.state, sealed, retired));
      else if (message.kind === 'rest') {
        rest = message;
        show({ ...state, trouble: undefined, troubleSince: undefined });
      } else void answer(options, message.question).then((said) => send({ kind: 'answer', id: message.id, ...said }));
    });
    started.on('error', (error) =>
      show({ ...state, trouble: `The sealing thread failed: ${error.message}`, troubleSince: new Date().toISOString() }),
    );
    started.on('exit', () => {
      worker = undefined;
      if (isClosing) return;
      hasFailed = rest === undefined;
      if (rest !== undefined && rest.wakes !== wakes) begin();
      else next = setTimeout(begin, rest?.dueInMs ?? RESTART_MS).unref();
    });
  }

  function show(next: SealingState): void {
    if (next.trouble !== state.trouble) options.onTrouble?.(next.trouble);
    state = next;
  }

  function wake(): void {
    // A thread that died has its time to begin again.
    if (isClosing || hasFailed) return;
    wakes += 1;
    if (worker === undefined) begin();
    else worker.postMessage({ kind: 'wake' } satisfies ToSealer);
  }

  function look(): void {
    const closed = recorder.state().closedSessions;
    if (closed === closedSessions) return;
    closedSessions = closed;
    wake();
  }

  if (hasPast(directory)) begin();
  else swept.resolve();
  const poll = setInterval(look, Math.min(pollMs, LOOK_MS)).unref();

  return {
    state: () => state,
    wake,
    swept: swept.promise,
    get isAwake() {
      return worker !== undefined;
    },
    async close() {
      isClosing = true;
      clearTimeout(next);
      clearInterval(poll);
      if (worker !== undefined) await end(worker);
    },
  };
}

/** Of another process: more than the one segment that was just begun. */
const hasPast = (directory: string): boolean =>
  existsSync(archiveIndexFile(directory)) || existsSync(retiredLogFolder(directory)) || listSegments(directory).length > 1;

const add = (state: SealingState, sealed: number, retired: number): SealingState => ({
  ...state,
  sealed: state.sealed + sealed,
  retired: state.retired + retired,
});

async function end(worker: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.ref();
  worker.postMessage({ kind: 'stop' } satisfies ToSealer);
  const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
  await ended;
  clearTimeout(timer);
}

async function answer(
  { recorder, decideRetention }: SealingOptions,
  question: Question,
): Promise<{ value?: RetentionDecision | undefined; error?: string }> {
  try {
    if (question.kind === 'decide') return { value: await decideRetention?.(question.facts) };
    if (question.kind === 'turn') await recorder.turnSegment();
    else await recorder.enter(question.entry);
    return {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
