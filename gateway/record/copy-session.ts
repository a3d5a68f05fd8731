import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import type {
  BodySide,
  ColumnsLeaf,
  Disclosure,
  DisclosureName,
  DisclosureValue,
  End,
  Intent,
  Reconcile,
  SessionLeaf,
} from '../../shared/bundle/format.ts';
import type { BodyInput, MemberWriter } from '../../shared/bundle/member-writer.ts';
import { parseDisclosure, parseLeaf } from '../../shared/bundle/parse-record.ts';
import { FLAG_CHUNK_BEGINS, frameTypes, HEADER_BYTES, SALT_BYTES, sideOf } from './frame.ts';
import type { CatalogSession, JournalCatalog } from './journal-catalog.ts';
import { type Frame, readFrames } from './read-frames.ts';

/** Where the bytes of a body lie in the journal; small bodies are kept from when their frames were read. */
type Piece = { readonly segment: number; readonly offset: number; readonly length: number; readonly bytes?: Buffer | undefined };

const KEPT_BYTES = 65_536;
type OpenBody = { readonly side: BodySide; readonly chunks: { length: number; salt: string }[]; readonly pieces: Piece[]; length: number };
type OpenExchange = {
  readonly bodies: OpenBody[];
  /** Where the age file of the sealed body lies. */
  readonly sealed: Piece[];
  intent: Intent | undefined;
  readonly disclosed: Map<DisclosureName, Buffer>;
};

/** What retention rules look at. */
export type SessionFacts = {
  readonly connections: ReadonlySet<string>;
  /** Every group that the principal was seen in. */
  readonly groups: ReadonlySet<string>;
  readonly content: 'full' | 'content-free';
};

/** Copies the first `size` leaves of a session with all they commit to. What no leaf names is left behind. Reads only where its frames lie. */
export async function copySession(
  { segments }: Pick<JournalCatalog, 'segments'>,
  { number }: Pick<CatalogSession, 'number'>,
  size: number,
  writer: MemberWriter,
): Promise<SessionFacts> {
  const copy = new SessionCopy(segments, size, writer);
  for (const [index, { file, ranges }] of segments.entries()) {
    const places = ranges(number);
    for (let at = 0; at < places.length && !copy.isComplete; at += 2) {
      for (const frame of readFrames(file, { from: places[at]!, upTo: places[at + 1]! })) {
        if (frame.header.session !== number || copy.isComplete) continue;
        await copy.take(frame, index);
      }
    }
  }
  if (!copy.isComplete) throw new Error(`Session ${number} ends before its head does: "steno fsck" says where the journal is damaged.`);
  return copy.facts;
}

class SessionCopy {
  readonly #segments: JournalCatalog['segments'];
  readonly #writer: MemberWriter;
  readonly #size: number;
  readonly #exchanges = new Map<number, OpenExchange>();
  /** Disclosures that no leaf named yet, by digest; shared ones (exchange 0) are remembered once written. */
  readonly #pending = new Map<string, { readonly line: Buffer; readonly exchange: number }>();
  readonly #shared = new Set<string>();
  /** By exchange, until its leaf `columns` comes. */
  readonly #columnSalts = new Map<number, Buffer>();
  /** Identities whose groups are known. */
  readonly #seen = new Set<string>();
  readonly facts = { connections: new Set<string>(), groups: new Set<string>(), content: 'full' as SessionFacts['content'] };
  #leaves = 0;

  constructor(segments: JournalCatalog['segments'], size: number, writer: MemberWriter) {
    this.#segments = segments;
    this.#writer = writer;
    this.#size = size;
  }

  get isComplete(): boolean {
    return this.#leaves === this.#size;
  }

  async take(frame: Frame, segment: number): Promise<void> {
    const { type, exchange } = frame.header;
    if (type === frameTypes.disclosure) {
      this.#pending.set(hash('sha256', frame.payload, 'hex'), { line: Buffer.from(frame.payload), exchange });
    } else if (type === frameTypes.sealedBody) {
      this.#sealedBody(frame, segment);
    } else if (type === frameTypes.columnSalts) {
      this.#columnSalts.set(exchange, Buffer.from(frame.payload));
    } else if (type === frameTypes.body) {
      this.#body(frame, segment);
    } else if (type === frameTypes.leaf) {
      await this.#leaf(frame);
    }
  }

