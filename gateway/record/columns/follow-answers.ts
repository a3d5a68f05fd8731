import { existsSync } from 'node:fs';
import path from 'node:path';
import { MAX_COLUMN_BODY_BYTES } from '../../../shared/bundle/format/limits.ts';
import { type ExchangeKey, exchangeKey } from '../exchange-key.ts';
import { FLAG_CHUNK_BEGINS, FLAG_COLUMNS_DUE, frameTypes, HEADER_BYTES, SALT_BYTES, sideNumber } from '../frame.ts';
import { KeyFinder, QUOTE } from '../key-finder.ts';
import { journalFolder, listSegments } from '../list-segments.ts';
import { type Frame, readFrames } from '../read-frames.ts';
import { mayHoldRows } from './digest-columns.ts';
import type { Piece } from './piece-reader.ts';

type OpenAnswer = { readonly pieces: Piece[]; length: number; mayHoldRows: boolean };

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
  readonly #open = new Map<ExchangeKey, OpenAnswer>();
  readonly #due = new Map<ExchangeKey, DueAnswer>();

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
    this.#due.delete(exchangeKey(due.session, due.exchange));
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

  /**
   * A frame that somebody else read and checked: the next of this segment, or the first of a later one; `kindAt`: where its kind was found, if it is a leaf.
   * What begins unlike rows is forgotten at once, so that little is kept of a journal of other answers.
   */
  follow(segment: string, frame: Frame, kindAt: number): void {
    this.#segment = segment;
    this.#take(frame, kindAt);
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

  #take(frame: Frame, kindAt?: number): void {
    const { type, side, exchange } = frame.header;
    if (type === frameTypes.body && side === RESPONSE) this.#body(frame);
    else if (type === frameTypes.leaf && exchange > 0) this.#leaf(frame, kindAt ?? kindKey.find(frame.payload));
    else if (type === frameTypes.leaf) this.#sessionLeaf(frame);
  }

  #body({ header, offset, payload }: Frame): void {
    const key = exchangeKey(header.session, header.exchange);
    const skipped = (header.flags & FLAG_CHUNK_BEGINS) === 0 ? 0 : SALT_BYTES;
    const length = header.length - skipped;
    let answer = this.#open.get(key);
    if (answer === undefined) {
      answer = { pieces: [], length: 0, mayHoldRows: true };
      this.#open.set(key, answer);
    }
    // Bodies that were skipped have no bytes here.
    if (answer.length === 0 && length > 0 && payload.length > skipped) answer.mayHoldRows = mayHoldRows(payload[skipped]!);
    answer.length += length;
    if (answer.length > MAX_COLUMN_BODY_BYTES || !answer.mayHoldRows) answer.pieces.length = 0;
    else if (length > 0) answer.pieces.push({ segment: this.#segment, offset: offset + HEADER_BYTES + skipped, length });
  }

  #leaf({ header, payload }: Frame, kindAt: number): void {
    const { session, exchange, flags } = header;
    const initial = payload[kindAt];
    if (initial !== END_INITIAL && initial !== RECONCILE_INITIAL && initial !== COLUMNS_INITIAL) return;
    const kind = payload.toString('latin1', kindAt, payload.indexOf(QUOTE, kindAt));
    const key = exchangeKey(session, exchange);
    if (kind === 'columns') this.#due.delete(key);
    if (kind !== 'end' && kind !== 'reconcile') return;
    const answer = this.#open.get(key);
    this.#open.delete(key);
    if ((flags & FLAG_COLUMNS_DUE) === 0 || answer?.mayHoldRows === false) return;
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
const RESPONSE = sideNumber('response');
const SESSION_CLOSE = Buffer.from('"kind":"session-close"');
const [END_INITIAL, RECONCILE_INITIAL, COLUMNS_INITIAL] = [...Buffer.from('erc')];
