import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const RUN_CHARACTERS = 32 * 1_048_576;

/** Sorts any number of lines in bounded memory: sorted runs go to temporary files, which are then merged. */
export class LineSorter {
  readonly #prefix: string;
  readonly #runs: string[] = [];
  #lines: string[] = [];
  #characters = 0;

  /** Temporary files begin with `prefix`. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= RUN_CHARACTERS) this.#spill();
  }

  /** The lines in order of their UTF-16 code units (for ASCII: bytes); can be read once. */
  async *sorted(): AsyncGenerator<string> {
    if (this.#runs.length === 0) {
      yield* this.#lines.sort(inOrder);
      return;
    }
    this.#spill();
    yield* merge(this.#runs.map(readLines));
    for (const run of this.#runs) rmSync(run);
  }

  #spill(): void {
    if (this.#lines.length === 0) return;
    const file = `${this.#prefix}${this.#runs.length}`;
    writeFileSync(file, `${this.#lines.sort(inOrder).join('\n')}\n`, { flag: 'wx', mode: 0o600 });
    this.#runs.push(file);
    this.#lines = [];
    this.#characters = 0;
  }
}

const inOrder = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const readLines = (file: string): AsyncIterator<string> =>
  createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();

async function* merge(sources: AsyncIterator<string>[]): AsyncGenerator<string> {
  const heads = await Promise.all(sources.map((source) => source.next()));
  for (;;) {
    let least = -1;
    for (let index = 0; index < heads.length; index += 1) {
      if (heads[index]!.done) continue;
      if (least < 0 || heads[index]!.value < heads[least]!.value) least = index;
    }
    if (least < 0) return;
    yield heads[least]!.value;
    heads[least] = await sources[least]!.next();
  }
}