  #sealedBody({ header, payload, offset }: Frame, segment: number): void {
    const { sealed } = this.#exchange(header.exchange);
    sealed.push({ segment, offset: offset + HEADER_BYTES, length: payload.length });
  }

  #body({ header, payload, offset }: Frame, segment: number): void {
    const side = sideOf(header)!;
    const { bodies } = this.#exchange(header.exchange);
    let body = bodies.find((one) => one.side === side);
    if (body === undefined) {
      body = { side, chunks: [], pieces: [], length: 0 };
      bodies.push(body);
    }
    const begins = (header.flags & FLAG_CHUNK_BEGINS) !== 0;
    const skipped = begins ? SALT_BYTES : 0;
    if (begins) body.chunks.push({ length: 0, salt: payload.toString('hex', 0, SALT_BYTES) });
    const length = payload.length - skipped;
    body.chunks.at(-1)!.length += length;
    body.length += length;
    if (length === 0) return;
    const bytes = body.length <= KEPT_BYTES ? Buffer.from(payload.subarray(skipped)) : undefined;
    body.pieces.push({ segment, offset: offset + HEADER_BYTES + skipped, length, bytes });
  }

  async #leaf({ payload }: Frame): Promise<void> {
    const leaf = parseLeaf(JSON.parse(payload.toString('utf8')));
    if (leaf === undefined) throw new Error(`Leaf ${this.#leaves} of the session is not of this format.`);
    this.#leaves += 1;
    this.#writer.addLeaf(payload);
    const exchange = 'exchange' in leaf ? this.#exchange(leaf.exchange) : undefined;
    if ('disclosed' in leaf) this.#disclose(leaf.disclosed, exchange);
    if (leaf.kind === 'intent') this.#intent(leaf, exchange!);
    if (leaf.kind === 'chunk') setLength(exchange!, leaf);
    if (leaf.kind === 'end' || leaf.kind === 'reconcile') await this.#end(leaf, exchange!);
    if (leaf.kind === 'columns') this.#columns(leaf);
  }

  #intent(leaf: Intent, exchange: OpenExchange): void {
    exchange.intent = leaf;
    if (leaf.content !== undefined) this.facts.content = leaf.content;
    if (leaf.connection !== undefined) this.facts.connections.add(leaf.connection);
    if (this.#seen.has(leaf.disclosed.identity)) return;
    this.#seen.add(leaf.disclosed.identity);
    for (const group of disclosedValue(exchange, 'identity')?.groups ?? []) this.facts.groups.add(group);
  }

  #exchange(number: number): OpenExchange {
    let exchange = this.#exchanges.get(number);
    if (exchange === undefined) {
      exchange = { bodies: [], sealed: [], intent: undefined, disclosed: new Map() };
      this.#exchanges.set(number, exchange);
    }
    return exchange;
  }

  #disclose(disclosed: Readonly<Record<string, string | undefined>>, exchange: OpenExchange | undefined): void {
    for (const name of Object.keys(disclosed).sort()) {
      const digest = disclosed[name];
      const found = digest === undefined ? undefined : this.#pending.get(digest);
      if (digest === undefined || found === undefined) continue;
      exchange?.disclosed.set(name as DisclosureName, found.line);
      if (this.#shared.has(digest)) continue;
      this.#writer.addDisclosure(found.line);
      if (found.exchange === 0) this.#shared.add(digest);
      else this.#pending.delete(digest);
    }
  }

  #columns(leaf: ColumnsLeaf): void {
    this.#exchanges.delete(leaf.exchange);
    const salts = this.#columnSalts.get(leaf.exchange);
    this.#columnSalts.delete(leaf.exchange);
    if (leaf.missing !== undefined || salts === undefined) return;
    const [rest, ...columns] = Array.from({ length: salts.length / SALT_BYTES }, (_, index) =>
      salts.toString('hex', index * SALT_BYTES, (index + 1) * SALT_BYTES),
    );
    this.#writer.addColumns(leaf, { columns: columns.map((salt) => ({ salt })), rest });
  }

  async #end(leaf: End | Reconcile, exchange: OpenExchange): Promise<void> {
    this.#exchanges.delete(leaf.exchange);
    if (exchange.intent === undefined) return;
    await this.#writer.addExchange({
      intent: exchange.intent,
      request: disclosedValue(exchange, 'request'),
      upstreamRequest: disclosedValue(exchange, 'upstream-request'),
      response: disclosedValue(exchange, 'response'),
      bodies: exchange.bodies.map((body) => this.#toInput(body, exchange.sealed, leaf)),
    });
  }

  #toInput(body: OpenBody, sealed: readonly Piece[], leaf: End | Reconcile): BodyInput {
    for (const chunk of leaf.chunks) if (chunk.side === body.side && chunk.stored !== 'verbatim') setChunkLength(body, chunk);
    const file = leaf.bodies.find(({ side }) => side === body.side)?.sealed;
    const pieces = file === undefined ? body.pieces : sealed;
    // Of a chunk of which only a digest was to be kept, and which a crash cut, nothing but the salt is left.
    const salts = body.chunks.filter(({ length }) => length > 0).map(({ salt }) => salt);
    return { side: body.side, salts, length: file?.length ?? body.length, read: pieces.length > 0 ? () => this.#read(pieces) : undefined };
  }

  async *#read(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
    let fd: number | undefined;
    let segment = -1;
    try {
      for (const piece of pieces) {
        if (piece.bytes !== undefined) {
          yield piece.bytes;
          continue;
        }
        if (piece.segment !== segment) {
          if (fd !== undefined) closeSync(fd);
          fd = openSync(this.#segments[piece.segment]!.file, 'r');
          segment = piece.segment;
        }
        const bytes = Buffer.allocUnsafe(piece.length);
        readSync(fd!, bytes, 0, piece.length, piece.offset);
        yield bytes;
      }
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

/** What the exchange disclosed under this name; the lines of the others are not read. */
function disclosedValue<Name extends Disclosure[1]>({ disclosed }: OpenExchange, name: Name): DisclosureValue<Name> | undefined {
  const line = disclosed.get(name);
  if (line === undefined) return undefined;
  const parsed = parseDisclosure(JSON.parse(line.toString('utf8')));
  if (parsed?.[1] !== name) throw new Error(`A disclosure "${name}" of the session is not of this format.`);
  return parsed[2] as DisclosureValue<Name>;
}

/** Bodies of which only digests are kept have no bytes to count: their leaves say how long each chunk was. */
function setLength(exchange: OpenExchange, { chunk }: Extract<SessionLeaf, { kind: 'chunk' }>): void {
  const body = exchange.bodies.find((one) => one.side === chunk.side);
  if (body !== undefined && chunk.stored !== 'verbatim') setChunkLength(body, chunk);
}

function setChunkLength(body: OpenBody, chunk: { offset: number; length: number }): void {
  let offset = 0;
  for (const one of body.chunks) {
    if (offset === chunk.offset && one.length === 0) {
      one.length = chunk.length;
      return;
    }
    offset += one.length;
  }
}
