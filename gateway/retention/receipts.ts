import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CachedTree } from '../../shared/bundle/cached-tree.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { formatReceipt, parseReceipt, RECEIPT_VERSION, type Receipt } from '../../shared/bundle/receipt.ts';
import { formatTlogProof } from '../../shared/bundle/tlog-proof.ts';
import { writeDurably } from '../durable/write-durably.ts';
import { CatalogFollower } from '../record/catalog-follower.ts';
import type { JournalCatalog } from '../record/journal-catalog.ts';
import { readKeyEpochs } from '../record/key-ring.ts';
import type { WriterEntry } from '../record/record-input.ts';
import { readWriterEntry } from '../record/writer-entries.ts';

export type ReceiptFile = { readonly file: string; readonly receipt: Receipt };
type Beside = { readonly digests?: readonly string[] | undefined; readonly salts?: Receipt['salts'] };

/** Proofs of entries of a gateway's writer log, one file each, that strangers can check offline. */
export class Receipts {
  readonly #dataDirectory: string;
  readonly #folder: string;
  readonly #catalog: CatalogFollower;
  readonly #tree = new CachedTree();

  constructor(dataDirectory: string, catalog = new CatalogFollower(dataDirectory)) {
    this.#dataDirectory = dataDirectory;
    this.#catalog = catalog;
    this.#folder = join(dataDirectory, 'receipts');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** The entries must be durable and signed. Costs what is new in the log. */
  write(entries: readonly (WriterEntry & Beside)[]): ReceiptFile[] {
    if (entries.length === 0) return [];
    const catalog = this.#catalog.read();
    const { writerLog, checkpoint = '' } = catalog;
    const size = parseCheckpoint(checkpoint)?.checkpoint.size ?? 0;
    const epochs = readKeyEpochs(this.#dataDirectory);
    const keys = epochs.map(({ key }) => key);
    const rotations = epochs.flatMap(({ rotation }) => (rotation === undefined ? [] : [rotation]));
    for (const hash of writerLog.slice(this.#tree.size)) this.#tree.append(hash);
    return entries.map(({ index, text, digests, salts }) => {
      if (index >= size) throw new Error(`entry ${index} of the writer log is not under a checkpoint yet; try again in two seconds`);
      const proof = formatTlogProof(index, this.#tree.inclusion(index, size), checkpoint);
      const leaf = JSON.parse(text) as { readonly at: string; readonly list?: unknown };
      const isOfOlderKey = epochs.length > 1 && leaf.at < epochs.at(-1)!.validFrom && index < size - 1;
      const receipt: Receipt = {
        receipt: RECEIPT_VERSION,
        entry: text,
        proof,
        keys,
        ...(rotations.length > 0 && { rotations }),
        ...(isOfOlderKey && { last: this.#lastUnder(catalog, size) }),
        ...(leaf.list !== undefined && digests !== undefined && { digests: [...digests] }),
        ...(salts && { salts }),
      };
      const file = this.fileOf(index, text);
      writeDurably(file, formatReceipt(receipt));
      return { file, receipt };
    });
  }

  /** The checkpoint is of the newest keys, the entry is older: whoever judges keys by time must see when it was signed. */
  #lastUnder(catalog: JournalCatalog, size: number): NonNullable<Receipt['last']> {
    const leaf = readWriterEntry(this.#dataDirectory, catalog, size - 1);
    if (leaf === undefined) throw new Error(`entry ${size - 1} of the writer log, the last under its checkpoint, cannot be found`);
    return { leaf, path: this.#tree.inclusion(size - 1, size) };
  }

  /** `000042-retention.json`: the place in the log, and what happened. */
  fileOf(index: number, text: string): string {
    const { kind } = JSON.parse(text) as { kind: string };
    return join(this.#folder, `${String(index).padStart(9, '0')}-${kind}.json`);
  }

  list(): ReceiptFile[] {
    const names = readdirSync(this.#folder).filter((name) => /^\d{9}-[a-z]+\.json$/.test(name));
    return names.sort().flatMap((name) => {
      const file = join(this.#folder, name);
      const receipt = parseReceipt(readFileSync(file, 'utf8'));
      return receipt === undefined ? [] : [{ file, receipt }];
    });
  }
}
