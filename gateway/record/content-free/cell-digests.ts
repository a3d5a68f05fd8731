import { hash } from 'node:crypto';
import { CELL_BYTES } from '../../../shared/bundle/format.ts';

const BLOCK_BYTES = 64;
/** Values up to this are remembered: columns repeat themselves. */
const REMEMBERED_BYTES = 64;
const SLOTS = 8_192;

/**
 * HMAC-SHA-256 (RFC 2104) of values, cut to 16 bytes. Two one-shot hashes cost a fraction of an HMAC object, and a value that was met lately costs no
 * hash at all: it stands in one of a fixed number of slots, so that values that never repeat cost little more than their hashes.
 */
export class CellDigests {
  #message = Buffer.alloc(BLOCK_BYTES * 4);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + 32);
  readonly #values = Buffer.alloc(SLOTS * REMEMBERED_BYTES);
  /** One more than the length of the value, so that 0 is an empty slot. */
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #digests = Buffer.alloc(SLOTS * CELL_BYTES);

  /** `key`: at most 64 bytes. */
  constructor(key: Uint8Array) {
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      this.#message[index] = (key[index] ?? 0) ^ 0x36;
      this.#outer[index] = (key[index] ?? 0) ^ 0x5c;
    }
  }

  /** Of the canonical JSON text `source[from, to)`: 16 bytes into `target` at `at`. */
  write(source: Buffer, from: number, to: number, target: Buffer, at: number): void {
    const length = to - from;
    if (length > REMEMBERED_BYTES) {
      this.#compute(source, from, to).copy(target, at, 0, CELL_BYTES);
      return;
    }
    const slot = slotOf(source, from, to);
    if (!this.#isRemembered(slot, source, from, length)) this.#remember(slot, source, from, to);
    this.#digests.copy(target, at, slot * CELL_BYTES, (slot + 1) * CELL_BYTES);
  }

  #isRemembered(slot: number, source: Buffer, from: number, length: number): boolean {
    if (this.#lengths[slot] !== length + 1) return false;
    const start = slot * REMEMBERED_BYTES;
    for (let index = 0; index < length; index += 1) if (this.#values[start + index] !== source[from + index]) return false;
    return true;
  }

  #remember(slot: number, source: Buffer, from: number, to: number): void {
    this.#lengths[slot] = to - from + 1;
    source.copy(this.#values, slot * REMEMBERED_BYTES, from, to);
    this.#compute(source, from, to).copy(this.#digests, slot * CELL_BYTES, 0, CELL_BYTES);
  }

  #compute(source: Buffer, from: number, to: number): Buffer {
    const end = BLOCK_BYTES + to - from;
    if (end > this.#message.length) this.#grow(end);
    source.copy(this.#message, BLOCK_BYTES, from, to);
    hash('sha256', this.#message.subarray(0, end), 'buffer').copy(this.#outer, BLOCK_BYTES);
    return hash('sha256', this.#outer, 'buffer');
  }

  #grow(bytes: number): void {
    const grown = Buffer.alloc(2 ** Math.ceil(Math.log2(bytes)));
    this.#message.copy(grown, 0, 0, BLOCK_BYTES);
    this.#message = grown;
  }
}

/** FNV-1a, folded. Whoever makes values meet in one slot wins nothing but the time of a hash. */
function slotOf(source: Buffer, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let index = from; index < to; index += 1) value = Math.imul(value ^ source[index]!, 0x01000193);
  return (value ^ (value >>> 15)) & (SLOTS - 1);
}
