import { createHash, type Hash } from 'node:crypto';
import {
  type BodySide,
  type Chunk,
  type SessionLeaf,
  sessionLeafSchema,
  type WriterLeaf,
  writerLeafSchema,
} from '../../shared/bundle/format.ts';
import { leafHash, TreeHead } from '../../shared/bundle/merkle-tree.ts';
import type { Carry, OpenExchangeState } from './carry.ts';
import { FLAG_CHUNK_BEGINS, frameTypes, SALT_BYTES, sideOf } from './frame.ts';
import type { Frame } from './read-frames.ts';
import type { SessionState } from './session-log.ts';

type OpenChunk = { readonly hash: Hash; length: number };
type OpenBody = { side: BodySide; length: number; chunks: number; stored: 'verbatim' | 'digest' | 'withheld'; open: OpenChunk | undefined };
type OpenExchange = Omit<OpenExchangeState, 'bodies'> & { readonly bodies: OpenBody[] };
type OpenSession = Omit<SessionState, 'seq' | 'border'> & { readonly tree: TreeHead };

/** Follows a journal frame by frame, and knows what was open at the point it reached. Throws a plain Error on frames that contradict each other. */
export class JournalState {
  readonly writerLog: TreeHead;
  readonly sessions = new Map<number, OpenSession>();
  readonly exchanges = new Map<string, OpenExchange>();
  readonly closedSessionIds = new Set<string>();
  #lastSessionNumber: number;
  #newest: string | undefined;

  constructor(carry: Carry) {
    this.writerLog = new TreeHead(carry.writerLog.size, carry.writerLog.border);
    this.#lastSessionNumber = carry.lastSessionNumber;
    this.#newest = carry.newest;
    for (const { seq, border, ...session } of carry.sessions)
      this.sessions.set(session.number, { ...session, tree: new TreeHead(seq, border) });
    for (const exchange of carry.exchanges) {
      const bodies = exchange.bodies.map((body) => ({ ...body, open: undefined }));
      this.exchanges.set(keyOf(exchange.session, exchange.exchange), { ...exchange, bodies });
    }
  }

  take(frame: Frame): void {
    const { type } = frame.header;
    if (type === frameTypes.leaf) this.#leaf(frame);
    else if (type === frameTypes.body) this.#body(frame);
    else if (type === frameTypes.disclosure) this.#disclosure(frame);
    else if (type === frameTypes.writerLeaf) this.#writerLeaf(frame);
  }

  carry(): Carry {
    return {
      writerLog: { size: this.writerLog.size, border: [...this.writerLog.border] },
      lastSessionNumber: this.#lastSessionNumber,
      newest: this.#newest,
      sessions: [...this.sessions.values()].map(({ tree, ...session }) => ({ ...session, seq: tree.size, border: [...tree.border] })),
      exchanges: [...this.exchanges.values()].map(toState),
    };
  }

  #writerLeaf({ payload }: Frame): void {
    const leaf: WriterLeaf = writerLeafSchema.parse(JSON.parse(payload.toString('utf8')));
    if (leaf.index !== this.writerLog.size) throw new Error(`entry ${leaf.index} of the writer log stands in place ${this.writerLog.size}`);
    this.writerLog.append(leafHash(payload));
    this.#newest = leaf.at;
  }

  #leaf({ header, payload }: Frame): void {
    const leaf = sessionLeafSchema.parse(JSON.parse(payload.toString('utf8')));
    if (leaf.kind === 'session-open') this.#openSession(leaf);
    const session = this.sessions.get(header.session);
    if (session === undefined) throw new Error(`a leaf of session ${header.session}, which is not open`);
    if (leaf.seq !== session.tree.size || leaf.prev !== session.prev)
      throw new Error(`leaf ${leaf.seq} of session ${header.session} breaks its chain`);
    const hash = leafHash(payload);
    session.tree.append(hash);
    this.sessions.set(header.session, { ...session, prev: hash });
    this.#newest = leaf.at;
    this.#apply(leaf, header.session);
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
      tree: new TreeHead(),
    });
  }

  #apply(leaf: SessionLeaf, session: number): void {
    if (leaf.kind === 'intent') this.#intent(leaf, session);
    else if (leaf.kind === 'chunk') this.#named(keyOf(session, leaf.exchange), leaf.chunk);
    else if (leaf.kind === 'end' || leaf.kind === 'reconcile') this.exchanges.delete(keyOf(session, leaf.exchange));
    else if (leaf.kind === 'session-close') this.#close(session);
  }

  #close(session: number): void {
    const closed = this.sessions.get(session);
    if (closed !== undefined) this.closedSessionIds.add(closed.sessionId);
    this.sessions.delete(session);
  }

  #intent(leaf: Extract<SessionLeaf, { kind: 'intent' }>, session: number): void {
    const open = this.sessions.get(session)!;
    this.sessions.set(session, { ...open, exchanges: Math.max(open.exchanges, leaf.exchange) });
    const { exchange, exchangeId, at, methodId, connection, job } = leaf;
    this.exchanges.set(keyOf(session, exchange), {
      session,
      exchange,
      exchangeId,
      at,
      methodId,
      connection,
      job,
      chunks: [],
      bodies: [],
      disclosed: {},
    });
  }

  #named(key: string, chunk: Chunk): void {
    const exchange = this.exchanges.get(key);
    const body = exchange?.bodies.find((one) => one.side === chunk.side);
    if (exchange === undefined || body === undefined) return;
    finishChunk(exchange, body);
    const index = exchange.chunks.findIndex((one) => one.side === chunk.side && one.offset === chunk.offset);
    if (index >= 0) exchange.chunks.splice(index, 1);
  }

  #body({ header, payload }: Frame): void {
    const exchange = this.exchanges.get(keyOf(header.session, header.exchange));
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
    body.open ??= { hash: createHash('sha256'), length: 0 };
    body.open.hash.update(payload);
    const bytes = payload.length - (begins ? SALT_BYTES : 0);
    body.open.length += bytes;
    body.length += bytes;
  }

  #disclosure({ header, payload }: Frame): void {
    const exchange = this.exchanges.get(keyOf(header.session, header.exchange));
    if (exchange === undefined) return;
    const name = /^\["[0-9a-f]{32}","(response|upstream-request)"/.exec(payload.toString('latin1', 0, 64))?.[1] as
      | 'response'
      | 'upstream-request'
      | undefined;
    if (name !== undefined) exchange.disclosed[name] = createHash('sha256').update(payload).digest('hex');
  }
}

const keyOf = (session: number, exchange: number): string => `${session}/${exchange}`;

function finishChunk(exchange: OpenExchange, body: OpenBody): void {
  if (body.open === undefined) return;
  const { hash, length } = body.open;
  exchange.chunks.push({ digest: hash.digest('hex'), length, offset: body.length - length, side: body.side, stored: 'verbatim' });
  body.chunks += 1;
  body.open = undefined;
}

function toState(exchange: OpenExchange): OpenExchangeState {
  for (const body of exchange.bodies) finishChunk(exchange, body);
  return { ...exchange, bodies: exchange.bodies.map(({ side, length, chunks, stored }) => ({ side, length, chunks, stored })) };
}
