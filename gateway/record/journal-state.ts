import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { BodySide, Chunk, Intent, SessionLeaf, StoredForm, WriterLeaf } from '../../shared/bundle/format.ts';
import { leafHash, TreeHead } from '../../shared/bundle/merkle-tree.ts';
import type { Carry, OpenExchangeState } from './carry.ts';
import { type ExchangeKey, exchangeKey } from './exchange-key.ts';
import { FLAG_CHUNK_BEGINS, FLAG_COLUMNS_DUE, frameTypes, HEADER_BYTES, SALT_BYTES, sideOf } from './frame.ts';
import { KeyFinder } from './key-finder.ts';
import type { Frame } from './read-frames.ts';
import type { SessionState } from './session-log.ts';

/** Bytes of the segment. */
type Piece = { readonly offset: number; readonly length: number };
/** A chunk that no leaf named yet: hashed only if nobody ever does. `pieces` begin with its salt. */
type UnnamedChunk = { readonly side: BodySide; readonly offset: number; readonly pieces: Piece[]; length: number };
type OpenBody = {
  side: BodySide;
  length: number;
  chunks: number;
  stored: StoredForm;
  open: UnnamedChunk | undefined;
};
type IntentFacts = Pick<OpenExchangeState, 'exchangeId' | 'at' | 'methodId' | 'connection' | 'content' | 'job'>;
type DisclosedName = 'response' | 'upstream-request';
type OpenExchange = {
  readonly session: number;
  readonly exchange: number;
  /** What its intent says, or where that lies. */
  readonly intent: Piece | IntentFacts;
  readonly bodies: OpenBody[];
  readonly chunks: (Chunk | UnnamedChunk)[];
  /** Digest, or where the line lies. */
  readonly disclosed: { [Name in DisclosedName]?: string | Piece | undefined };
};
type OpenSession = Omit<SessionState, 'seq' | 'border' | 'prev' | 'exchanges' | 'columnsDue'> & {
  readonly tree: TreeHead;
  prev: string;
  exchanges: number;
  columnsDue: number;
};

/**
 * Follows a segment frame by frame, and knows what was open at the point it reached. Throws a plain Error on frames that contradict each other.
 * Start-up waits for it: frames are guarded by their checks, so leaves are parsed without the schema, and bodies hashed only where needed.
 */
export class JournalState {
  readonly writerLog: TreeHead;
  readonly sessions = new Map<number, OpenSession>();
  readonly exchanges = new Map<ExchangeKey, OpenExchange>();
  readonly closedSessionIds = new Set<string>();
  readonly #file: string;
  #lastSessionNumber: number;
  readonly #carriedNewest: string | undefined;
  readonly #columnsFrom: string | undefined;
  #lastLeaf: Piece | undefined;

  constructor(file: string, carry: Carry) {
    this.#file = file;
    this.writerLog = new TreeHead(carry.writerLog.size, carry.writerLog.border);
    this.#lastSessionNumber = carry.lastSessionNumber;
    this.#carriedNewest = carry.newest;
    this.#columnsFrom = carry.columnsFrom;
    for (const { seq, border, ...session } of carry.sessions)
      this.sessions.set(session.number, { ...session, tree: new TreeHead(seq, border) });
    for (const exchange of carry.exchanges) {
      const bodies = exchange.bodies.map((body) => ({ ...body, open: undefined }));
      this.exchanges.set(exchangeKey(exchange.session, exchange.exchange), { ...exchange, intent: exchange, bodies });
    }
  }

  /** Returns where the kind of a leaf of a session stands in it; 0 of all other frames. */
  take(frame: Frame): number {
    const { type } = frame.header;
    if (type === frameTypes.leaf) return this.#leaf(frame);
    if (type === frameTypes.body) this.#body(frame);
    else if (type === frameTypes.disclosure) this.#disclosure(frame);
    else if (type === frameTypes.writerLeaf) this.#writerLeaf(frame);
    return 0;
  }

