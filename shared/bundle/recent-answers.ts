import { hash } from 'node:crypto';
import type { ArchivePlace } from './archive-places.ts';
import type { EndedExchange } from './check-leaves.ts';
import { type DisclosureValue, MAX_COLUMN_BODY_BYTES } from './format.ts';
import { PagedRecords } from './paged-records.ts';
import { type ReadMessage, readMessage } from './read-body.ts';
import { readPlaces } from './read-places.ts';
import { unpackMembers } from './record-run.ts';
import { readWarcRecord, splitRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** An answer as the archive holds it; `body` is `undefined` where it is not kept, or was taken out. */
export type KeptAnswer = {
  readonly body: Buffer | undefined;
  readonly isConverted: boolean;
  /** Recorded verbatim, whether or not it is still there. */
  readonly wasKept: boolean;
  /** Length of the body `cells`, if the exchange has one. */
  readonly cellBytes: number | undefined;
  /** Of what the columns of these cells are called, where that is known: see digestNames. */
  readonly cellNames: string | undefined;
};

/** Short, for it is kept of every answer that has cells. */
export const digestNames = (names: readonly string[]): string => hash('sha256', JSON.stringify(names), 'hex').slice(0, NAMES_BYTES * 2);

type Remembered = Omit<KeptAnswer, 'body'> & { readonly place: ArchivePlace; readonly hasBody: boolean };

const NAMES_BYTES = 16;
const RECORD_BYTES = 32 + NAMES_BYTES;
const FLAGS = { isKnown: 1, hasBody: 2, isConverted: 4, wasKept: 8, hasCells: 16, isUnproved: 32, hasNames: 64 } as const;
const MAX_BODY_BYTES = 131_072;
const MAX_BYTES = 8 * 1_048_576;
const MAX_BATCH_BYTES = 1_048_576;

/**
 * Column digests come some leaves after the answer that they speak of, in large sessions very many. Where each answer lies is remembered by the number
 * of its exchange; the last small answers are at hand, others are read again, many at a time.
 */
export class RecentAnswers {
  readonly #zip: ZipArchive;
  readonly #warc: ZipEntry;
  readonly #remembered = new PagedRecords(RECORD_BYTES);
  readonly #bodies = new Map<number, Buffer>();
  #bytes = 0;
  /** Answers that were rebuilt, and of which no column digests were found yet; the numbers between which they lie. */
  #unproved = 0;
  #converted = { first: Number.POSITIVE_INFINITY, last: 0 };

  constructor(zip: ZipArchive, warc: ZipEntry) {
    this.#zip = zip;
    this.#warc = warc;
  }

  keep({ number, end, values }: EndedExchange, place: ArchivePlace, { body, bodyBytes }: ReadMessage, isConverted: boolean): void {
    if (number === undefined) return;
    const cells = end.bodies.find(({ side }) => side === 'cells');
    const wasKept = end.bodies.some((one) => one.side === 'response' && one.stored === 'verbatim' && one.length > 0);
    const names = values.get('result-names')?.[2] as DisclosureValue<'result-names'> | undefined;
    const cellNames = names && digestNames(names);
    this.#remember(number, { place, hasBody: bodyBytes > 0, isConverted, wasKept, cellBytes: cells?.length, cellNames });
    // A copy: what it was unpacked with need not stay.
    if (Array.isArray(body) && bodyBytes > 0 && bodyBytes <= MAX_BODY_BYTES) this.#hold(number, Buffer.from(body[0]));
  }

  /** What the exchange answered; `undefined` when the archive has no record of an answer. Once for each exchange. */
  take(number: number): KeptAnswer | undefined | Promise<KeptAnswer | undefined> {
    const known = this.#recall(number);
    if (known === undefined) return undefined;
    this.#prove(number);
    const body = this.#bodies.get(number);
    if (body === undefined && known.hasBody) return this.#read(known.place).then((read) => ({ ...known, body: read }));
    this.#drop(number);
    return { ...known, body };
  }

  /** Brings what will be asked for soon to hand, as far as it is small. */
  async fetch(numbers: readonly number[]): Promise<void> {
    let room = MAX_BYTES;
    let [batch, bytes] = [new Map<number, ArchivePlace>(), 0];
    for (const number of numbers) {
      const known = this.#bodies.has(number) ? undefined : this.#recall(number);
      if (known === undefined || !known.hasBody || known.place.length > MAX_BODY_BYTES) continue;
      batch.set(number, known.place);
      bytes += known.place.length;
      if (bytes < MAX_BATCH_BYTES) continue;
      room = await this.#fetchBatch(batch, room);
      if (room <= 0) return;
      [batch, bytes] = [new Map(), 0];
    }
    if (batch.size > 0) await this.#fetchBatch(batch, room);
  }

  /** Numbers of exchanges whose answers were rebuilt, and of which no column digests were found. */
  *unproved(): Generator<number> {
    if (this.#unproved === 0) return;
    for (let number = this.#converted.first; number <= this.#converted.last; number += 1)
      if ((this.#remembered.at(number)[0]! & FLAGS.isUnproved) !== 0) yield number;
  }

  close(): void {
    this.#remembered.close();
    this.#bodies.clear();
  }

  /** They were read before: what cannot be read in this way now is read one by one. Returns the room that is left for more. */
  async #fetchBatch(batch: ReadonlyMap<number, ArchivePlace>, room: number): Promise<number> {
    const places = [...batch.values()];
    const lengths = places.map(({ length }) => length);
    const records = unpackMembers(await readPlaces(this.#zip, this.#warc, places), lengths);
    let left = room;
    for (const [index, number] of [...batch.keys()].entries()) {
      if (records === undefined) break;
      const { body } = await readMessage(splitRecord(records[index]!, places[index]!), places[index]!);
      const [whole] = body as readonly Buffer[];
      left -= whole!.length;
      // What is wanted first must not be dropped for what is wanted last.
      if (left < 0) break;
      if (whole!.length <= MAX_BODY_BYTES) this.#hold(number, whole!);
    }
    return left;
  }

  #hold(number: number, body: Buffer): void {
    this.#drop(number);
    this.#bodies.set(number, body);
    this.#bytes += body.length;
    while (this.#bytes > MAX_BYTES) this.#drop(this.#bodies.keys().next().value!);
  }

  #drop(number: number): void {
    this.#bytes -= this.#bodies.get(number)?.length ?? 0;
    this.#bodies.delete(number);
  }

  #remember(number: number, { place, hasBody, isConverted, wasKept, cellBytes, cellNames }: Remembered): void {
    const record = this.#remembered.edit(number);
    record[0] =
      FLAGS.isKnown |
      (hasBody ? FLAGS.hasBody : 0) |
      (isConverted ? FLAGS.isConverted | FLAGS.isUnproved : 0) |
      (wasKept ? FLAGS.wasKept : 0) |
      (cellBytes !== undefined ? FLAGS.hasCells : 0) |
      (cellNames !== undefined ? FLAGS.hasNames : 0);
    record.writeDoubleLE(place.offset, 8);
    record.writeDoubleLE(place.length, 16);
    record.writeDoubleLE(cellBytes ?? 0, 24);
    if (cellNames !== undefined) record.write(cellNames, 32, 'hex');
    if (!isConverted) return;
    this.#unproved += 1;
    this.#converted = { first: Math.min(this.#converted.first, number), last: Math.max(this.#converted.last, number) };
  }

  #recall(number: number): Remembered | undefined {
    const record = this.#remembered.at(number);
    const has = (flag: number): boolean => (record[0]! & flag) !== 0;
    if (!has(FLAGS.isKnown)) return undefined;
    const isConverted = has(FLAGS.isConverted);
    const place = {
      rank: -1,
      record: isConverted ? 'conversion' : 'response',
      offset: record.readDoubleLE(8),
      length: record.readDoubleLE(16),
    } as const;
    const cellBytes = has(FLAGS.hasCells) ? record.readDoubleLE(24) : undefined;
    const cellNames = has(FLAGS.hasNames) ? record.toString('hex', 32) : undefined;
    return { place, hasBody: has(FLAGS.hasBody), isConverted, wasKept: has(FLAGS.wasKept), cellBytes, cellNames };
  }

  #prove(number: number): void {
    if (this.#unproved === 0) return;
    const record = this.#remembered.edit(number);
    if ((record[0]! & FLAGS.isUnproved) === 0) return;
    record[0] = record[0]! & ~FLAGS.isUnproved;
    this.#unproved -= 1;
  }

  async #read(place: ArchivePlace): Promise<Buffer | undefined> {
    const message = await readMessage(await readWarcRecord(this.#zip, this.#warc, place), place);
    if (message.bodyBytes === 0 || message.bodyBytes > MAX_COLUMN_BODY_BYTES) return undefined;
    const pieces: Buffer[] = [];
    for await (const piece of message.body) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
