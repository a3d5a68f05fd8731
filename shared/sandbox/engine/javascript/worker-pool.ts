import { createStopped } from '../failure.ts';
import { type FunctionLimits, FunctionWorker } from './function-worker.ts';

const MAX_WORKERS = 4;

/** Threads for JavaScript functions: one statement has one, each time with a new machine in it; the others wait. */
export class WorkerPool {
  readonly #limits: FunctionLimits;
  readonly #idle: FunctionWorker[] = [];
  readonly #busy = new Set<FunctionWorker>();
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limits: FunctionLimits) {
    this.#limits = limits;
  }

  async take(signal?: AbortSignal): Promise<FunctionWorker> {
    await this.#enter(signal);
    const worker = this.#idle.pop() ?? new FunctionWorker();
    this.#busy.add(worker);
    try {
      await worker.open(this.#limits);
      return worker;
    } catch (error) {
      this.release(worker);
      throw error;
    }
  }

  /** One that had to be stopped does not come back. */
  release(worker: FunctionWorker): void {
    this.#busy.delete(worker);
    if (worker.isUsable) {
      worker.rest();
      this.#idle.push(worker);
    }
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken--;
  }

  close(): void {
    for (const worker of [...this.#idle, ...this.#busy]) worker.stop(new Error('closed'));
    this.#idle.length = 0;
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.#taken < MAX_WORKERS) {
      this.#taken++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(createStopped());
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}
