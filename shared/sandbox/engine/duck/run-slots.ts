/**
 * Threads of libuv's pool that may run statements. DuckDB's own threads take turns between statements, but not fair ones: a heavy statement can have them
 * all until it ends. A statement with a thread of its own goes on at the operating system's fair pace. The pool has four threads unless the process was
 * told otherwise before it used the first; one stays free for files and for planning.
 */
export class RunSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(poolSize = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) || 4) {
    this.#free = Math.max(1, poolSize - Math.max(1, Math.floor(poolSize / 8)));
  }

  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  async take(): Promise<void> {
    if (!this.tryTake()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

let slots: RunSlots | undefined;

/** The pool is the process's, and so are the slots. */
export const runSlots = (): RunSlots => (slots ??= new RunSlots());
