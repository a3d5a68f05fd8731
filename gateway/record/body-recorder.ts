import { createHash, type Hash } from 'node:crypto';
import { type BodySide, type Chunk, MAX_CHUNK_BYTES, type StoredForm } from '../../shared/bundle/format.ts';
import type { Sealed } from './escrow/seal-stream.ts';
import { sideNumber } from './frame.ts';
import type { Journal } from './journal.ts';
import type { Salts } from './salts.ts';

export type StoredAs = StoredForm;

/** One body of an exchange, cut into chunks as it passes. */
export class BodyRecorder {
  readonly side: BodySide;
  readonly stored: StoredAs;
  length: number;
  chunks: number;
  /** The age file of a sealed body, once it is whole. */
  sealed: Sealed | undefined;
  readonly #journal: Journal;
  readonly #salts: Salts;
  readonly #session: number;
  readonly #exchange: number;
  #hash: Hash | undefined;
  #chunkLength = 0;

  constructor(journal: Journal, salts: Salts, session: number, exchange: number, side: BodySide, stored: StoredAs) {
    this.#journal = journal;
    this.#salts = salts;
    this.#session = session;
    this.#exchange = exchange;
    this.side = side;
    this.stored = stored;
    this.length = 0;
    this.chunks = 0;
  }

  /** Returns the chunks that these bytes filled. */
  append(bytes: Uint8Array): readonly Chunk[] {
    if (this.stored === 'withheld') {
      this.length += bytes.length;
      return [];
    }
    if (bytes.length <= MAX_CHUNK_BYTES - this.#chunkLength) {
      this.#piece(bytes);
      return this.#chunkLength === MAX_CHUNK_BYTES ? this.finish() : [];
    }
    const filled: Chunk[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + MAX_CHUNK_BYTES - this.#chunkLength);
      this.#piece(bytes.subarray(at, end));
      if (this.#chunkLength === MAX_CHUNK_BYTES) filled.push(...this.finish());
      at = end;
    }
    return filled;
  }

  /** Ends the chunk under way, if any. */
  finish(): readonly Chunk[] {
    if (this.#hash === undefined) return [];
    const length = this.#chunkLength;
    const digest = this.#hash.digest('hex');
    this.#hash = undefined;
    this.#chunkLength = 0;
    this.chunks += 1;
    return [{ digest, length, offset: this.length - length, side: this.side, stored: this.stored }];
  }

  #piece(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let salt: Buffer | undefined;
    if (this.#hash === undefined) {
      salt = this.#salts();
      this.#hash = createHash('sha256').update(salt);
    }
    this.#hash.update(bytes);
    this.#chunkLength += bytes.length;
    this.length += bytes.length;
    if (this.stored === 'verbatim') this.#journal.queue.body(this.#session, this.#exchange, sideNumber(this.side), salt, bytes);
    else if (salt !== undefined) this.#journal.queue.body(this.#session, this.#exchange, sideNumber(this.side), salt, NOTHING);
  }
}

const NOTHING = new Uint8Array(0);
