import { hash } from 'node:crypto';
import { CELL_BYTES } from '../../../shared/bundle/format.ts';

const BLOCK_BYTES = 64;
/** Values up to this are remembered: columns repeat themselves. */
const REMEMBERED_BYTES = 64;
const MAX_REMEMBERED = 20_000;

/**
 * HMAC-SHA-256 (RFC 2104) of values, cut to 16 bytes. Two one-shot hashes cost two thirds of an HMAC object, a
 * remembered value a tenth.
 */
export class CellDigests {
  #message = Buffer.alloc(BLOCK_BYTES * 4);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + 32);
  readonly #remembered = new Map<string, Buffer>();

  /** `key`: at most 64 bytes. */
  constructor(key: Uint8Array) {
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      this.#message[index] = (key[index] ?? 0) ^ 0x36;
      this.#outer[index] = (key[index] ?? 0) ^ 0x5c;
    }
  }

  /** Of the canonical JSON text `source[from, to)`. The result is shared: not to be changed. */
  of(source: Buffer, from: number, to: number): Buffer {
    if (to - from > REMEMBERED_BYTES) return this.#compute(source, from, to);
    const key = source.toString('latin1', from, to);
    let digest = this.#remembered.get(key);
    if (digest !== undefined) return digest;
    digest = Buffer.from(this.#compute(source, from, to));
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, digest);
    return digest;
  }

  #compute(source: Buffer, from: number, to: number): Buffer {
    const end = BLOCK_BYTES + to - from;
    if (end > this.#message.length) this.#grow(end);
    source.copy(this.#message, BLOCK_BYTES, from, to);
    hash('sha256', this.#message.subarray(0, end), 'buffer').copy(this.#outer, BLOCK_BYTES);
    return hash('sha256', this.#outer, 'buffer').subarray(0, CELL_BYTES);
  }

  #grow(bytes: number): void {
    const grown = Buffer.alloc(2 ** Math.ceil(Math.log2(bytes)));
    this.#message.copy(grown, 0, 0, BLOCK_BYTES);
    this.#message = grown;
  }
}
