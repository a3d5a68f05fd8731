import path from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { FileSink } from './file-sink.ts';
import { type BodySide, bundlePaths, type ColumnSalts, type ColumnsLeaf, FORMAT_VERSION, type IndexEntry } from './format.ts';
import { toIndexLines } from './index-line.ts';
import { IndexWriter } from './index-writer.ts';
import { PageList } from './page-list.ts';
import { LineSorter } from './sort-lines.ts';
import { type ArchivedExchange, type ArchivedRecord, resourceRecords, toArchivedRecords } from './warc-exchange.ts';
import { toWarcInfo } from './warc-header.ts';
import { type WarcRecord, writeWarcRecord } from './warc-writer.ts';

/**
 * A body to archive: the salts of its chunks, and its bytes where they are kept. `length` counts what `read` yields: of a sealed body, its age file.
 * A body that was taken out or converted has lost its salts.
 */
export type BodyInput = {
  readonly side: BodySide;
  readonly salts: readonly string[] | undefined;
  readonly length: number;
  readonly read: (() => AsyncIterable<Uint8Array>) | undefined;
};

export type ExchangeInput = Omit<ArchivedExchange, 'formatVersion'> & { readonly bodies: readonly BodyInput[] };

/** A member of a bundle that lies in a file of its own. */
export type MemberFile = { readonly path: string; readonly file: string; readonly bytes: number; readonly sha256: string };

const LINE_END = Buffer.from('\n');

/**
 * Writes what a session's leaves commit to, as the members that a bundle has: in one pass, in bounded memory, into files of `folder`.
 * The same session yields the same bytes, whether they are sealed or exported.
 */
export class MemberWriter {
  readonly #folder: string;
  readonly #sinks: Record<'leaves' | 'disclosures' | 'salts' | 'pages' | 'warc', FileSink>;
  readonly #index: LineSorter;
  readonly #pages = new PageList();
  leaves = 0;
  exchanges = 0;

  /** `folder` exists and is empty. */
  constructor(folder: string) {
    this.#folder = folder;
    const sink = (name: string): FileSink => new FileSink(path.join(folder, name));
    this.#sinks = {
      leaves: sink('leaves'),
      disclosures: sink('disclosures'),
      salts: sink('salts'),
      pages: sink('pages'),
      warc: sink('warc'),
    };
    this.#index = new LineSorter(path.join(folder, 'index-'));
  }

  async begin(info: { readonly at: string; readonly software: string; readonly sessionId: string }): Promise<void> {
    this.#sinks.pages.writeNow(Buffer.from(this.#pages.begin()));
    await writeWarcRecord(this.#sinks.warc, toWarcInfo(info, FORMAT_VERSION));
  }

  addLeaf(line: Uint8Array): void {
    this.leaves += 1;
    this.#sinks.leaves.writeNow(line);
    this.#sinks.leaves.writeNow(LINE_END);
  }

  /** Disclosures stand in the order in which the leaves first name them. */
  addDisclosure(line: Uint8Array): void {
    this.#sinks.disclosures.writeNow(line);
    this.#sinks.disclosures.writeNow(LINE_END);
  }

  async addExchange(input: ExchangeInput): Promise<void> {
    this.exchanges += 1;
    const kept = input.bodies.filter((body) => body.read !== undefined);
    const resources = resourceRecords.filter((record) => kept.some((body) => body.side === record));
    const exchange = { ...input, resources, formatVersion: FORMAT_VERSION };
    for (const record of toArchivedRecords(exchange)) {
      const body = kept.find((one) => one.side === sideOf(record.record));
      await this.#archive(exchange, record, body && { length: body.length, read: body.read! });
    }
    const page = this.#pages.line(exchange);
    if (page !== undefined) this.#sinks.pages.writeNow(Buffer.from(page));
    const bodies = input.bodies.flatMap(({ side, salts }) =>
      salts === undefined || salts.length === 0 ? [] : [{ side, salts: [...salts] }],
    );
    if (bodies.length > 0) this.#addSalts({ exchange: input.intent.exchange, bodies });
  }

  /** Where the leaf `columns` of the exchange stands. */
  addColumns({ exchange }: ColumnsLeaf, { columns, rest }: ColumnSalts): void {
    this.#addSalts({ exchange, columns, ...(rest === undefined ? {} : { rest }) });
  }

  /** The members: leaves, disclosures, salts, index, pages, WARC. */
  close(): MemberFile[] {
    const index = new FileSink(path.join(this.#folder, 'index'));
    const blocks = new FileSink(path.join(this.#folder, 'blocks'));
    const writer = new IndexWriter(index, blocks);
    for (const line of this.#index.sorted()) writer.add(line);
    writer.flush();
    return [
      toMember(bundlePaths.leaves, this.#sinks.leaves),
      toMember(bundlePaths.disclosures, this.#sinks.disclosures),
      toMember(bundlePaths.salts, this.#sinks.salts),
      toMember(bundlePaths.index, index),
      toMember(bundlePaths.indexBlocks, blocks),
      toMember(bundlePaths.pages, this.#sinks.pages),
      toMember(bundlePaths.warc, this.#sinks.warc),
    ];
  }

  async #archive(exchange: ArchivedExchange, { record, header, head }: ArchivedRecord, body: WarcRecord['body']): Promise<void> {
    const { offset, length } = await writeWarcRecord(this.#sinks.warc, { header, head, body });
    for (const line of toIndexLines(exchange, { record, offset, length })) this.#index.add(line);
  }

  #addSalts(line: object): void {
    this.#sinks.salts.writeNow(Buffer.from(canonicalJson(line)));
    this.#sinks.salts.writeNow(LINE_END);
  }
}

const sideOf = (record: IndexEntry['record']): string => (record === 'conversion' ? 'response' : record);

const toMember = (member: string, sink: FileSink): MemberFile => ({
  path: member,
  file: sink.file,
  bytes: sink.position,
  sha256: sink.close(),
});
