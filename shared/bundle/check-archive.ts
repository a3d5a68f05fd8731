import { type ArchivePlace, ArchivePlaces, type LineTally } from './archive-places.ts';
import { isFault } from './bundle-error.ts';
import { isCanonicalText } from './canonical-text.ts';
import { BodyChecker } from './check-bodies.ts';
import { checkColumns } from './check-columns.ts';
import type { EndedExchange } from './check-leaves.ts';
import { collectBlock } from './collect-block.ts';
import {
  bundlePaths,
  type ColumnSalts,
  type ColumnsLeaf,
  type DisclosureName,
  type DisclosureValue,
  type IndexEntry,
  type Manifest,
  type WarcMetadata,
} from './format.ts';
import { parseColumnSalts, parseMetadata } from './parse-record.ts';
import { parseJson } from './read-evidence.ts';
import { RecentAnswers } from './recent-answers.ts';
import { RecordRuns } from './record-run.ts';
import type { Report } from './verification.ts';
import {
  type ArchivedExchange,
  type ArchivedRecord,
  columnsHeader,
  metadataHeader,
  resourceRecords,
  toArchivedRecords,
  toColumnsIndexLine,
  toIndexLine,
} from './warc-exchange.ts';
import { renderWarcHeader, toWarcInfo } from './warc-header.ts';
import { readWarcRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_METADATA_BYTES = 64 * 1_048_576;
const TELL_EVERY_BYTES = 4 * 1_048_576;

type OnBytes = (done: number, total: number) => void;

/** Compares the archive, record by record, with what leaves and disclosures say must stand there, and hashes every body. */
export class ArchiveChecker {
  readonly #zip: ZipArchive;
  readonly #warc: ZipEntry;
  readonly #report: Report;
  readonly #redacted: ReadonlySet<string>;
  readonly #places: ArchivePlaces;
  readonly #runs: RecordRuns;
  readonly #expected: LineTally;
  readonly #answers: RecentAnswers;
  readonly #bodies: BodyChecker;
  readonly #onBytes: OnBytes;
  #toldAt = 0;
  #columns = 0;
  #unseen = 0;
  readonly #redactedColumns: string[] = [];

  private constructor(
    zip: ZipArchive,
    warc: ZipEntry,
    report: Report,
    redacted: ReadonlySet<string>,
    places: ArchivePlaces,
    onBytes: OnBytes,
  ) {
    this.#onBytes = onBytes;
    this.#zip = zip;
    this.#warc = warc;
    this.#report = report;
    this.#redacted = redacted;
    this.#places = places;
    this.#runs = new RecordRuns(zip, warc, places);
    this.#expected = places.tally.another();
    this.#answers = new RecentAnswers(zip, warc);
    this.#bodies = new BodyChecker(report, redacted, this.#answers);
  }

  /** `undefined` when there is no archive to look at. */
  static async open(
    zip: ZipArchive,
    report: Report,
    redacted: ReadonlySet<string>,
    onBytes: OnBytes = () => undefined,
  ): Promise<ArchiveChecker | undefined> {
    const warc = zip.entries.get(bundlePaths.warc);
    const index = zip.entries.get(bundlePaths.index);
    if (warc?.method !== 'store' || index?.method !== 'store') {
      report.fault('archive', bundlePaths.warc, 'archive and index must be there, stored without compression', 'missing');
      return undefined;
    }
    return new ArchiveChecker(zip, warc, report, redacted, await ArchivePlaces.read(zip, index, warc, report), onBytes);
  }

  /** Every few mebibytes of the archive. */
  #tell(): void {
    const done = this.#places.next?.offset ?? this.#warc.bytes;
    if (done - this.#toldAt < TELL_EVERY_BYTES && done < this.#warc.bytes) return;
    this.#toldAt = done;
    this.#onBytes(done, this.#warc.bytes);
  }

  async take(exchange: EndedExchange): Promise<void> {
    const { exchangeId } = exchange.intent;
    const places = this.#places.take(exchangeId);
    const has = (record: IndexEntry['record']): boolean => places.some((place) => place.record === record);
    const archived = toArchived(exchange, has);
    const expected = toArchivedRecords(archived);
    if (!this.#standsHere(exchangeId, places, [...expected.map((record) => record.record), 'metadata'])) return;
    for (const { record, offset, length } of places) this.#expected.add(toIndexLine(archived, record, offset, length));
    await this.#guard(exchangeId, () => this.#exchange(exchange, archived, expected, places));
    this.#tell();
  }

  expect(numbers: readonly number[]): Promise<void> {
    return this.#answers.fetch(numbers);
  }

  close(): void {
    this.#places.close();
    this.#answers.close();
  }

  /** A leaf with column digests: against their salts, and against the answer where it is still there. */
  async columns(leaf: ColumnsLeaf, value: DisclosureValue<'result-columns'> | undefined): Promise<void> {
    const places = this.#places.take(leaf.exchangeId);
    if (!this.#standsHere(leaf.exchangeId, places, ['columns'])) return;
    const place = places[0]!;
    this.#expected.add(toColumnsIndexLine(leaf, place.offset, place.length));
    await this.#guard(leaf.exchangeId, async () => {
      const salts = await this.#salts(leaf, place);
      const answer = await this.#answers.take(leaf.exchange);
      if (value === undefined && answer?.isConverted)
        this.#report.fault('columns', leaf.exchangeId, 'its answer was rebuilt, and its column digests are not disclosed', 'missing');
      if (salts === undefined || value === undefined) return;
      const found = checkColumns({ leaf, value, salts, answer, redacted: this.#redacted }, this.#report);
      this.#columns += found.matching;
      this.#unseen += answer?.body === undefined ? 1 : 0;
      for (const name of found.takenOut) if (this.#redactedColumns.length < 20) this.#redactedColumns.push(`${name} (leaf ${leaf.seq})`);
    });
  }

  /** After the last leaf: whether the records fill the archive, from its first byte to its last. */
  async finish(manifest: Manifest, startedAt: string | undefined): Promise<void> {
    const report = this.#report;
    if (!this.#places.isDone) report.fault('archive', bundlePaths.index, 'names records of no exchange, or in the wrong order');
    if (!this.#expected.equals(this.#places.tally)) report.fault('archive', bundlePaths.index, 'describes records otherwise than they are');
    for (const number of this.#answers.unproved())
      report.fault(
        'columns',
        `exchange ${number}`,
        'its answer was rebuilt without a column, and no column digests say what it was',
        'missing',
      );
    await this.#guard('warcinfo', () => this.#warcInfo(manifest, startedAt ?? ''));
    report.done('archive', bundlePaths.warc, `${this.#places.size} records say what the leaves and disclosures say`);
    this.#bodies.finish();
    const unseen = this.#unseen === 0 ? '' : `; ${this.#unseen} answers are not here to compare`;
    const takenOut = this.#redactedColumns.length === 0 ? '' : `; redacted, committed at: ${this.#redactedColumns.join(', ')}`;
    report.done('columns', bundlePaths.warc, `${this.#columns} columns of answers match their digests${unseen}${takenOut}`);
  }

  #standsHere(exchangeId: string, places: readonly ArchivePlace[], wanted: readonly string[]): boolean {
    if (places.map((place) => place.record).join() === wanted.join()) return true;
    const status = places.length === 0 ? 'missing' : 'failed';
    this.#report.fault('archive', exchangeId, `the archive should hold its ${wanted.join(', ')} here`, status);
    return false;
  }

  async #guard(subject: string, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#report.fault('archive', subject, error.message);
    }
  }

  async #warcInfo(manifest: Manifest, startedAt: string): Promise<void> {
    const info = toWarcInfo({ at: startedAt, software: manifest.software, sessionId: manifest.steno.sessionId });
    const place = { record: 'metadata', offset: 0, length: this.#places.start } as const;
    const { headerText, block } = await readWarcRecord(this.#zip, this.#warc, place);
    const isSame = (await collectBlock(block, 65_536)).equals(info.head) && headerText === renderWarcHeader(info.header, info.head.length);
    if (!isSame) this.#report.fault('archive', 'warcinfo', 'does not describe this session');
  }

  async #exchange(
    exchange: EndedExchange,
    archived: ArchivedExchange,
    expected: readonly ArchivedRecord[],
    places: readonly ArchivePlace[],
  ): Promise<void> {
    const metadata = await this.#metadata(archived, places.at(-1)!, places[0]!.rank);
    if (metadata !== undefined && metadata.exchangeId !== exchange.intent.exchangeId) return;
    const present = new Set<string>(expected.map(({ record }) => (record === 'conversion' ? 'response' : record)));
    for (const { side, stored, length, sealed } of exchange.end.bodies) {
      const isKept = (stored === 'verbatim' && length > 0) || (stored === 'sealed' && sealed !== undefined);
      if (isKept && !present.has(side)) this.#bodies.absent(exchange, side, metadata);
    }
    for (const [index, record] of expected.entries()) {
      const place = places[index]!;
      await this.#bodies.message(exchange, record, place, this.#runs.known(place) ?? (await this.#runs.read(place)), metadata);
    }
    if (archived.isConverted === true) this.#bodies.absent(exchange, 'response', metadata);
    this.#bodies.count(exchange.end);
  }

  async #metadata(archived: ArchivedExchange, place: ArchivePlace, first: number): Promise<WarcMetadata | undefined> {
    const { exchangeId } = archived.intent;
    const { headerText, block } = await this.#runs.read(place, first);
    const bytes = await collectBlock(block, MAX_METADATA_BYTES);
    const text = bytes.toString('utf8');
    const value = parseJson(text);
    const metadata = parseMetadata(value);
    if (metadata === undefined) {
      this.#report.fault('archive', exchangeId, 'its metadata record does not fit the format');
      return undefined;
    }
    if (metadata.exchangeId !== exchangeId) {
      this.#report.fault('archive', exchangeId, 'its metadata record is that of another exchange');
      return metadata;
    }
    if (headerText !== renderWarcHeader(metadataHeader(archived), bytes.length) || !isCanonicalText(value, text))
      this.#report.fault('archive', exchangeId, 'its metadata record is not as Steno writes it');
    return metadata;
  }

  async #salts(leaf: ColumnsLeaf, place: ArchivePlace): Promise<ColumnSalts | undefined> {
    const { headerText, block } = await this.#runs.read(place);
    const bytes = await collectBlock(block, MAX_METADATA_BYTES);
    const text = bytes.toString('utf8');
    const value = parseJson(text);
    const salts = parseColumnSalts(value);
    if (salts === undefined || salts.exchangeId !== leaf.exchangeId) {
      this.#report.fault('archive', leaf.exchangeId, 'its record of column salts does not fit the format');
      return undefined;
    }
    if (headerText !== renderWarcHeader(columnsHeader(leaf), bytes.length) || !isCanonicalText(value, text))
      this.#report.fault('archive', leaf.exchangeId, 'its record of column salts is not as Steno writes it');
    return salts;
  }
}

/** `has`: which of the records that a redaction may replace or take away are in the archive. */
function toArchived({ intent, values, end }: EndedExchange, has: (record: IndexEntry['record']) => boolean): ArchivedExchange {
  const value = <Name extends DisclosureName>(name: Name) => values.get(name)?.[2] as DisclosureValue<Name> | undefined;
  const resources = resourceRecords.filter((record) => has(record) && end.bodies.some((body) => body.side === record));
  const isConverted = has('conversion');
  return {
    intent,
    request: value('request'),
    upstreamRequest: value('upstream-request'),
    response: value('response'),
    resources,
    isConverted,
  };
}
