import { closeSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { FileSink } from './file-sink.ts';

const RUN_CHARACTERS = 8 * 1_048_576;
const BLOCK_BYTES = 65_536;
/** More runs than this are merged into one, so that neither memory nor open files grow with the number of lines. */
const MAX_RUNS = 64;

/** Sorts any number of lines in bounded memory: sorted runs go to temporary files, which are then merged. */
export class LineSorter {
  readonly #prefix: string;
  readonly #runCharacters: number;
  #runs: string[] = [];
  #made = 0;
  #lines: string[] = [];
  #characters = 0;

  /** Temporary files begin with `prefix`. */
  constructor(prefix: string, runCharacters = RUN_CHARACTERS) {
    this.#prefix = prefix;
    this.#runCharacters = runCharacters;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= this.#runCharacters) this.#spill();
  }

  /** The lines in order of their UTF-16 code units (for ASCII: bytes); can be read once. */
  *sorted(): Generator<string> {
    if (this.#runs.length === 0) {
      yield* this.#lines.sort(inOrder);
      return;
    }
    this.#spill();
    yield* this.#merged();
  }

  *#merged(): Generator<string> {
    const runs = this.#runs.map((file) => new SortedRun(file));
    try {
      yield* merge(runs);
    } finally {
      for (const run of runs) run.remove();
    }
  }

  #spill(): void {
    if (this.#lines.length === 0) return;
    const file = this.#nextFile();
    writeFileSync(file, `${this.#lines.sort(inOrder).join('\n')}\n`, { flag: 'wx', mode: 0o600 });
    this.#runs.push(file);
    this.#lines = [];
    this.#characters = 0;
    if (this.#runs.length === MAX_RUNS) this.#join();
  }

  #join(): void {
    const file = this.#nextFile();
    const sink = new FileSink(file);
    for (const line of this.#merged()) sink.writeNow(Buffer.from(`${line}\n`));
    sink.close();
    this.#runs = [file];
  }

  #nextFile(): string {
    this.#made += 1;
    return `${this.#prefix}${this.#made}`;
  }
}

const inOrder = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Stays with one run as long as it holds the least line: lines that come almost in order cost one comparison each. */
function* merge(runs: readonly SortedRun[]): Generator<string> {
  const open = runs.filter((run) => run.line !== undefined);
  while (open.length > 0) {
    open.sort((a, b) => inOrder(a.line!, b.line!));
    const [least, next] = open;
    do {
      yield least!.line!;
      least!.step();
    } while (least!.line !== undefined && (next === undefined || least!.line <= next.line!));
    if (least!.line === undefined) open.shift();
  }
}

/** A file of sorted lines, read by blocks. */
class SortedRun {
  line: string | undefined;
  readonly #file: string;
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #lines: string[] = [];
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'r');
    this.step();
  }

  step(): void {
    while (this.#at === this.#lines.length && this.#load()) {
      // A block may end before its first line does.
    }
    this.line = this.#lines[this.#at];
    this.#at += 1;
  }

  remove(): void {
    closeSync(this.#fd);
    rmSync(this.#file);
  }

  #load(): boolean {
    const length = readSync(this.#fd, this.#block);
    if (length === 0) return false;
    const bytes = Buffer.concat([this.#rest, this.#block.subarray(0, length)]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.subarray(end);
    this.#lines = end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
    this.#at = 0;
    return true;
  }
}
