import { hash } from 'node:crypto';
import { BundleError } from '../../shared/bundle/bundle-error.ts';
import { findRecords, type IndexedRecord } from '../../shared/bundle/bundle-index.ts';
import {
  type BodySalts,
  bundlePaths,
  type Chunk,
  type ColumnSalts,
  type DisclosureName,
  type End,
  FORMAT_VERSION,
  type Intent,
  type Manifest,
  olderPaths,
  type Reconcile,
  type SessionLeaf,
  sessionLeafSchema,
  warcColumnSaltsSchema,
  warcMetadataSchema,
} from '../../shared/bundle/format.ts';
import { parseManifest } from '../../shared/bundle/open-bundle.ts';
import { type ReadMessage, readMessage } from '../../shared/bundle/read-body.ts';
import { disclosureLines, leafLines } from '../../shared/bundle/read-evidence.ts';
import { SaltsReader } from '../../shared/bundle/salts-reader.ts';
import { upgradeRecord } from '../../shared/bundle/upgrade-record.ts';
import { readWarcRecord } from '../../shared/bundle/warc-reader.ts';
import { type MemberArchive, ZipArchive } from '../../shared/bundle/zip-archive.ts';
import type { ZipEntry } from '../../shared/bundle/zip-directory.ts';

/** A disclosed value with the very line that hashes to its digest. */
export type Disclosed = { readonly name: DisclosureName; readonly digest: string; readonly line: Buffer; readonly value: unknown };

/** A leaf, and what it names: `fresh` are the lines that stand in the file where this leaf stands. */
export type SourceLeaf = {
  readonly leaf: SessionLeaf;
  readonly line: Buffer;
  readonly disclosed: ReadonlyMap<DisclosureName, Disclosed>;
  readonly fresh: readonly Disclosed[];
  /** Of a leaf `columns`; `undefined` where none are left of it. */
  readonly columnSalts: ColumnSalts | undefined;
};

/** An exchange with its end. `chunks`: of all its bodies, in order. */
export type SourceExchange = {
  readonly number: number;
  readonly exchangeId: string;
  readonly intent: Intent;
  readonly end: End | Reconcile;
  readonly chunks: readonly Chunk[];
  readonly disclosed: ReadonlyMap<DisclosureName, Disclosed>;
  /** Of the chunks of its bodies. */
  readonly salts: BodySalts['bodies'];
};

type Opened = { readonly intent: Intent; readonly chunks: Chunk[]; readonly disclosed: Map<DisclosureName, Disclosed> };

/** What every writer of a bundle makes itself. */
const written: ReadonlySet<string> = new Set([...Object.values(bundlePaths), ...Object.values(olderPaths)]);
const MAX_METADATA_BYTES = 64 * 1_048_576;

/** Reads a session for being written anew: lines as bytes, values beside them, archived bodies. Any number of passes. */
export class SessionSource {
  readonly software: string;
  readonly #zip: MemberArchive;
  readonly #formatVersion: number;
  readonly #warc: ZipEntry;
  readonly #close: () => Promise<void>;

  private constructor(
    zip: MemberArchive,
    about: { readonly software: string; readonly formatVersion: number },
    close: () => Promise<void>,
  ) {
    this.#zip = zip;
    this.software = about.software;
    this.#formatVersion = about.formatVersion;
    this.#warc = entryOf(zip, bundlePaths.warc);
    this.#close = close;
  }

  /** Throws BundleError. */
  static async openBundle(path: string): Promise<{ readonly source: SessionSource; readonly manifest: Manifest }> {
    const zip = await ZipArchive.open(path);
    try {
      const manifest = parseManifest(await zip.read(entryOf(zip, bundlePaths.manifest), MAX_METADATA_BYTES));
      const about = { software: manifest.software, formatVersion: manifest.steno.formatVersion };
      return { source: new SessionSource(zip, about, () => zip.close()), manifest };
    } catch (error) {
      await zip.close();
      throw error;
    }
  }

