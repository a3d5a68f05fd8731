import { existsSync } from 'node:fs';
import path from 'node:path';
import { MAX_COLUMN_BODY_BYTES } from '../../../shared/bundle/format.ts';
import { FLAG_CHUNK_BEGINS, FLAG_COLUMNS_DUE, frameTypes, HEADER_BYTES, SALT_BYTES, sideOf } from '../frame.ts';
import { KeyFinder, QUOTE } from '../key-finder.ts';
import { journalFolder, listSegments } from '../list-segments.ts';
import { type Frame, readFrames } from '../read-frames.ts';
import type { Piece } from './piece-reader.ts';

type OpenAnswer = { readonly pieces: Piece[]; length: number };

/** An exchange that ended and whose columns are still to be digested. */
export type DueAnswer = {
  readonly session: number;
  readonly exchange: number;
  readonly exchangeId: string;
  readonly pieces: readonly Piece[];
};

/**
 * Reads the journal behind its writer and finds the answers whose column digests are due. The journal itself is the queue: nothing of an
 * answer is kept here but where it lies, however far behind the reader is.
 */
export class AnswerFollower {
  readonly #directory: string;
  #segment: string;
  #offset = 0;
  #isSegmentRead = false;
  readonly #open = new Map<string, OpenAnswer>();
  readonly #due = new Map<string, DueAnswer>();

  /** `segment`: the name of the first to read. */
  constructor(directory: string, segment: string) {
    this.#directory = directory;
    this.#segment = segment;
  }

  /** The oldest segment that is still needed. */
  get oldest(): string {
    let oldest = this.#segment;
    for (const { pieces } of [...this.#open.values(), ...this.#due.values()]) {
      const segment = pieces[0]?.segment;
      if (segment !== undefined && segment < oldest) oldest = segment;
    }
    return oldest;
  }

  /** What is due, in order of the ends; not yet taken. */
  get due(): Iterable<DueAnswer> {
    return this.#due.values();
  }

  take(due: DueAnswer): void {
    this.#due.delete(keyOf(due.session, due.exchange));
  }

  /** Reads on by about `bytes`. False when the writer is no further. */
  read(bytes = Number.POSITIVE_INFINITY): boolean {
    // A segment that was retired meanwhile, which is never the last, held closed sessions only: nothing in it is due.
    const isGone = !existsSync(this.#file(this.#segment));
    if ((this.#isSegmentRead || isGone) && !this.#turn() && !isGone) return false;
    const from = this.#offset;
    const frames = readFrames(this.#file(this.#segment), { bodies: 'skip', from: this.#offset });
    for (let step = frames.next(); ; step = frames.next()) {
      if (step.done) {
        this.#offset = step.value.offset;
        this.#isSegmentRead = step.value.isSealed;
        return this.#isSegmentRead || this.#offset > from;
      }
      this.#take(step.value);
      this.#offset = step.value.offset + HEADER_BYTES + step.value.header.length;
      if (this.#offset - from < bytes || step.value.header.type === frameTypes.seal) continue;
      frames.return({ offset: this.#offset, size: 0, fault: undefined, isSealed: false });
      return true;
    }
  }

  /** A frame that somebody else read and checked: the next of this segment, or the first of a later one. */
  follow(segment: string, frame: Frame): void {
    this.#segment = segment;
    this.#take(frame);
  }

  #turn(): boolean {
    const next = listSegments(this.#directory)
      .map((file) => path.basename(file))
      .find((name) => name > this.#segment);
    if (next === undefined) return false;
    [this.#segment, this.#offset, this.#isSegmentRead] = [next, 0, false];
    return true;
  }

  #file(segment: string): string {
    return path.join(journalFolder(this.#directory), segment);
  }

  #take(frame: Frame): void {
    const { type, exchange } = frame.header;
    if (type === frameTypes.body && sideOf(frame.header) === 'response') this.#body(frame);
    else if (type === frameTypes.leaf && exchange > 0) this.#leaf(frame);
    else if (type === frameTypes.leaf) this.#sessionLeaf(frame);
  }

  #body({ header, offset }: Frame): void {
    const key = keyOf(header.session, header.exchange);
    let answer = this.#open.get(key);
    if (answer === undefined) {
      answer = { pieces: [], length: 0 };
      this.#open.set(key, answer);
    }
    const skipped = (header.flags & FLAG_CHUNK_BEGINS) === 0 ? 0 : SALT_BYTES;
    const length = header.length - skipped;
    answer.length += length;
    if (answer.length > MAX_COLUMN_BODY_BYTES) answer.pieces.length = 0;
    else if (length > 0) answer.pieces.push({ segment: this.#segment, offset: offset + HEADER_BYTES + skipped, length });
  }

  #leaf({ header, payload }: Frame): void {
    const { session, exchange, flags } = header;
    const kindAt = kindKey.find(payload);
    const initial = payload[kindAt];
    if (initial !== END_INITIAL && initial !== RECONCILE_INITIAL && initial !== COLUMNS_INITIAL) return;
    const kind = payload.toString('latin1', kindAt, payload.indexOf(QUOTE, kindAt));
    const key = keyOf(session, exchange);
    if (kind === 'columns') this.#due.delete(key);
    if (kind !== 'end' && kind !== 'reconcile') return;
    const answer = this.#open.get(key);
    this.#open.delete(key);
    if ((flags & FLAG_COLUMNS_DUE) === 0) return;
    const idAt = exchangeIdKey.find(payload);
    const exchangeId = payload.toString('latin1', idAt, payload.indexOf(QUOTE, idAt));
    this.#due.set(key, { session, exchange, exchangeId, pieces: answer?.pieces ?? [] });
  }

  /** A session that closed waits for nothing. */
  #sessionLeaf({ header, payload }: Frame): void {
    if (!payload.includes(SESSION_CLOSE)) return;
    for (const [key, due] of this.#due) if (due.session === header.session) this.#due.delete(key);
  }
}

const [kindKey, exchangeIdKey] = [new KeyFinder('kind'), new KeyFinder('exchangeId')];
const SESSION_CLOSE = Buffer.from('"kind":"session-close"');
const [END_INITIAL, RECONCILE_INITIAL, COLUMNS_INITIAL] = [...Buffer.from('erc')];

const keyOf = (session: number, exchange: number): string => `${session}/${exchange}`;
