import { MAX_LEAF_BYTES, type SessionLeaf } from '../../shared/bundle/format.ts';
import { NO_HASH, TreeHead } from '../../shared/bundle/merkle-tree.ts';
import type { RecordClock } from './clock.ts';
import { frameTypes } from './frame.ts';
import type { Journal } from './journal.ts';
import { leafText } from './leaf-text.ts';
import { IntentTooLarge } from './record-errors.ts';
import type { PrincipalInput } from './record-input.ts';
import type { Salts } from './salts.ts';

const KEPT_IDENTITIES = 200;

/** What a segment must know of a session that is open where it begins. */
export type SessionState = {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly openedAt: string;
  readonly identityDigest: string;
  readonly seq: number;
  readonly prev: string;
  readonly border: readonly string[];
  readonly exchanges: number;
  /** Exchanges that ended and whose column digests are still to come. */
  readonly columnsDue: number;
};

/** Everything of a leaf but its place in the chain, keys in canonical order around `chain`. */
export type LeafBuilder = (chain: {
  readonly at: string;
  readonly monoUs: number;
  readonly prev: string;
  readonly seq: number;
}) => SessionLeaf;

/** One session: a chain of leaves under one growing tree. */
export class SessionLog {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly openedAt: string;
  readonly identityDigest: string;
  readonly tree: TreeHead;
  exchanges: number;
  openExchanges = 0;
  columnsDue: number;
  /** Whether leaves were added since the head last entered the writer log. */
  hasNews = true;
  isClosing = false;
  #prev: string;
  readonly #journal: Journal;
  readonly #clock: RecordClock;
  readonly #salts: Salts;
  readonly #identities = new Map<string, string>();
  #lastPrincipal: PrincipalInput | undefined;
  #lastIdentity = '';

  constructor(state: SessionState, journal: Journal, clock: RecordClock, salts: Salts) {
    this.sessionId = state.sessionId;
    this.number = state.number;
    this.name = state.name;
    this.openedAt = state.openedAt;
    this.identityDigest = state.identityDigest;
    this.exchanges = state.exchanges;
    this.columnsDue = state.columnsDue;
    this.tree = new TreeHead(state.seq, state.border);
    this.#prev = state.prev;
    this.#journal = journal;
    this.#clock = clock;
    this.#salts = salts;
  }

  append(exchange: number, build: LeafBuilder, flags = 0): void {
    const { at, monoUs } = this.#clock.stamp();
    const text = leafText(build({ at, monoUs, prev: this.#prev, seq: this.tree.size }));
    if (text.length > MAX_LEAF_BYTES / 3 && Buffer.byteLength(text) > MAX_LEAF_BYTES) throw new IntentTooLarge(Buffer.byteLength(text));
    this.#prev = this.#journal.queue.leaf(frameTypes.leaf, this.number, exchange, text, flags);
    this.tree.append(this.#prev);
    this.hasNews = true;
  }

  /** Returns the digest that a leaf names. */
  disclose(exchange: number, name: string, value: unknown): string {
    return discloseInto(this.#journal, this.#salts, this.number, exchange, name, value);
  }

  /** The same identity again yields the same digest: who is written once, not with every exchange. */
  discloseIdentity(principal: PrincipalInput): string {
    if (principal === this.#lastPrincipal) return this.#lastIdentity;
    this.#lastPrincipal = principal;
    this.#lastIdentity = this.#discloseOnce(toIdentity(principal));
    return this.#lastIdentity;
  }

  #discloseOnce(identity: object): string {
    const key = JSON.stringify(identity);
    const known = this.#identities.get(key);
    if (known !== undefined) return known;
    const digest = this.disclose(0, 'identity', identity);
    if (this.#identities.size < KEPT_IDENTITIES) this.#identities.set(key, digest);
    return digest;
  }

  state(): SessionState {
    return {
      sessionId: this.sessionId,
      number: this.number,
      name: this.name,
      openedAt: this.openedAt,
      identityDigest: this.identityDigest,
      seq: this.tree.size,
      prev: this.#prev,
      border: this.tree.border,
      exchanges: this.exchanges,
      columnsDue: this.columnsDue,
    };
  }
}

function toIdentity({ kind, issuer, subject, email, name, groups = [], actChain = [], tool }: PrincipalInput) {
  return { kind, issuer, subject, email, name, groups, actChain, tool };
}

export function discloseInto(journal: Journal, salts: Salts, session: number, exchange: number, name: string, value: unknown): string {
  const text = `["${salts().toString('hex')}","${name}",${JSON.stringify(value)}]`;
  return journal.queue.text(frameTypes.disclosure, session, exchange, text);
}

export const emptySession = { seq: 0, prev: NO_HASH, border: [], exchanges: 0, columnsDue: 0 } as const;
