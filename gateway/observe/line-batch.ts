/** Lines wait for others up to this length, and not longer than this time. */
const BATCH_LENGTH = 65_536;
const BATCH_MS = 100;

export type Output = { write(text: string): unknown; flushSync(): void };

/** Lines on their way to the output, many at a time: each write wakes another thread, which costs more than the line does. */
export class LineBatch {
  readonly #output: Output;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
    // Before the output's own: it writes what it has when the process ends.
    process.prependListener('exit', () => this.flush());
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= BATCH_LENGTH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#length = 0;
    this.#output.write(text);
  }

  /** pino asks for it where the process is about to die. */
  flushSync(): void {
    this.flush();
    this.#output.flushSync();
  }
}
