import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { BundleError } from './bundle-error.ts';
import { type IndexedRecord, parseIndexLine } from './bundle-index.ts';
import type { EndedExchange } from './check-leaves.ts';
import {
  type BodySide,
  bundlePaths,
  type Chunk,
  type DisclosureName,
  type DisclosureValue,
  type Manifest,
  type WarcMetadata,
  warcMetadataSchema,
} from './format.ts';
import { readMessage } from './read-body.ts';
import { parseJsonLine } from './read-evidence.ts';
import { readLines } from './read-lines.ts';
import type { Report } from './verification.ts';
import { type ArchivedExchange, type ArchivedRecord, toArchivedRecords, toIndexLine, toMetadataRecord } from './warc-exchange.ts';
import { renderWarcHeader, toWarcInfo } from './warc-header.ts';
import { readWarcRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

/** `lineCheck`: CRC-32 of the index line, which is only an aid for finding records. */
type Place = IndexedRecord & { readonly exchangeId: string; readonly lineCheck: number };

const MAX_METADATA_BYTES = 64 * 1_048_576;

/** Compares the archive, record by record, with what leaves and disclosures say must stand there, and hashes every body. */
export class ArchiveChecker {
  readonly #zip: ZipArchive;
  readonly #warc: ZipEntry;
  readonly #report: Report;
  readonly #redacted: ReadonlySet<string>;
  readonly #places: readonly Place[];
  #next = 0;
  #bodies = 0;
  #digestsOnly = 0;
  #withheld = 0;
  #takenOut = 0;

  private constructor(zip: ZipArchive, warc: ZipEntry, report: Report, redacted: ReadonlySet<string>, places: readonly Place[]) {
    this.#zip = zip;
    this.#warc = warc;
    this.#report = report;
    this.#redacted = redacted;
    this.#places = places;
  }

  /** `undefined` when there is no archive to look at. */
  static async open(zip: ZipArchive, report: Report, redacted: ReadonlySet<string>): Promise<ArchiveChecker | undefined> {
    const warc = zip.entries.get(bundlePaths.warc);
    const index = zip.entries.get(bundlePaths.index);
    if (warc?.method !== 'store' || index?.method !== 'store') {
      report.fault('archive', bundlePaths.warc, 'archive and index must be there, stored without compression', 'missing');
      return undefined;
    }
    const places = await readPlaces(zip, index, report);
    return new ArchiveChecker(zip, warc, report, redacted, places);
  }

  async take(exchange: EndedExchange): Promise<void> {
    const { exchangeId } = exchange.intent;
    const expected = toArchivedRecords(toArchived(exchange));
    const places: Place[] = [];
    for (; this.#places[this.#next]?.exchangeId === exchangeId; this.#next += 1) places.push(this.#places[this.#next]!);
    const wanted = [...expected.map((record) => record.record), 'metadata'];
    if (places.map((place) => place.record).join() !== wanted.join()) {
      return this.#report.fault(
        'archive',
        exchangeId,
        `the archive should hold its ${wanted.join(', ')} here`,
        places.length === 0 ? 'missing' : 'failed',
      );
    }
    const archived = toArchived(exchange);
    const isIndexed = places.every(
      ({ record, offset, length, lineCheck }) => lineCheck === crc32(toIndexLine(archived, record, offset, length)),
    );
    if (!isIndexed) this.#report.fault('archive', exchangeId, 'the index describes it otherwise');
    await this.#guard(exchangeId, () => this.#exchange(exchange, expected, places));
  }

  /** After the last exchange: whether the records fill the archive, from its first byte to its last. */
  async finish(manifest: Manifest, startedAt: string | undefined): Promise<void> {
    if (this.#next !== this.#places.length)
      this.#report.fault('archive', bundlePaths.index, 'names records of no exchange, or in the wrong order');
    await this.#guard('warcinfo', () => this.#warcInfo(manifest, startedAt ?? ''));
    this.#report.done('archive', bundlePaths.warc, `${this.#places.length} records say what the leaves and disclosures say`);
    const beside = [
      this.#digestsOnly === 0 ? '' : `; of ${this.#digestsOnly} only digests were recorded`,
      this.#withheld === 0 ? '' : `; ${this.#withheld} withheld because they carry credentials`,
      this.#takenOut === 0 ? '' : `; ${this.#takenOut} redacted, as the custody log declares`,
    ];
    this.#report.done('bodies', bundlePaths.warc, `${this.#bodies} bodies match their chunk digests${beside.join('')}`);
  }

  async #guard(subject: string, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      this.#report.fault('archive', subject, error.message);
    }
  }

  async #warcInfo(manifest: Manifest, startedAt: string): Promise<void> {
    let at = this.#places[0]?.offset ?? this.#warc.bytes;
    const info = toWarcInfo({ at: startedAt, software: manifest.software, sessionId: manifest.steno.sessionId });
    const { headerText, block } = await readWarcRecord(this.#zip, this.#warc, { record: 'metadata', offset: 0, length: at });
    const isSame = (await collect(block, 65_536)).equals(info.head) && headerText === renderWarcHeader(info.header, info.head.length);
    if (!isSame) this.#report.fault('archive', 'warcinfo', 'does not describe this session');
    for (const place of this.#places) {
      if (place.offset !== at)
        return this.#report.fault('archive', bundlePaths.index, `there is a gap or an overlap at byte ${at} of the archive`);
      at += place.length;
    }
    if (at !== this.#warc.bytes) this.#report.fault('archive', bundlePaths.warc, 'there are bytes that no index line names');
  }

  async #exchange(exchange: EndedExchange, expected: readonly ArchivedRecord[], places: readonly Place[]): Promise<void> {
    const metadata = await this.#metadata(exchange, places.at(-1)!);
    const archived = new Set(expected.map((record) => record.record));
    for (const body of exchange.end.bodies) {
      const isAbsent = body.stored === 'verbatim' && body.length > 0 && !archived.has(body.side);
      if (isAbsent) this.#absent(exchange, body.side);
    }
    for (const [index, record] of expected.entries()) await this.#message(exchange, record, places[index]!, metadata);
    this.#digestsOnly += exchange.end.bodies.filter((body) => body.stored === 'digest').length;
    this.#withheld += exchange.end.bodies.filter((body) => body.stored === 'withheld').length;
  }

  async #metadata(exchange: EndedExchange, place: Place): Promise<WarcMetadata | undefined> {
    const { exchangeId } = exchange.intent;
    const { headerText, block } = await readWarcRecord(this.#zip, this.#warc, place);
    const bytes = await collect(block, MAX_METADATA_BYTES);
    const parsed = warcMetadataSchema.safeParse(parseJsonLine(bytes));
    if (!parsed.success || parsed.data.exchangeId !== exchangeId) {
      this.#report.fault('archive', exchangeId, 'its metadata record does not fit the format');
      return undefined;
    }
    const expected = toMetadataRecord(toArchived(exchange), parsed.data);
    if (headerText !== renderWarcHeader(expected.header, bytes.length) || !bytes.equals(expected.head)) {
      this.#report.fault('archive', exchangeId, 'its metadata record is not as Steno writes it');
    }
    return parsed.data;
  }

  async #message(exchange: EndedExchange, record: ArchivedRecord, place: Place, metadata: WarcMetadata | undefined): Promise<void> {
    const { exchangeId } = exchange.intent;
    const { headerText, head, bodyBytes, body } = await readMessage(this.#zip, this.#warc, place);
    const isSame = headerText === renderWarcHeader(record.header, head.length + bodyBytes) && head.equals(record.head);
    if (!isSame) this.#report.fault('archive', exchangeId, `its ${record.record} does not say what the records disclose`);
    const side = record.record as BodySide;
    const chunks = exchange.chunks.filter((chunk) => chunk.side === side && chunk.stored === 'verbatim');
    const expectedBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (bodyBytes === 0 && expectedBytes > 0) return this.#absent(exchange, side);
    const salts = metadata?.bodies.find((one) => one.side === side)?.chunks.map((chunk) => chunk.salt) ?? [];
    const isMatching = bodyBytes === expectedBytes && (await matches(body, chunks, salts));
    if (!isMatching) this.#report.fault('bodies', exchangeId, `its ${side} does not match the digests in its records`);
    else if (bodyBytes > 0) this.#bodies += 1;
  }

  /** A body that is not there: taken out and declared, or lost. */
  #absent(exchange: EndedExchange, side: BodySide): void {
    const chunks = exchange.chunks.filter((chunk) => chunk.side === side);
    if (chunks.every((chunk) => this.#redacted.has(chunk.digest))) this.#takenOut += 1;
    else
      this.#report.fault(
        'bodies',
        exchange.intent.exchangeId,
        `its ${side} is missing, and nobody declared to have taken it out`,
        'missing',
      );
  }
}

