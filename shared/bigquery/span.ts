/** A piece of a stream that may reach over several of its chunks. Positions are bytes of the stream; `before`: those ahead of the chunk at hand. */
export class Span {
  /** Where it begins; -1 while none is under way. */
  start = -1;
  #held: Buffer[] = [];
  #heldBytes = 0;

  get isHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Keeps what the chunk holds of it; returns how many bytes are kept by now. */
  hold(chunk: Buffer, before: number): number {
    if (this.start < 0) return 0;
    const piece = Buffer.from(chunk.subarray(Math.max(0, this.start - before)));
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    return this.#heldBytes;
  }

  /** All of it, up to `end` in the chunk; then none is under way. */
  take(chunk: Buffer, before: number, end: number): Buffer {
    const own = chunk.subarray(Math.max(0, this.start - before), end);
    const bytes = this.#held.length === 0 ? own : Buffer.concat([...this.#held, own]);
    this.start = -1;
    this.#held = [];
    this.#heldBytes = 0;
    return bytes;
  }
}
