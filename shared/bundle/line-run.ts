const FIRST_LINES = 1_024;
const LINE_FEED = 0x0a;

/** Lines in one block of memory, so that a million of them cost no object each. */
export class LineRun {
  readonly #bytes: Buffer;
  #starts = new Uint32Array(FIRST_LINES);
  #lines = 0;
  #end = 0;

  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes);
  }

  get isEmpty(): boolean {
    return this.#lines === 0;
  }

  /** False: there is no room left for it. */
  add(line: string): boolean {
    const room = this.#bytes.length - this.#end;
    // A UTF-16 code unit takes three bytes at most: counting them is seldom needed.
    if (line.length * 3 >= room && Buffer.byteLength(line) >= room) return false;
    if (this.#lines + 1 === this.#starts.length) this.#starts = grown(this.#starts);
    this.#end += this.#bytes.write(line, this.#end);
    this.#bytes[this.#end] = LINE_FEED;
    this.#end += 1;
    this.#lines += 1;
    this.#starts[this.#lines] = this.#end;
    return true;
  }

  clear(): void {
    [this.#lines, this.#end] = [0, 0];
  }

  /** The lines in order of their bytes, each with its line feed: views that the next `add` after a `clear` overwrites. */
  *sorted(): Generator<Buffer> {
    const [bytes, starts] = [this.#bytes, this.#starts];
    const order = Uint32Array.from({ length: this.#lines }, (_, index) => index);
    order.sort((a, b) => bytes.compare(bytes, starts[b]!, starts[b + 1]! - 1, starts[a]!, starts[a + 1]! - 1));
    for (const line of order) yield bytes.subarray(starts[line]!, starts[line + 1]!);
  }
}

function grown(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