async function readPlaces(zip: ZipArchive, index: ZipEntry, report: Report): Promise<Place[]> {
  const places: Place[] = [];
  let before = '';
  try {
    for await (const line of readLines(zip.stream(index), 65_536, bundlePaths.index)) {
      const text = line.toString('utf8');
      const parsed = parseIndexLine(text);
      if (parsed === undefined || text <= before)
        report.fault('archive', bundlePaths.index, 'holds a line that does not fit the format, or out of order');
      else
        places.push({
          exchangeId: parsed.exchangeId,
          record: parsed.record,
          offset: parsed.offset,
          length: parsed.length,
          lineCheck: crc32(line),
        });
      before = text;
    }
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    report.fault('archive', bundlePaths.index, error.message);
  }
  return places.sort((left, right) => left.offset - right.offset);
}

function toArchived({ intent, values }: EndedExchange): ArchivedExchange {
  const value = <Name extends DisclosureName>(name: Name) => values.get(name)?.[2] as DisclosureValue<Name> | undefined;
  return { intent, request: value('request'), upstreamRequest: value('upstream-request'), response: value('response') };
}

async function collect(block: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of block) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new BundleError(
        'BUNDLE_DAMAGED',
        'A record of the archive is larger than Steno writes. Fetch the bundle again from whoever exported it.',
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Whether the body is its chunks, each SHA-256(salt ‖ bytes). Always reads the body to its end. */
async function matches(body: AsyncIterable<Buffer>, chunks: readonly Chunk[], salts: readonly string[]): Promise<boolean> {
  let isMatching = salts.length === chunks.length;
  let index = 0;
  let left = chunks[0]?.length ?? 0;
  let digest: Hash | undefined;
  for await (const piece of body) {
    for (let at = 0; at < piece.length && index < chunks.length; ) {
      digest ??= createHash('sha256').update(Buffer.from(salts[index] ?? '', 'hex'));
      const own = piece.subarray(at, at + left);
      digest.update(own);
      at += own.length;
      left -= own.length;
      if (left > 0) continue;
      isMatching &&= digest.digest('hex') === chunks[index]!.digest;
      digest = undefined;
      index += 1;
      left = chunks[index]?.length ?? 0;
    }
  }
  return isMatching && index === chunks.length;
}
