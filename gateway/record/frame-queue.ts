import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from './crc32c.ts';
import { FLAG_CHUNK_BEGINS, type FrameType, frameTypes, HEADER_BYTES, writeHeader } from './frame.ts';

const ARENA_BYTES = 512 * 1024;
/** Bodies above this are queued as they are instead of copied. */
const COPY_BELOW = 8 * 1024;
const KEPT_ARENAS = 4;
const MAX_BUFFERS = 1_000;

/** A point in the queue where the writer changes to a new segment; `head` are the frames the new one begins with. */
export type Turn = { readonly turn: true; readonly head: Buffer; readonly nonce: Buffer };
/** A body that was not copied: it goes to the disk in one batch with its header, which ends the item before it. */
type Body = { readonly body: Buffer };
type Item = Buffer | Body | Turn;

/** Frames on their way to the disk, encoded once, in place, in arenas that are used again. */
export class FrameQueue {
  #arena: Buffer = Buffer.allocUnsafeSlow(ARENA_BYTES);
  #from = 0;
  #at = 0;
  #items: Item[] = [];
  #retired: { arena: Buffer; end: number }[] = [];
  #free: Buffer[] = [];
  /** Bytes ever appended and ever taken: their difference waits. */
  appended = 0;
  taken = 0;

  /** Returns the RFC 6962 leaf hash of `text`. */
  leaf(type: FrameType, session: number, exchange: number, text: string, flags = 0): string {
    const [source, start, end] = this.#text(type, session, exchange, text, flags);
    return hash('sha256', source.subarray(start - 1, end), 'hex');
  }

  /** Returns the SHA-256 of `text`. */
  text(type: FrameType, session: number, exchange: number, text: string): string {
    const [source, start, end] = this.#text(type, session, exchange, text);
    return hash('sha256', source.subarray(start, end), 'hex');
  }

  /** `salt`: only with the first piece of a chunk. */
  body(session: number, exchange: number, side: number, salt: Buffer | undefined, bytes: Uint8Array): void {
    const saltBytes = salt === undefined ? 0 : salt.length;
    const payload = saltBytes + bytes.length;
    const isCopied = bytes.length < COPY_BELOW;
    this.#reserve(HEADER_BYTES + (isCopied ? payload : saltBytes));
    const at = this.#at;
    const check = crc32(bytes, salt === undefined ? 0 : crc32(salt));
    writeHeader(this.#arena, at, payload, frameTypes.body, side, salt === undefined ? 0 : FLAG_CHUNK_BEGINS, session, exchange, check);
    if (salt !== undefined) this.#arena.set(salt, at + HEADER_BYTES);
    this.#at += HEADER_BYTES + saltBytes;
    if (isCopied) {
      this.#arena.set(bytes, this.#at);
      this.#at += bytes.length;
    } else {
      this.#cut();
      this.#items.push({ body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) });
    }
    this.appended += HEADER_BYTES + payload;
  }

  /** A piece of an age file. */
  sealedBody(session: number, exchange: number, side: number, bytes: Uint8Array): void {
    const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + bytes.length);
    frame.set(bytes, HEADER_BYTES);
    const check = crc32c(frame, HEADER_BYTES, frame.length);
    writeHeader(frame, 0, bytes.length, frameTypes.sealedBody, side, 0, session, exchange, check);
    this.encoded(frame);
  }

  /** Frames that were encoded elsewhere. */
  encoded(frames: Buffer): void {
    if (frames.length < COPY_BELOW) {
      this.#reserve(frames.length);
      this.#arena.set(frames, this.#at);
      this.#at += frames.length;
    } else {
      this.#cut();
      this.#items.push(frames);
    }
    this.appended += frames.length;
  }

  turn(head: Buffer, nonce: Buffer): void {
    this.#cut();
    this.#items.push({ turn: true, head, nonce });
  }

  get isEmpty(): boolean {
    return this.#from === this.#at && this.#items.length === 0;
  }

  /**
   * Buffers of at most about `maxBytes`, or the turn that comes next, or nothing. Only whole frames: what the journal puts between
   * two batches must not land within one, and how far it is durable is always the end of one.
   */
  take(maxBytes: number): Buffer[] | Turn | undefined {
    this.#cut();
    const first = this.#items[0];
    if (first === undefined) return undefined;
    if ('turn' in first) {
      this.#items.shift();
      return first;
    }
    const buffers: Buffer[] = [];
    let bytes = 0;
    for (const item of this.#items) {
      if ('turn' in item) break;
      const buffer = 'body' in item ? item.body : item;
      if (buffer === item && (buffers.length >= MAX_BUFFERS || (bytes > 0 && bytes + buffer.length > maxBytes))) break;
      buffers.push(buffer);
      bytes += buffer.length;
    }
    // Let go of at once: a queue that never runs empty would keep everything that ever went through it.
    this.#items.splice(0, buffers.length);
    this.taken += bytes;
    return buffers;
  }

  /** All that was taken is written: its arenas may be used again. */
  written(): void {
    while (this.#retired.length > 0 && this.#retired[0]!.end <= this.taken) {
      const { arena } = this.#retired.shift()!;
      if (this.#free.length < KEPT_ARENAS) this.#free.push(arena);
    }
  }

  #text(type: FrameType, session: number, exchange: number, text: string, flags = 0): readonly [Buffer, number, number] {
    const bound = text.length * 3;
    if (HEADER_BYTES + bound > ARENA_BYTES) return this.#largeText(type, session, exchange, text, flags);
    this.#reserve(HEADER_BYTES + bound);
    const start = this.#at + HEADER_BYTES;
    const length = this.#arena.write(text, start, 'utf8');
    const end = start + length;
    writeHeader(this.#arena, this.#at, length, type, 0, flags, session, exchange, crc32c(this.#arena, start, end));
    this.#at = end;
    this.appended += HEADER_BYTES + length;
    return [this.#arena, start, end];
  }

  #largeText(type: FrameType, session: number, exchange: number, text: string, flags: number): readonly [Buffer, number, number] {
    const frame = encodeFrame(type, session, exchange, Buffer.from(text), flags);
    this.#cut();
    this.#items.push(frame);
    this.appended += frame.length;
    return [frame, HEADER_BYTES, frame.length];
  }

  #cut(): void {
    if (this.#at === this.#from) return;
    this.#items.push(this.#arena.subarray(this.#from, this.#at));
    this.#from = this.#at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= ARENA_BYTES) return;
    this.#cut();
    this.#retired.push({ arena: this.#arena, end: this.appended });
    this.#arena = this.#free.pop() ?? Buffer.allocUnsafeSlow(ARENA_BYTES);
    this.#from = 0;
    this.#at = 0;
  }
}

/** One frame by itself; for what is not on the hot path. */
export function encodeFrame(type: FrameType, session: number, exchange: number, payload: Buffer, flags = 0): Buffer {
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length);
  frame.set(payload, HEADER_BYTES);
  writeHeader(frame, 0, payload.length, type, 0, flags, session, exchange, crc32c(payload));
  return frame;
}

/** "All before `durable` is durable", under the segment's nonce: bytes inside a recorded body cannot pose as a mark. */
export function encodeMark(durable: number, nonce: Buffer): Buffer {
  const payload = Buffer.alloc(8 + nonce.length);
  payload.writeDoubleLE(durable);
  payload.set(nonce, 8);
  return encodeFrame(frameTypes.mark, 0, 0, payload);
}
