import { hash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { signEnvelope } from './dsse.ts';
import type { SignerKey } from './ed25519-key.ts';
import { FileSink } from './file-sink.ts';
import {
  type BodySide,
  bundlePaths,
  type Custody,
  FORMAT_VERSION,
  type Manifest,
  PREDICATE_TYPE,
  STATEMENT_TYPE,
  type Statement,
  type WarcMetadata,
} from './format.ts';
import { NO_HASH } from './merkle-tree.ts';
import { LineSorter } from './sort-lines.ts';
import { type ArchivedExchange, type ArchivedRecord, toArchivedRecords, toIndexLine, toMetadataRecord } from './warc-exchange.ts';
import { toWarcInfo } from './warc-header.ts';
import { type WarcRecord, writeWarcRecord } from './warc-writer.ts';
import { writeZip, type ZipMember } from './write-zip.ts';

/** A body to archive: its chunks with their salts, and its bytes where they are kept. */
export type BodyInput = {
  readonly side: BodySide;
  readonly chunks: WarcMetadata['bodies'][number]['chunks'];
  readonly length: number;
  readonly read: (() => AsyncIterable<Uint8Array>) | undefined;
};

export type ExchangeInput = ArchivedExchange & { readonly bodies: readonly BodyInput[] };

export type BundleEnding = {
  readonly sessionId: string;
  readonly sessionName: string;
  readonly snapshot: boolean;
  /** Text of the head's leaf in the writer log, its proof, and the keys that may help to check them. */
  readonly head: string;
  readonly proof: string;
  readonly keys: readonly string[];
  readonly software: string;
  readonly at: string;
  readonly exportedBy: string;
  readonly reason?: string | undefined;
  readonly custody?: readonly Pick<Custody, 'action' | 'by' | 'tool' | 'at' | 'reason' | 'redacted'>[];
  readonly exporterKey: SignerKey;
};

const { leaves, disclosures, warc, index, pages } = bundlePaths;
const LINE_END = Buffer.from('\n');

/**
 * Writes one bundle, front to back, in bounded memory. The parts grow as files in a folder beside the output and are zipped in the end;
 * the output appears under its name only when it is whole.
 */
export class BundleWriter {
  readonly #outputPath: string;
  readonly #folder: string;
  readonly #sinks: Record<'leaves' | 'disclosures' | 'warc', FileSink>;
  readonly #index: LineSorter;
  #leaves = 0;
  #exchanges = 0;

  constructor(outputPath: string) {
    this.#outputPath = outputPath;
    this.#folder = `${outputPath}.${process.pid}.parts`;
    mkdirSync(this.#folder, { recursive: false, mode: 0o700 });
    const sink = (name: string): FileSink => new FileSink(path.join(this.#folder, name));
    this.#sinks = { leaves: sink('leaves'), disclosures: sink('disclosures'), warc: sink('warc') };
    this.#index = new LineSorter(path.join(this.#folder, 'index-'));
  }

  async begin(info: { readonly at: string; readonly software: string; readonly sessionId: string }): Promise<void> {
    await writeWarcRecord(this.#sinks.warc, toWarcInfo(info));
  }

  addLeaf(line: Uint8Array): void {
    this.#leaves += 1;
    this.#sinks.leaves.writeNow(line);
    this.#sinks.leaves.writeNow(LINE_END);
  }

  /** Disclosures stand in the order in which the leaves first name them. */
  addDisclosure(line: Uint8Array): void {
    this.#sinks.disclosures.writeNow(line);
    this.#sinks.disclosures.writeNow(LINE_END);
  }

  async addExchange(exchange: ExchangeInput): Promise<void> {
    this.#exchanges += 1;
    for (const record of toArchivedRecords(exchange)) {
      const body = exchange.bodies.find((one) => one.side === record.record);
      await this.#archive(exchange, record, body?.read === undefined ? undefined : { length: body.length, read: body.read });
    }
    const bodies = exchange.bodies.map(({ side, chunks }) => ({ side, chunks: [...chunks] }));
    await this.#archive(exchange, toMetadataRecord(exchange, { exchangeId: exchange.intent.exchangeId, bodies }), undefined);
  }

  /** Returns the SHA-256 of the manifest. */
  async finish(ending: BundleEnding): Promise<{ manifestSha256: string; exchanges: number; leaves: number }> {
    const files = await this.#closeParts(ending);
    const manifest = Buffer.from(`${JSON.stringify(this.#manifest(files, ending), undefined, 2)}\n`);
    const manifestSha256 = hash('sha256', manifest, 'hex');
    const digest = { path: bundlePaths.manifest, hash: `sha256:${manifestSha256}` };
    const envelope = signEnvelope(Buffer.from(canonicalJson(toStatement(ending, manifestSha256))), ending.exporterKey);
    const draft = path.join(this.#folder, 'bundle');
    await writeZip(draft, [
      { path: bundlePaths.manifest, bytes: manifest },
      { path: bundlePaths.manifestDigest, bytes: Buffer.from(`${JSON.stringify(digest)}\n`) },
      { path: bundlePaths.statement, bytes: Buffer.from(`${JSON.stringify(envelope)}\n`) },
      ...files,
    ]);
    renameSync(draft, this.#outputPath);
    this.discard();
    return { manifestSha256, exchanges: this.#exchanges, leaves: this.#leaves };
  }

  /** Removes what was written so far. */
  discard(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #archive(exchange: ExchangeInput, { record, header, head }: ArchivedRecord, body: WarcRecord['body']): Promise<void> {
    const { offset, length } = await writeWarcRecord(this.#sinks.warc, { header, head, body });
    this.#index.add(toIndexLine(exchange, record, offset, length));
  }

  async #closeParts(ending: BundleEnding): Promise<Part[]> {
    const indexSink = new FileSink(path.join(this.#folder, 'index'));
    for await (const line of this.#index.sorted()) indexSink.writeNow(Buffer.from(`${line}\n`));
    const page = { format: 'json-pages-1.0', id: 'pages', title: 'Exchanges' };
    return [
      filePart(leaves, this.#sinks.leaves, 'deflate'),
      filePart(disclosures, this.#sinks.disclosures, 'deflate'),
      textPart(bundlePaths.sessionHead, ending.head),
      textPart(bundlePaths.proof, ending.proof),
      textPart(bundlePaths.keys, ending.keys.map((key) => `${key}\n`).join('')),
      textPart(bundlePaths.custody, custodyText(ending)),
      filePart(index, indexSink, 'store'),
      textPart(pages, `${JSON.stringify(page)}\n`),
      filePart(warc, this.#sinks.warc, 'store'),
    ];
  }

  #manifest(parts: readonly Part[], ending: BundleEnding): Manifest {
    return {
      profile: 'data-package',
      wacz_version: '1.1.1',
      title: `Session ${ending.sessionName}`,
      created: ending.at,
      software: ending.software,
      resources: parts.map(({ path: file, sha256, length }) => ({
        name: path.posix.basename(file),
        path: file,
        hash: `sha256:${sha256}`,
        bytes: length,
      })),
      steno: {
        formatVersion: FORMAT_VERSION,
        sessionId: ending.sessionId,
        sessionName: ending.sessionName,
        exchanges: this.#exchanges,
        leaves: this.#leaves,
        snapshot: ending.snapshot,
      },
    };
  }
}

/** A file of the bundle, as the manifest names it and the ZIP holds it. */
type Part = ZipMember & { readonly sha256: string; readonly length: number };

function textPart(file: string, text: string): Part {
  const bytes = Buffer.from(text);
  return { path: file, bytes, sha256: hash('sha256', bytes, 'hex'), length: bytes.length };
}

function filePart(file: string, sink: FileSink, method: 'store' | 'deflate'): Part {
  return { path: file, file: sink.file, method, length: sink.position, sha256: sink.close() };
}

function custodyText(ending: BundleEnding): string {
  const steps = [
    ...(ending.custody ?? []),
    { action: 'exported' as const, by: ending.exportedBy, tool: ending.software, at: ending.at, reason: ending.reason },
  ];
  let prev = NO_HASH;
  let text = '';
  steps.forEach((step, seq) => {
    const line = canonicalJson({ ...JSON.parse(JSON.stringify(step)), seq, prev });
    prev = hash('sha256', line, 'hex');
    text += `${line}\n`;
  });
  return text;
}

function toStatement(ending: BundleEnding, manifestSha256: string): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: bundlePaths.manifest, digest: { sha256: manifestSha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      formatVersion: FORMAT_VERSION,
      sessionId: ending.sessionId,
      exportedAt: ending.at,
      exportedBy: ending.exportedBy,
      software: ending.software,
      ...(ending.reason === undefined ? {} : { reason: ending.reason }),
    },
  };
}
