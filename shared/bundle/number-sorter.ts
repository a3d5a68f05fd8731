import { ScratchFile } from './scratch-file.ts';

const RUN_LENGTH = 131_072;
const BLOCK_LENGTH = 2_048;
const NUMBER_BYTES = 8;
/** Where the low half of a 64-bit number lies on this machine. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** Sorts any number of 64-bit numbers in bounded memory: sorted runs go to a scratch file and are then merged. Halves are unsigned 32-bit numbers. */
export class NumberSorter {
  readonly #numbers: BigUint64Array<ArrayBuffer>;
  readonly #halves: Uint32Array;
  readonly #file = new ScratchFile();
  #used = 0;
  #runs = 0;

  constructor(runLength = RUN_LENGTH) {
    this.#numbers = new BigUint64Array(runLength);
    this.#halves = new Uint32Array(this.#numbers.buffer);
  }

  get size(): number {
    return this.#runs * this.#numbers.length + this.#used;
  }

  add(high: number, low: number): void {
    if (this.#used === this.#numbers.length) this.#spill();
    this.#halves[this.#used * 2 + 1 - LOW] = high;
    this.#halves[this.#used * 2 + LOW] = low;
    this.#used += 1;
  }

  /** The numbers in order; can be read once, and nothing is added after. */
  sorted(): SortedNumbers {
    const last = this.#sort();
    const runBytes = this.#numbers.length * NUMBER_BYTES;
    const runs = Array.from({ length: this.#runs }, (_, run) => new Run(this.#file, run * runBytes, this.#numbers.length));
    return new SortedNumbers([...runs, new Run(last)]);
  }

  close(): void {
    this.#file.close();
  }

  #sort(): BigUint64Array<ArrayBuffer> {
    return this.#numbers.subarray(0, this.#used).sort();
  }

  #spill(): void {
    const bytes = new Uint8Array(this.#sort().buffer);
    this.#file.write(bytes, this.#runs * bytes.length);
    this.#runs += 1;
    this.#used = 0;
  }
}

export class SortedNumbers {
  /** The number that was read last. */
  high = 0;
  low = 0;
  readonly #runs: Run[];

  constructor(runs: readonly Run[]) {
    this.#runs = runs.filter((run) => run.step());
    this.#runs.sort(inOrder);
  }

  /** False: there was none left. */
  read(): boolean {
    const [least] = this.#runs;
    if (least === undefined) return false;
    [this.high, this.low] = [least.high, least.low];
    if (!least.step()) this.#runs.shift();
    // Numbers that come almost in order cost one comparison each.
    else if (this.#runs.length > 1 && inOrder(least, this.#runs[1]!) > 0) this.#sink(least);
    return true;
  }

  #sink(least: Run): void {
    let at = 0;
    for (; at + 1 < this.#runs.length && inOrder(least, this.#runs[at + 1]!) > 0; at += 1) this.#runs[at] = this.#runs[at + 1]!;
    this.#runs[at] = least;
  }
}

const inOrder = (left: Run, right: Run): number => left.high - right.high || left.low - right.low;

/** Sorted numbers, in memory or read by blocks. */
class Run {
  high = 0;
  low = 0;
  readonly #file: ScratchFile | undefined;
  #halves: Uint32Array;
  #bytes: Uint8Array;
  #position: number;
  #left: number;
  #at = 0;

  constructor(source: ScratchFile | BigUint64Array<ArrayBuffer>, position = 0, left = 0) {
    const numbers = source instanceof ScratchFile ? new BigUint64Array(Math.min(BLOCK_LENGTH, left)) : source;
    this.#file = source instanceof ScratchFile ? source : undefined;
    this.#halves = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
    this.#bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    this.#position = position;
    this.#left = left;
    if (this.#file !== undefined) this.#at = this.#halves.length;
  }

  /** False: there is no number left. */
  step(): boolean {
    if (this.#at === this.#halves.length && !this.#load()) return false;
    this.high = this.#halves[this.#at + 1 - LOW]!;
    this.low = this.#halves[this.#at + LOW]!;
    this.#at += 2;
    return true;
  }

  #load(): boolean {
    if (this.#file === undefined || this.#left === 0) return false;
    const length = Math.min(this.#left, this.#halves.length / 2);
    this.#halves = this.#halves.subarray(0, length * 2);
    this.#bytes = this.#bytes.subarray(0, length * NUMBER_BYTES);
    this.#file.read(this.#bytes, this.#position);
    this.#position += this.#bytes.length;
    this.#left -= length;
    this.#at = 0;
    return true;
  }
}
