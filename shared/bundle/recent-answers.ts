import type { ArchivePlace } from './archive-places.ts';
import { findRecords } from './bundle-index.ts';
import type { EndedExchange } from './check-leaves.ts';
import { bundlePaths, MAX_COLUMN_BODY_BYTES } from './format.ts';
import { type ReadMessage, readMessage } from './read-body.ts';
import { readWarcRecord } from './warc-reader.ts';
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
};

type Remembered = Omit<KeptAnswer, 'body'> & { readonly place: ArchivePlace; readonly hasBody: boolean };

const MAX_REMEMBERED = 65_536;
const MAX_BODY_BYTES = 262_144;
const MAX_BYTES = 32 * 1_048_576;

/**
 * Column digests come some leaves after the answer that they speak of. The last small answers are at hand, older ones are read again; the number of
 * what is remembered is bounded.
 */
export class RecentAnswers {
  readonly #zip: ZipArchive;
  readonly #warc: ZipEntry;
  readonly #remembered = new Map<string, Remembered>();
  readonly #bodies = new Map<string, Buffer>();
  readonly #converted = new Set<string>();
  #hasForgotten = false;
  #bytes = 0;

  constructor(zip: ZipArchive, warc: ZipEntry) {
    this.#zip = zip;
    this.#warc = warc;
  }

  async keep({ intent, end }: EndedExchange, place: ArchivePlace, message: ReadMessage, isConverted: boolean): Promise<void> {
    const { exchangeId } = intent;
    const cells = end.bodies.find((body) => body.side === 'cells');
    const isSmall = Array.isArray(message.body) && message.bodyBytes <= MAX_BODY_BYTES;
    // A copy: what it was unpacked with need not stay.
    const body = isSmall ? Buffer.from((message.body as readonly Buffer[])[0]!) : undefined;
    const wasKept = end.bodies.some((one) => one.side === 'response' && one.stored === 'verbatim' && one.length > 0);
    this.#remembered.set(exchangeId, { place, hasBody: message.bodyBytes > 0, isConverted, wasKept, cellBytes: cells?.length });
    if (isConverted) this.#converted.add(exchangeId);
    if (body !== undefined) {
      this.#bodies.set(exchangeId, body);
      this.#bytes += body.length;
    }
    this.#forget();
  }

  /** What the exchange answered; `undefined` when the archive has no record of an answer. */
  async take(exchangeId: string): Promise<KeptAnswer | undefined> {
    const known = this.#remembered.get(exchangeId) ?? (this.#hasForgotten ? await this.#find(exchangeId) : undefined);
    this.#converted.delete(exchangeId);
    if (known === undefined) return undefined;
    const body = known.hasBody ? (this.#bodies.get(exchangeId) ?? (await this.#read(known.place))) : undefined;
    this.#dropBody(exchangeId);
    return { ...known, body };
  }

  /** Answers that were rebuilt, and of which no column digests were found. */
  unproved(): Iterable<string> {
    return this.#converted;
  }

  #forget(): void {
    while (this.#bytes > MAX_BYTES) this.#dropBody(this.#bodies.keys().next().value!);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    this.#hasForgotten = true;
    const oldest = this.#remembered.keys().next().value!;
    this.#dropBody(oldest);
    this.#remembered.delete(oldest);
  }

  #dropBody(exchangeId: string): void {
    this.#bytes -= this.#bodies.get(exchangeId)?.length ?? 0;
    this.#bodies.delete(exchangeId);
  }

  async #find(exchangeId: string): Promise<Remembered | undefined> {
    const index = this.#zip.entries.get(bundlePaths.index)!;
    const found = await findRecords(this.#zip, index, exchangeId);
    const place = found.find(({ record }) => record === 'response' || record === 'conversion');
    if (place === undefined) return undefined;
    const isConverted = place.record === 'conversion';
    return { place: { ...place, rank: -1 }, hasBody: true, isConverted, wasKept: false, cellBytes: undefined };
  }

  async #read(place: ArchivePlace): Promise<Buffer | undefined> {
    const message = await readMessage(await readWarcRecord(this.#zip, this.#warc, place), place);
    if (message.bodyBytes === 0 || message.bodyBytes > MAX_COLUMN_BODY_BYTES) return undefined;
    const pieces: Buffer[] = [];
    for await (const piece of message.body) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}
