import path from 'node:path';
import { FileSink } from './file-sink.ts';
import { type BodySide, bundlePaths, type ColumnSalts, type ColumnsLeaf, type IndexEntry, type WarcMetadata } from './format.ts';
import { LineSorter } from './sort-lines.ts';
import {
  type ArchivedExchange,
  type ArchivedRecord,
  resourceRecords,
  toArchivedRecords,
  toColumnsIndexLine,
  toColumnsRecord,
  toIndexLine,
  toMetadataRecord,
} from './warc-exchange.ts';
import { toWarcInfo } from './warc-header.ts';
import { type WarcRecord, writeWarcRecord } from './warc-writer.ts';

/**
 * A body to archive: its chunks with their salts, and its bytes where they are kept. `length` counts what `read` yields: of a sealed body, its age file.
 * A body that was taken out or converted has lost its salts: `chunks` is undefined.
 */
export type BodyInput = {
  readonly side: BodySide;
  readonly chunks: WarcMetadata['bodies'][number]['chunks'] | undefined;
  readonly length: number;
  readonly read: (() => AsyncIterable<Uint8Array>) | undefined;
};

export type ExchangeInput = ArchivedExchange & { readonly bodies: readonly BodyInput[] };

/** A member of a bundle that lies in a file of its own. */
export type MemberFile = { readonly path: string; readonly file: string; readonly bytes: number; readonly sha256: string };

const LINE_END = Buffer.from('\n');

/**
 * Writes what a session's leaves commit to, as the members that a bundle has: in one pass, in bounded memory, into files of `folder`.
 * The same session yields the same bytes, whether they are sealed or exported.
 */
export class MemberWriter {
  readonly #folder: string;
  readonly #sinks: Record<'leaves' | 'disclosures' | 'warc', FileSink>;
  readonly #index: LineSorter;
  leaves = 0;
  exchanges = 0;

  /** `folder` exists and is empty. */
  constructor(folder: string) {
    this.#folder = folder;
    const sink = (name: string): FileSink => new FileSink(path.join(folder, name));
    this.#sinks = { leaves: sink('leaves'), disclosures: sink('disclosures'), warc: sink('warc') };
    this.#index = new LineSorter(path.join(folder, 'index-'));
  }

  async begin(info: { readonly at: string; readonly software: string; readonly sessionId: string }): Promise<void> {
    await writeWarcRecord(this.#sinks.warc, toWarcInfo(info));
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

  async addExchange(exchange: ExchangeInput): Promise<void> {
    this.exchanges += 1;
    const kept = exchange.bodies.filter((body) => body.read !== undefined);
    const resources = resourceRecords.filter((record) => kept.some((body) => body.side === record));
    for (const record of toArchivedRecords({ ...exchange, resources })) {
      const body = kept.find((one) => one.side === sideOf(record.record));
      await this.#archive(exchange, record, body && { length: body.length, read: body.read! });
    }
    const bodies = exchange.bodies.flatMap(({ side, chunks }) => (chunks === undefined ? [] : [{ side, chunks: [...chunks] }]));
    await this.#archive(exchange, toMetadataRecord(exchange, { exchangeId: exchange.intent.exchangeId, bodies }), undefined);
  }

  /** Stands where the leaf `columns` of the exchange stands: after its other records, before those of exchanges that end later. */
  async addColumns(leaf: ColumnsLeaf, salts: ColumnSalts): Promise<void> {
    const { header, head } = toColumnsRecord(leaf, salts);
    const { offset, length } = await writeWarcRecord(this.#sinks.warc, { header, head });
    this.#index.add(toColumnsIndexLine(leaf, offset, length));
  }

  /** The members: leaves, disclosures, index, WARC. */
  close(): MemberFile[] {
    const indexSink = new FileSink(path.join(this.#folder, 'index'));
    for (const line of this.#index.sorted()) indexSink.writeNow(line);
    return [
      toMember(bundlePaths.leaves, this.#sinks.leaves),
      toMember(bundlePaths.disclosures, this.#sinks.disclosures),
      toMember(bundlePaths.index, indexSink),
      toMember(bundlePaths.warc, this.#sinks.warc),
    ];
  }

  async #archive(exchange: ArchivedExchange, { record, header, head }: ArchivedRecord, body: WarcRecord['body']): Promise<void> {
    const { offset, length } = await writeWarcRecord(this.#sinks.warc, { header, head, body });
    this.#index.add(toIndexLine(exchange, record, offset, length));
  }
}

const sideOf = (record: IndexEntry['record']): string => (record === 'conversion' ? 'response' : record);

const toMember = (member: string, sink: FileSink): MemberFile => ({
  path: member,
  file: sink.file,
  bytes: sink.position,
  sha256: sink.close(),
});
