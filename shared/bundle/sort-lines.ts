import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { FileSink } from './file-sink.ts';
import { LineRun } from './line-run.ts';

const RUN_BYTES = 8 * 1_048_576;
const BLOCK_BYTES = 65_536;
/** So many runs are merged into one, so that neither memory nor open files grow with the number of lines. */
const MAX_RUNS = 64;

/** Sorts any number of lines in bounded memory: sorted runs go to temporary files, which are then merged. */
export class LineSorter {
  readonly #prefix: string;
  readonly #maxRuns: number;
  #run: LineRun;
  /** Files by how often their lines were merged, so that each line is merged seldom. */
  readonly #levels: string[][] = [[]];
  #made = 0;

  /** Temporary files begin with `prefix`. */
  constructor(prefix: string, { runBytes = RUN_BYTES, maxRuns = MAX_RUNS } = {}) {
    this.#prefix = prefix;
    this.#maxRuns = maxRuns;
    this.#run = new LineRun(runBytes);
  }

  add(line: string): void {
    if (this.#run.add(line)) return;
    this.#spill();
    if (this.#run.add(line)) return;
    // A line longer than a run: longer runs from here on.
    this.#run = new LineRun(Buffer.byteLength(line) + 1);
    this.#run.add(line);
  }

  /** The lines in order of their bytes, each with its line feed; can be read once. */
  *sorted(): Generator<Buffer> {
    if (this.#made === 0) {
      yield* this.#run.sorted();
      return;
    }
    this.#spill();
    this.#run = new LineRun(0);
    yield* merged(this.#levels.flat());
  }

  #spill(): void {
    if (this.#run.isEmpty) return;
    this.#keep(this.#write(this.#run.sorted()), 0);
    this.#run.clear();
  }

  #keep(file: string, level: number): void {
    this.#levels[level] ??= [];
    const files = this.#levels[level];
    files.push(file);
    if (files.length < this.#maxRuns) return;
    this.#levels[level] = [];
    this.#keep(this.#write(merged(files)), level + 1);
  }

  #write(lines: Iterable<Buffer>): string {
    this.#made += 1;
    const sink = new FileSink(`${this.#prefix}${this.#made}`);
    for (const line of lines) sink.writeNow(line);
    sink.close();
    return sink.file;
  }
}

/** The files are removed afterwards. */
function* merged(files: readonly string[]): Generator<Buffer> {
  const runs = files.map((file) => new SortedRun(file));
  try {
    yield* merge(runs);
  } finally {
    for (const run of runs) run.remove();
  }
}

/** Stays with one run as long as it holds the least line: lines that come almost in order cost one comparison each. */
function* merge(runs: readonly SortedRun[]): Generator<Buffer> {
  const open = runs.filter(({ line }) => line !== undefined).sort((a, b) => (a.line! < b.line! ? -1 : 1));
  while (open.length > 0) {
    const [least, next] = open as [SortedRun, SortedRun?];
    do {
      yield Buffer.from(`${least.line}\n`, 'latin1');
      least.step();
    } while (least.line !== undefined && (next === undefined || least.line <= next.line!));
    open.shift();
    if (least.line !== undefined) open.splice(placeOf(least.line, open), 0, least);
  }
}

/** How many of the runs, which are in order, come before a line. */
function placeOf(line: string, open: readonly SortedRun[]): number {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (open[middle]!.line! < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A file of sorted lines, read by blocks. A character here is a byte, so that the order is that of bytes. */
class SortedRun {
  line: string | undefined;
  readonly #file: string;
  readonly #fd: number;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  #lines: string[] = [];
  #at = 0;
  #rest = '';

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
    this.#lines = (this.#rest + this.#block.toString('latin1', 0, length)).split('\n');
    this.#rest = this.#lines.pop()!;
    this.#at = 0;
    return true;
  }
}
