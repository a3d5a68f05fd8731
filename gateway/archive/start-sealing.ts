import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { Recorder } from '../record/recorder.ts';
import type { DecideRetention, RetentionDecision } from './seal-session.ts';
import type { SealWorkerData } from './seal-worker.ts';
import type { FromSealer, Question, SealingState, ToSealer } from './sealer-messages.ts';

export type SealingOptions = {
  readonly directory: string;
  readonly storage: Config['storage'];
  readonly recorder: Pick<Recorder, 'enter' | 'turnSegment'>;
  readonly decideRetention?: DecideRetention | undefined;
  readonly onTrouble?: ((trouble: string | undefined) => void) | undefined;
  /** How often the journal is looked at when nobody says that something was closed; default 5,000. */
  readonly pollMs?: number | undefined;
};

export type Sealing = {
  state(): SealingState;
  /** A session was closed. */
  wake(): void;
  /** Resolved once what the process before left is cleared away: nothing may be revised or deleted earlier. */
  readonly swept: Promise<void>;
  /** Ends after the session that is being sealed; what is left is sealed after the next start. */
  close(): Promise<void>;
};

const RESTART_MS = 5_000;
const CLOSE_MS = 10_000;
const YOUNG_MEBIBYTES = 16;
const fresh: SealingState = { sealed: 0, retired: 0, waiting: 0, trouble: undefined, troubleSince: undefined };

/** Seals closed sessions behind the gateway's back. If the thread dies, another one goes on from what is durable. */
export function startSealing(options: SealingOptions): Sealing {
  const swept = Promise.withResolvers<void>();
  const begunAt = Date.now();
  let state = fresh;
  let isClosing = false;
  let worker = begin();
  let restart: NodeJS.Timeout | undefined;

  function begin(): Worker {
    const { directory, storage, pollMs = 5_000 } = options;
    const data: SealWorkerData = { directory, storage, begunAt, pollMs };
    const started = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      workerData: data,
      // What is sealed passes through in small pieces; else V8 would make room for 64 MB of them and more.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    started.unref();
    const send = (message: ToSealer): void => started.postMessage(message);
    started.on('message', (message: FromSealer) => {
      if (message.kind === 'swept') swept.resolve();
      else if (message.kind === 'state') show(message.state);
      else void answer(options, message.question).then((said) => send({ kind: 'answer', id: message.id, ...said }));
    });
    started.on('error', (error) =>
      show({ ...state, trouble: `The sealing thread failed: ${error.message}`, troubleSince: new Date().toISOString() }),
    );
    started.on('exit', () => {
      if (isClosing) return;
      restart = setTimeout(() => {
        worker = begin();
      }, RESTART_MS).unref();
    });
    return started;
  }

  function show(next: SealingState): void {
    if (next.trouble !== state.trouble) options.onTrouble?.(next.trouble);
    state = next;
  }

  return {
    state: () => state,
    wake: () => worker.postMessage({ kind: 'wake' } satisfies ToSealer),
    swept: swept.promise,
    async close() {
      isClosing = true;
      clearTimeout(restart);
      const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.ref();
      worker.postMessage({ kind: 'stop' } satisfies ToSealer);
      const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
      await Promise.race([ended, exited(worker)]);
      clearTimeout(timer);
    },
  };
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

/** A thread that ended before anyone listened. */
const exited = (worker: Worker): Promise<void> => (worker.threadId === -1 ? Promise.resolve() : new Promise(() => undefined));
