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

/** Seals closed sessions behind the gateway's back, for as long as it is not closed. */
export function startSealing(options: SealingOptions): Sealing {
  const sealer = new Sealer(options);
  sealer.start();
  return sealer;
}

/**
 * Keeps a thread that seals, while there is something to seal or to clear away: it would cost 40 MB for nothing. If it dies, another one goes on from what
 * is durable.
 */
class Sealer implements Sealing {
  readonly #options: SealingOptions;
  readonly #begunAt = Date.now();
  readonly #swept = Promise.withResolvers<void>();
  #state = fresh;
  #worker: Worker | undefined;
  #wakes = 0;
  #closedSessions = 0;
  #isClosing = false;
  /** The last thread died; another one begins by itself. */
  #hasFailed = false;
  #next: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(options: SealingOptions) {
    this.#options = options;
  }

  get swept(): Promise<void> {
    return this.#swept.promise;
  }

  get isAwake(): boolean {
    return this.#worker !== undefined;
  }

  state(): SealingState {
    return this.#state;
  }

  start(): void {
    if (hasPast(this.#options.directory)) this.#begin();
    else this.#swept.resolve();
    this.#poll = setInterval(() => this.#look(), Math.min(this.#pollMs, LOOK_MS)).unref();
  }

  wake(): void {
    if (this.#isClosing || this.#hasFailed) return;
    this.#wakes += 1;
    if (this.#worker === undefined) this.#begin();
    else this.#worker.postMessage({ kind: 'wake' } satisfies ToSealer);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#next);
    clearInterval(this.#poll);
    if (this.#worker !== undefined) await end(this.#worker);
  }

  get #pollMs(): number {
    return this.#options.pollMs ?? 5_000;
  }

  #look(): void {
    const closed = this.#options.recorder.state().closedSessions;
    if (closed === this.#closedSessions) return;
    this.#closedSessions = closed;
    this.wake();
  }

  #begin(): void {
    clearTimeout(this.#next);
    this.#hasFailed = false;
    this.#wakes = 0;
    const before = this.#state;
    let rest: Rest | undefined;
    const worker = this.#startThread();
    this.#worker = worker;
    worker.on('message', (message: FromSealer) => {
      if (message.kind === 'rest') rest = message;
      this.#hear(message, before, worker);
    });
    worker.on('error', (error) =>
      this.#show({ ...this.#state, trouble: `The sealing thread failed: ${error.message}`, troubleSince: new Date().toISOString() }),
    );
    worker.on('exit', () => this.#onExit(rest));
  }

  #startThread(): Worker {
    const { directory, storage, restAfterMs = 30_000 } = this.#options;
    const worker = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      workerData: { directory, storage, begunAt: this.#begunAt, pollMs: this.#pollMs, restAfterMs } satisfies SealWorkerData,
      // What is sealed passes through in small pieces; else V8 would make room for 64 MB of them and more.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    worker.unref();
    return worker;
  }

  /** `before`: what the threads before this one had counted. */
  #hear(message: FromSealer, before: SealingState, worker: Worker): void {
    if (message.kind === 'swept') this.#swept.resolve();
    else if (message.kind === 'state') this.#show(add(message.state, before));
    else if (message.kind === 'rest') this.#show({ ...this.#state, trouble: undefined, troubleSince: undefined });
    else
      void answer(this.#options, message.question).then((said) =>
        worker.postMessage({ kind: 'answer', id: message.id, ...said } satisfies ToSealer),
      );
  }

  /** `rest`: why it ended, undefined if it died. What was closed while it went to rest it has not seen. */
  #onExit(rest: Rest | undefined): void {
    this.#worker = undefined;
    if (this.#isClosing) return;
    this.#hasFailed = rest === undefined;
    if (rest !== undefined && rest.wakes !== this.#wakes) this.#begin();
    else this.#next = setTimeout(() => this.#begin(), rest?.dueInMs ?? RESTART_MS).unref();
  }

  #show(state: SealingState): void {
    if (state.trouble !== this.#state.trouble) this.#options.onTrouble?.(state.trouble);
    this.#state = state;
  }
}

type Rest = Extract<FromSealer, { kind: 'rest' }>;

/** Of another process: more than the one segment that was just begun. */
const hasPast = (directory: string): boolean =>
  existsSync(archiveIndexFile(directory)) || existsSync(retiredLogFolder(directory)) || listSegments(directory).length > 1;

const add = (state: SealingState, before: SealingState): SealingState => ({
  ...state,
  sealed: state.sealed + before.sealed,
  retired: state.retired + before.retired,
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