  /** Members of a sealed recording, decrypted as they are read. Recordings are of the current format. */
  static ofRecording(members: MemberArchive, software: string): SessionSource {
    return new SessionSource(members, { software, formatVersion: FORMAT_VERSION }, async () => undefined);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async text(path: string): Promise<string> {
    const entry = this.#zip.entries.get(path);
    return entry === undefined ? '' : (await this.#zip.read(entry, MAX_METADATA_BYTES)).toString('utf8');
  }

  /** Evidence that a redaction leaves as it is: time-stamps, changes of keys, proofs of other kinds. */
  async extras({ resources }: Manifest): Promise<Map<string, Buffer>> {
    const extras = new Map<string, Buffer>();
    for (const { path } of resources) {
      const entry = this.#zip.entries.get(path);
      if (entry === undefined || written.has(path) || !path.startsWith('evidence/')) continue;
      extras.set(path, await this.#zip.read(entry, MAX_METADATA_BYTES));
    }
    return extras;
  }

  async *leaves(): AsyncGenerator<SourceLeaf & { readonly salts: BodySalts['bodies'] }> {
    const lines = new DisclosureLines(this.#zip);
    const salts = this.#openSalts();
    try {
      for await (const line of leafLines(this.#zip)) {
        const record = upgradeRecord(JSON.parse(line.toString('utf8')), this.#formatVersion);
        const leaf = sessionLeafSchema.parse(record);
        const isEnd = leaf.kind === 'end' || leaf.kind === 'reconcile';
        const bodies = isEnd ? await salts.bodies(leaf) : [];
        const columnSalts = leaf.kind === 'columns' ? await salts.columns(leaf) : undefined;
        yield { leaf, line, ...(await lines.of(leaf)), salts: bodies, columnSalts };
      }
    } finally {
      await Promise.all([lines.close(), salts.close()]);
    }
  }

  /** Salts in the order of the leaves, from wherever this version has them. */
  #openSalts() {
    if (!this.#zip.entries.has(bundlePaths.salts)) {
      const bodies = async ({ exchangeId }: Ending) => await this.#metadata(exchangeId);
      return { bodies, columns: async ({ exchangeId }: Ending) => await this.#columnSalts(exchangeId), close: async () => undefined };
    }
    const reader = new SaltsReader(this.#zip, (detail) => {
      throw new BundleError('BUNDLE_DAMAGED', `${bundlePaths.salts} ${detail}. Fetch the bundle again from whoever exported it.`);
    });
    return {
      bodies: async ({ exchange }: Ending) => await reader.bodies(exchange),
      columns: async ({ exchange }: Ending) => await reader.columns(exchange),
      close: () => reader.close(),
    };
  }

  /** Calls `visit` for each leaf, with the exchange where the leaf ends one. */
  async walk(visit: (leaf: SourceLeaf, ended: SourceExchange | undefined) => Promise<void> | void): Promise<void> {
    const open = new Map<number, Opened>();
    for await (const source of this.leaves()) {
      const { leaf, disclosed } = source;
      if (leaf.kind === 'intent') open.set(leaf.exchange, { intent: leaf, chunks: [], disclosed: new Map(disclosed) });
      if (leaf.kind === 'chunk') open.get(leaf.exchange)?.chunks.push(leaf.chunk);
      await visit(source, leaf.kind === 'end' || leaf.kind === 'reconcile' ? toEnded(leaf, open, source) : undefined);
    }
  }

  async records(exchangeId: string): Promise<readonly IndexedRecord[]> {
    return await findRecords(this.#zip, exchangeId);
  }

  async #metadata(exchangeId: string): Promise<BodySalts['bodies']> {
    const bytes = await this.#block(exchangeId, 'metadata');
    const bodies = bytes === undefined ? [] : warcMetadataSchema.parse(JSON.parse(bytes.toString('utf8'))).bodies;
    return bodies.map(({ side, chunks }) => ({ side, salts: chunks.map(({ salt }) => salt) }));
  }

  async #columnSalts(exchangeId: string): Promise<ColumnSalts | undefined> {
    const bytes = await this.#block(exchangeId, 'columns');
    return bytes === undefined ? undefined : warcColumnSaltsSchema.parse(JSON.parse(bytes.toString('utf8')));
  }

  /** The body of a record as archived: of an HTTP message what follows its head, of a resource all of it. */
  async body(place: IndexedRecord): Promise<{ readonly length: number; readonly read: () => AsyncIterable<Buffer> }> {
    const { bodyBytes } = await this.#message(place);
    return { length: bodyBytes, read: () => this.#pieces(place) };
  }

  async *#pieces(place: IndexedRecord): AsyncGenerator<Buffer> {
    yield* (await this.#message(place)).body;
  }

  async #message(place: IndexedRecord): Promise<ReadMessage> {
    return await readMessage(await readWarcRecord(this.#zip, this.#warc, place), place);
  }

  async #block(exchangeId: string, record: IndexedRecord['record']): Promise<Buffer | undefined> {
    const place = (await this.records(exchangeId)).find((one) => one.record === record);
    if (place === undefined) return undefined;
    const pieces: Buffer[] = [];
    for await (const piece of (await readWarcRecord(this.#zip, this.#warc, place)).block) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}

/** Names the exchange of a leaf in both ways. */
type Ending = { readonly exchange: number; readonly exchangeId: string };

function entryOf(zip: MemberArchive, name: string): ZipEntry {
  const entry = zip.entries.get(name);
  if (entry === undefined) throw new BundleError('BUNDLE_DAMAGED', `The bundle has no ${name}. Fetch it again from whoever exported it.`);
  return entry;
}

function toEnded(
  end: End | Reconcile,
  open: Map<number, Opened>,
  { disclosed, salts }: Pick<SourceLeaf, 'disclosed'> & Pick<SourceExchange, 'salts'>,
): SourceExchange | undefined {
  const begun = open.get(end.exchange);
  if (begun === undefined) return undefined;
  open.delete(end.exchange);
  return {
    number: end.exchange,
    exchangeId: end.exchangeId,
    intent: begun.intent,
    end,
    chunks: [...begun.chunks, ...end.chunks],
    disclosed: new Map([...begun.disclosed, ...disclosed]),
    salts,
  };
}

/** Disclosures stand in the order in which leaves first name them, so that one line of look-ahead finds them; shared ones are remembered. */
class DisclosureLines {
  readonly #lines: AsyncGenerator<Buffer>;
  readonly #shared = new Map<string, Disclosed>();
  #next: { readonly digest: string; readonly line: Buffer } | undefined;

  constructor(zip: MemberArchive) {
    this.#lines = disclosureLines(zip);
  }

  async of(leaf: SessionLeaf): Promise<{ disclosed: Map<DisclosureName, Disclosed>; fresh: Disclosed[] }> {
    const named = 'disclosed' in leaf ? (leaf.disclosed as Readonly<Record<string, string | undefined>>) : {};
    const disclosed = new Map<DisclosureName, Disclosed>();
    const fresh: Disclosed[] = [];
    for (const name of Object.keys(named).sort() as DisclosureName[]) {
      const digest = named[name];
      if (digest === undefined) continue;
      const known = this.#shared.get(digest);
      const found = known ?? (await this.#take(name, digest));
      if (found === undefined) continue;
      if (known === undefined) fresh.push(found);
      disclosed.set(name, found);
    }
    return { disclosed, fresh };
  }

  async close(): Promise<void> {
    await this.#lines.return(undefined);
  }

  async #take(name: DisclosureName, digest: string): Promise<Disclosed | undefined> {
    if (this.#next === undefined) {
      const step = await this.#lines.next();
      if (step.done) return undefined;
      const line = Buffer.from(step.value);
      this.#next = { line, digest: hash('sha256', line, 'hex') };
    }
    if (this.#next.digest !== digest) return undefined;
    const { line } = this.#next;
    this.#next = undefined;
    const found: Disclosed = { name, digest, line, value: (JSON.parse(line.toString('utf8')) as unknown[])[2] };
    if (name === 'identity' || name === 'session-identity') this.#shared.set(digest, found);
    return found;
  }
}