  carry(): Carry {
    const fd = openSync(this.#file, 'r');
    try {
      return {
        writerLog: { size: this.writerLog.size, border: [...this.writerLog.border] },
        lastSessionNumber: this.#lastSessionNumber,
        newest: this.#lastLeaf === undefined ? this.#carriedNewest : readLeaf(this.#lastLeaf, fd).at,
        sessions: [...this.sessions.values()].map(({ tree, ...session }) => ({ ...session, seq: tree.size, border: [...tree.border] })),
        exchanges: [...this.exchanges.values()].map((exchange) => toState(exchange, fd)),
        columnsFrom: this.#columnsFrom ?? path.basename(this.#file),
      };
    } finally {
      closeSync(fd);
    }
  }

  #writerLeaf({ payload, offset }: Frame): void {
    const leaf = JSON.parse(payload.toString('utf8')) as WriterLeaf;
    if (leaf.index !== this.writerLog.size) throw new Error(`entry ${leaf.index} of the writer log stands in place ${this.writerLog.size}`);
    this.writerLog.append(leafHash(payload));
    this.#lastLeaf = { offset: offset + HEADER_BYTES, length: payload.length };
  }

  #leaf({ header, payload, offset }: Frame): number {
    // Parsing all of it would be most of the start-up.
    const kind = kindKey.find(payload);
    const isIntent = header.exchange > 0 && payload[kind] === INTENT_INITIAL;
    const isEnd = header.exchange > 0 && (payload[kind] === END_INITIAL || payload[kind] === RECONCILE_INITIAL);
    const leaf = isIntent || isEnd ? undefined : (JSON.parse(payload.toString('utf8')) as SessionLeaf);
    if (leaf?.kind === 'session-open') this.#openSession(leaf);
    const session = this.sessions.get(header.session);
    if (session === undefined) throw new Error(`a leaf of session ${header.session}, which is not open`);
    const prev = prevKey.find(payload, kind);
    if (payload.toString('latin1', prev, prev + 64) !== session.prev)
      throw new Error(`leaf ${session.tree.size} of session ${header.session} breaks its chain`);
    session.prev = leafHash(payload);
    session.tree.append(session.prev);
    this.#lastLeaf = { offset: offset + HEADER_BYTES, length: payload.length };
    if (isIntent) this.#intent(session, header.exchange, this.#lastLeaf);
    else if (isEnd) {
      this.exchanges.delete(exchangeKey(header.session, header.exchange));
      if ((header.flags & FLAG_COLUMNS_DUE) !== 0) session.columnsDue += 1;
    } else if (leaf?.kind === 'columns') session.columnsDue -= 1;
    else if (leaf?.kind === 'chunk') this.#named(exchangeKey(header.session, leaf.exchange), leaf.chunk);
    else if (leaf?.kind === 'session-close') this.#close(header.session);
    return kind;
  }

  #openSession(leaf: Extract<SessionLeaf, { kind: 'session-open' }>): void {
    this.#lastSessionNumber = Math.max(this.#lastSessionNumber, leaf.number);
    this.sessions.set(leaf.number, {
      sessionId: leaf.sessionId,
      number: leaf.number,
      name: leaf.name,
      openedAt: leaf.startedAt,
      identityDigest: leaf.disclosed['session-identity'],
      prev: leaf.prev,
      exchanges: 0,
      columnsDue: 0,
      tree: new TreeHead(),
    });
  }

  #close(session: number): void {
    const closed = this.sessions.get(session);
    if (closed !== undefined) this.closedSessionIds.add(closed.sessionId);
    this.sessions.delete(session);
  }

  #intent(session: OpenSession, exchange: number, intent: Piece): void {
    session.exchanges = Math.max(session.exchanges, exchange);
    this.exchanges.set(exchangeKey(session.number, exchange), {
      session: session.number,
      exchange,
      intent,
      chunks: [],
      bodies: [],
      disclosed: {},
    });
  }

  #named(key: ExchangeKey, chunk: Chunk): void {
    const exchange = this.exchanges.get(key);
    if (exchange === undefined) return;
    const body = exchange.bodies.find((one) => one.side === chunk.side);
    // Another body's chunks may have brought this leaf about while one of this body was under way.
    if (body?.open?.offset === chunk.offset) finishChunk(exchange, body);
    const index = exchange.chunks.findIndex((one) => one.side === chunk.side && one.offset === chunk.offset);
    if (index >= 0) exchange.chunks.splice(index, 1);
    else if (chunk.stored !== 'verbatim') countUnkept(exchange, body, chunk);
  }

  #body({ header, payload, offset }: Frame): void {
    const exchange = this.exchanges.get(exchangeKey(header.session, header.exchange));
    const side = sideOf(header);
    if (exchange === undefined || side === undefined) return;
    const begins = (header.flags & FLAG_CHUNK_BEGINS) !== 0;
    if (begins && payload.length === SALT_BYTES) return;
    let body = exchange.bodies.find((one) => one.side === side);
    if (body === undefined) {
      body = { side, length: 0, chunks: 0, stored: 'verbatim', open: undefined };
      exchange.bodies.push(body);
    }
    if (begins) finishChunk(exchange, body);
    body.open ??= { side, offset: body.length, pieces: [], length: 0 };
    body.open.pieces.push({ offset: offset + HEADER_BYTES, length: payload.length });
    const bytes = payload.length - (begins ? SALT_BYTES : 0);
    body.open.length += bytes;
    body.length += bytes;
  }

  #disclosure({ header, payload, offset }: Frame): void {
    const exchange = this.exchanges.get(exchangeKey(header.session, header.exchange));
    if (exchange === undefined) return;
    // `["32 digits of salt","NAME",…`
    const name = disclosedNames.find((one) => payload.toString('latin1', 37, 39 + one.length) === `${one}",`);
    if (name !== undefined) exchange.disclosed[name] = { offset: offset + HEADER_BYTES, length: payload.length };
  }
}

