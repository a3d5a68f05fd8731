import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { ColumnsMessage, ColumnsWorkerData } from './columns-worker.ts';
import { AnswerFollower, type DueAnswer } from './follow-answers.ts';
import type { MadeColumns } from './make-columns.ts';

const LOOK_EVERY_MS = 100;
/** A gateway that is busier than that has no time for columns … */
const BUSY = 0.3;
/** … unless so much waits that a restart would take long. */
const MAX_WAITING_BYTES = 2 ** 32;
const HEAP_MEBIBYTES = 512;
/** Rows pass through; more room for them makes nothing faster. */
const YOUNG_MEBIBYTES = 16;
const ENOUGH_LOOKS = 3;

export type ColumnMakerParts = {
  readonly directory: string;
  /** Resolves when all that was appended is in the file. */
  readonly written: () => Promise<void>;
  readonly onMade: (made: MadeColumns) => void;
  /** Between two looks, as long as no session waits for one; default 100. */
  readonly everyMs?: number | undefined;
};

/**
 * Has the columns of answers digested in a thread that reads the journal, in the pauses between requests. What is due is only counted here: the queue
 * is the journal. A thread that is behind delays the close of sessions, never an exchange; when 4 GiB wait it works whether there is a pause or not.
 */
export class ColumnMaker {
  readonly #parts: ColumnMakerParts;
  #worker: Worker | undefined;
  #first: string | undefined;
  #oldest: string | undefined;
  #due = 0;
  #waitingBytes = 0;
  #utilization = performance.eventLoopUtilization();
  #isLooking = false;
  /** The last look did not reach the end of the journal. */
  #isBehind = false;
  #wantsLook = false;
  #isClosed = false;
  #failure: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onSeen: (() => void)[] = [];

  constructor(parts: ColumnMakerParts) {
    this.#parts = parts;
  }

  /** Why no more are made; undefined while all is well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The oldest segment that is still needed; undefined when none is. */
  get oldest(): string | undefined {
    return this.#due === 0 ? undefined : this.#oldest;
  }

  /** `segment`: where the first of all exchanges that are open or due begins. */
  add(bytes: number, segment: () => string): void {
    this.#first ??= segment();
    this.#oldest ??= this.#first;
    this.#due += 1;
    this.#waitingBytes += bytes;
    if (this.#failure === undefined) this.#timer ??= this.#later();
  }

  /** Resolves when what was due at the call is made, or cannot be. */
  async settle(isDue: () => boolean): Promise<void> {
    for (let looks = 0; isDue() && this.#failure === undefined && !this.#isClosed; looks += 1) {
      await this.#parts.written();
      const before = this.#due;
      await this.#nextLook();
      if (this.#due < before || this.#isBehind) looks = 0;
      if (looks > ENOUGH_LOOKS) this.#fail(new Error('The journal does not hold the answers whose columns are due'));
    }
  }

  /** What the journal says is still due in a session: what to declare missing after a failure. */
  listDue(session: number): DueAnswer[] {
    const follower = new AnswerFollower(this.#parts.directory, this.#oldest!);
    while (follower.read());
    return [...follower.due].filter((due) => due.session === session);
  }

  /** So many will not be made. */
  forget(count: number): void {
    this.#due -= count;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#release();
    await this.#worker?.terminate();
  }

  async #nextLook(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onSeen.push(resolve);
    this.#look();
    this.#worker?.ref();
    await promise;
    this.#worker?.unref();
  }

  #look(): void {
    if (this.#failure !== undefined || this.#isClosed) this.#release();
    else if (this.#isLooking) this.#wantsLook = true;
    else this.#ask();
  }

  #ask(): void {
    this.#wantsLook = false;
    this.#isLooking = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage('look');
  }

  #start(): Worker {
    const workerData: ColumnsWorkerData = { directory: this.#parts.directory, segment: this.#first! };
    const worker = new Worker(new URL('./columns-worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES, maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    worker.unref();
    worker.on('message', (message: ColumnsMessage) => this.#take(message));
    worker.once('error', (error) => this.#fail(error));
    worker.once('exit', (code) => this.#fail(new Error(`The thread that digests columns ended with ${code}`)));
    return worker;
  }

  #take(message: ColumnsMessage): void {
    if (this.#isClosed) return;
    if (message.kind === 'made') {
      this.#due -= message.batch.length;
      for (const made of message.batch) {
        this.#waitingBytes -= made.bytes;
        this.#parts.onMade(made);
      }
      return;
    }
    this.#oldest = message.oldest;
    this.#isBehind = message.isBehind;
    this.#isLooking = false;
    this.#release();
    if (this.#wantsLook) this.#look();
    else if (this.#due > 0) this.#timer ??= this.#later();
  }

  #later(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      if (this.#isBusy() && this.#waitingBytes < MAX_WAITING_BYTES) this.#timer = this.#later();
      else this.#look();
    }, this.#parts.everyMs ?? LOOK_EVERY_MS).unref();
  }

  /** Since the last time that this was asked. */
  #isBusy(): boolean {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    return utilization > BUSY;
  }

  #fail(error: Error): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#failure = error;
    this.#release();
  }

  #release(): void {
    const waiting = this.#onSeen;
    this.#onSeen = [];
    for (const resolve of waiting) resolve();
  }
}
