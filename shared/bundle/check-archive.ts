import { type ArchivePlace, ArchivePlaces, type LineTally } from './archive-places.ts';
import { kindsOf, toArchived } from './archived-exchange.ts';
import { isFault } from './bundle-error.ts';
import { BodyChecker, maxBlockBytes } from './check-bodies.ts';
import { checkColumns } from './check-columns.ts';
import type { EndedExchange } from './check-leaves.ts';
import { collectBlock } from './collect-block.ts';
import { MAX_SALTS_BYTES, metadataSalts, recordedColumnSalts } from './exchange-salts.ts';
import {
  type BodySalts,
  bundlePaths,
  type ColumnSalts,
  type ColumnsLeaf,
  type DisclosureValue,
  hasSaltsApart,
  type IndexEntry,
  type Manifest,
} from './format.ts';
import { openIndex } from './index-blocks.ts';
import { toIndexLines } from './index-line.ts';
import { toColumnsIndexLine } from './older-archive.ts';
import { PageList } from './page-list.ts';
import { RecentAnswers } from './recent-answers.ts';
import { RecordRuns } from './record-run.ts';
import { SaltsReader } from './salts-reader.ts';
import type { Report } from './verification.ts';
import { type ArchivedExchange, type ArchivedRecord, toArchivedRecords } from './warc-exchange.ts';
import { renderWarcHeader, toWarcInfo } from './warc-header.ts';
import { readWarcRecord } from './warc-reader.ts';
import type { ZipArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_INFO_BYTES = 65_536;
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
  readonly #formatVersion: number;
  /** Where they stand apart from the archive. */
  readonly #salts: SaltsReader | undefined;
  readonly #pages = new PageList();
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
    formatVersion: number,
    onBytes: OnBytes,
  ) {
    this.#onBytes = onBytes;
    this.#formatVersion = formatVersion;
    const fault = (detail: string): void => report.fault('archive', bundlePaths.salts, detail);
    this.#salts = hasSaltsApart(formatVersion) ? new SaltsReader(zip, fault) : undefined;
    this.#pages.begin();
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
    formatVersion: number,
    onBytes: OnBytes = () => undefined,
  ): Promise<ArchiveChecker | undefined> {
    const warc = zip.entries.get(bundlePaths.warc);
    const runs = openIndex(zip, formatVersion);
    if (warc?.method !== 'store' || runs === undefined) {
      report.fault('archive', bundlePaths.warc, 'archive and index must be there, stored without compression', 'missing');
      return undefined;
    }
    return new ArchiveChecker(zip, warc, report, redacted, await ArchivePlaces.read(runs, warc, report), formatVersion, onBytes);
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
    const places = this.#places.take(exchangeId, this.#salts && kindsOf(exchange));
    const has = (record: IndexEntry['record']): boolean => places.some((place) => place.record === record);
    const archived = toArchived(exchange, this.#formatVersion, has);
    const expected = toArchivedRecords(archived);
    const wanted = expected.map((record) => record.record);
    this.#bodies.cells(exchange);
    if (this.#salts !== undefined) this.#pages.line(archived);
    const salts = this.#salts && (await this.#salts.bodies(exchange.intent.exchange));
    if (!this.#standsHere(exchangeId, places, salts === undefined ? [...wanted, 'metadata'] : wanted)) return;
    for (const place of places) for (const line of toIndexLines(archived, place)) this.#expected.add(line);
    await this.#guard(exchangeId, () => this.#exchange(exchange, archived, expected, places, salts));
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
    if (this.#salts !== undefined) {
      const salts = await this.#salts.columns(leaf.exchange);
      if (salts === undefined) this.#report.fault('archive', leaf.exchangeId, 'the salts of its columns should stand here', 'missing');
      return await this.#guard(leaf.exchangeId, () => this.#compareColumns(leaf, value, salts));
    }
    const places = this.#places.take(leaf.exchangeId);
    if (!this.#standsHere(leaf.exchangeId, places, ['columns'])) return;
    const place = places[0]!;
    this.#expected.add(toColumnsIndexLine(leaf, place));
    await this.#guard(leaf.exchangeId, async () => {
      const record = await this.#runs.read(place, MAX_SALTS_BYTES);
      await this.#compareColumns(leaf, value, await recordedColumnSalts(leaf, this.#formatVersion, record, this.#report));
    });
  }

  async #compareColumns(
    leaf: ColumnsLeaf,
    value: DisclosureValue<'result-columns'> | undefined,
    salts: ColumnSalts | undefined,
  ): Promise<void> {
    const answer = await this.#answers.take(leaf.exchange);
    if (value === undefined && answer?.isConverted)
      this.#report.fault('columns', leaf.exchangeId, 'its answer was rebuilt, and its column digests are not disclosed', 'missing');
    if (salts === undefined || value === undefined) return;
    const found = checkColumns({ leaf, value, salts, answer, redacted: this.#redacted }, this.#report);
    this.#columns += found.matching;
    this.#unseen += answer?.body === undefined ? 1 : 0;
    for (const name of found.takenOut) if (this.#redactedColumns.length < 20) this.#redactedColumns.push(`${name} (leaf ${leaf.seq})`);
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
    if (this.#salts !== undefined) await this.#finishBeside(this.#salts, manifest);
    await this.#guard('warcinfo', () => this.#warcInfo(manifest, startedAt ?? ''));
    report.done('archive', bundlePaths.warc, `${this.#places.size} records say what the leaves and disclosures say`);
    this.#bodies.finish();
    const unseen = this.#unseen === 0 ? '' : `; ${this.#unseen} answers are not here to compare`;
    const takenOut = this.#redactedColumns.length === 0 ? '' : `; redacted, committed at: ${this.#redactedColumns.join(', ')}`;
    report.done('columns', bundlePaths.warc, `${this.#columns} columns of answers match their digests${unseen}${takenOut}`);
  }

  /** What stands beside the archive: salts of no exchange, and the list of pages. */
  async #finishBeside(salts: SaltsReader, { resources }: Manifest): Promise<void> {
    const left = await salts.leftOver();
    if (left !== undefined)
      this.#report.fault(
        'archive',
        bundlePaths.salts,
        `holds salts of exchange ${left} that no leaf asks for, or not where it expects them`,
      );
    await salts.close();
    const pages = resources.find(({ path }) => path === bundlePaths.pages);
    if (pages?.hash !== `sha256:${this.#pages.digest()}`)
      this.#report.fault('archive', bundlePaths.pages, 'does not list the queries that the records tell of');
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
    const about = { at: startedAt, software: manifest.software, sessionId: manifest.steno.sessionId };
    const info = toWarcInfo(about, this.#formatVersion);
    const place = { record: 'metadata', offset: 0, length: this.#places.start } as const;
    const { headerText, block } = await readWarcRecord(this.#zip, this.#warc, place, MAX_INFO_BYTES);
    const isSame =
      (await collectBlock(block, MAX_INFO_BYTES)).equals(info.head) && headerText === renderWarcHeader(info.header, info.head.length);
    if (!isSame) this.#report.fault('archive', 'warcinfo', 'does not describe this session');
  }

  async #metadata(archived: ArchivedExchange, places: readonly ArchivePlace[]): Promise<BodySalts['bodies'] | undefined> {
    return await metadataSalts(archived, await this.#runs.read(places.at(-1)!, MAX_SALTS_BYTES, places[0]!.rank), this.#report);
  }

  /** `salts`: `undefined` where the last of its records holds them. */
  async #exchange(
    exchange: EndedExchange,
    archived: ArchivedExchange,
    expected: readonly ArchivedRecord[],
    places: readonly ArchivePlace[],
    apart: BodySalts['bodies'] | undefined,
  ): Promise<void> {
    const salts = apart ?? (await this.#metadata(archived, places));
    if (salts === undefined) return;
    const present = new Set<string>(expected.map(({ record }) => (record === 'conversion' ? 'response' : record)));
    for (const { side, stored, length, sealed } of exchange.end.bodies) {
      const isKept = (stored === 'verbatim' && length > 0) || (stored === 'sealed' && sealed !== undefined);
      if (isKept && !present.has(side)) this.#bodies.absent(exchange, side, salts);
    }
    for (const [index, record] of expected.entries()) {
      const place = places[index]!;
      const maxBytes = maxBlockBytes(exchange, record);
      await this.#bodies.message(
        exchange,
        record,
        place,
        this.#runs.known(place, maxBytes) ?? (await this.#runs.read(place, maxBytes)),
        salts,
      );
    }
    if (archived.isConverted === true) this.#bodies.absent(exchange, 'response', salts);
    this.#bodies.count(exchange.end);
  }
}