const [kindKey, prevKey] = [new KeyFinder('kind'), new KeyFinder('prev')];
const disclosedNames: readonly DisclosedName[] = ['response', 'upstream-request'];
const [INTENT_INITIAL, END_INITIAL, RECONCILE_INITIAL] = [...Buffer.from('ier')];

function finishChunk(exchange: OpenExchange, body: OpenBody): void {
  if (body.open === undefined) return;
  exchange.chunks.push(body.open);
  body.chunks += 1;
  body.open = undefined;
}

/** Of bodies whose clear bytes are not kept only the leaves of their chunks tell. */
function countUnkept({ bodies }: OpenExchange, body: OpenBody | undefined, { side, stored, length }: Chunk): void {
  if (body === undefined) bodies.push({ side, stored, length, chunks: 1, open: undefined });
  else {
    body.length += length;
    body.chunks += 1;
  }
}

function toState(exchange: OpenExchange, fd: number): OpenExchangeState {
  for (const body of exchange.bodies) finishChunk(exchange, body);
  const { response, 'upstream-request': upstreamRequest } = exchange.disclosed;
  const { exchangeId, at, methodId, connection, content, job } =
    'offset' in exchange.intent ? (readLeaf(exchange.intent, fd) as Intent) : exchange.intent;
  return {
    session: exchange.session,
    exchange: exchange.exchange,
    exchangeId,
    at,
    methodId,
    connection,
    content,
    job,
    bodies: exchange.bodies.map(({ side, length, chunks, stored }) => ({ side, length, chunks, stored })),
    chunks: exchange.chunks.map((chunk) => ('pieces' in chunk ? toChunk(chunk, fd) : chunk)),
    disclosed: { response: toDigest(response, fd), 'upstream-request': toDigest(upstreamRequest, fd) },
  };
}

const toChunk = ({ side, offset, length, pieces }: UnnamedChunk, fd: number): Chunk => ({
  digest: hashPieces(pieces, fd),
  length,
  offset,
  side,
  stored: 'verbatim',
});

const toDigest = (value: string | Piece | undefined, fd: number): string | undefined =>
  typeof value === 'object' ? hashPieces([value], fd) : value;

function readLeaf({ offset, length }: Piece, fd: number): SessionLeaf | WriterLeaf {
  const bytes = Buffer.allocUnsafe(length);
  readSync(fd, bytes, 0, length, offset);
  return JSON.parse(bytes.toString('utf8')) as SessionLeaf | WriterLeaf;
}

function hashPieces(pieces: readonly Piece[], fd: number): string {
  const hash = createHash('sha256');
  for (const { offset, length } of pieces) {
    const bytes = Buffer.allocUnsafe(length);
    readSync(fd, bytes, 0, length, offset);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
