import { hash } from 'node:crypto';
import {
  type DisclosureValue,
  disclosureSchema,
  sessionLeafSchema,
  type WriterLeaf,
  writerLeafSchema,
} from '../../shared/bundle/format.ts';
import { leafHash } from '../../shared/bundle/merkle-tree.ts';
import { frameTypes, HEADER_BYTES } from './frame.ts';
import type { Frame } from './read-frames.ts';

export type SessionIdentity = { readonly line: string; readonly digest: string; readonly value: DisclosureValue<'session-identity'> };

/** What a segment tells of a session. */
export type SessionInSegment = {
  readonly number: number;
  /** Only where it begins in this segment. */
  opening?: { readonly sessionId: string; readonly name: string; readonly startedAt: string; readonly identity?: SessionIdentity };
  exchanges: number;
  lastAt: string;
  /** Text of the newest head in the writer log. */
  head?: string;
};

/** What a segment holds besides bodies, as far as it was read. */
export type SegmentFacts = {
  /** Place in the writer log of the first entry here, and the leaf hashes of all. */
  logFirst: number;
  readonly logHashes: string[];
  checkpoint: string | undefined;
  readonly sessions: Map<number, SessionInSegment>;
  /** Entries that say a session was sealed, a segment retired. */
  readonly archived: { readonly sessionId: string; readonly revision: number }[];
  readonly retired: string[];
};

/** Ranges of a session's frames that are nearer to each other than this are one. */
const GAP_BYTES = 4_096;

/** Follows a segment and keeps, for each session, what a list of sessions tells and where its frames lie. */
export class SegmentScan {
  readonly facts: SegmentFacts;
  /** By session: from, to, from, to … in bytes of the segment. */
  readonly ranges = new Map<number, number[]>();
  readonly #identities = new Map<string, SessionIdentity>();

  /** `logFirst`: entries of the writer log before this segment. */
  constructor(logFirst: number) {
    this.facts = { logFirst, logHashes: [], checkpoint: undefined, sessions: new Map(), archived: [], retired: [] };
  }

  take(frame: Frame): void {
    const { type, session } = frame.header;
    if (session > 0) this.#locate(frame);
    if (type === frameTypes.writerLeaf) this.#writerLeaf(frame.payload);
    else if (type === frameTypes.checkpoint) this.facts.checkpoint = frame.payload.toString('utf8');
    else if (type === frameTypes.leaf) this.#leaf(frame);
    else if (type === frameTypes.disclosure && frame.header.exchange === 0) this.#identity(frame.payload);
  }

  #locate({ header, offset }: Frame): void {
    // A segment may hold nothing of a session but a piece of a body: it counts all the same.
    this.#session(header.session);
    const end = offset + HEADER_BYTES + header.length;
    const ranges = this.ranges.get(header.session);
    if (ranges === undefined) this.ranges.set(header.session, [offset, end]);
    else if (offset - ranges.at(-1)! < GAP_BYTES) ranges[ranges.length - 1] = end;
    else ranges.push(offset, end);
  }

  #identity(payload: Buffer): void {
    if (!payload.toString('latin1', 0, 64).includes('"session-identity"')) return;
    const line = payload.toString('utf8');
    const [, name, value] = disclosureSchema.parse(JSON.parse(line));
    const digest = hash('sha256', payload, 'hex');
    if (name === 'session-identity') this.#identities.set(digest, { line, digest, value });
  }

  #writerLeaf(payload: Buffer): void {
    const text = payload.toString('utf8');
    const leaf: WriterLeaf = writerLeafSchema.parse(JSON.parse(text));
    this.facts.logHashes.push(leafHash(payload));
    if (leaf.kind === 'session-head') this.#session(leaf.number).head = text;
    else if (leaf.kind === 'archive') this.facts.archived.push({ sessionId: leaf.sessionId, revision: leaf.revision });
    else if (leaf.kind === 'segment-retired') this.facts.retired.push(leaf.segment);
  }

  #leaf({ header, payload }: Frame): void {
    const session = this.#session(header.session);
    if (session.lastAt === '' && payload.indexOf('"kind":"session-open"') >= 0) this.#begin(session, payload);
    session.exchanges = Math.max(session.exchanges, header.exchange);
    session.lastAt = atOf(payload) ?? session.lastAt;
  }

  #begin(session: SessionInSegment, payload: Buffer): void {
    const leaf = sessionLeafSchema.parse(JSON.parse(payload.toString('utf8')));
    if (leaf.kind !== 'session-open') return;
    const { sessionId, name, startedAt, disclosed } = leaf;
    const identity = this.#identities.get(disclosed['session-identity']);
    this.#identities.delete(disclosed['session-identity']);
    session.opening = { sessionId, name, startedAt, ...(identity === undefined ? {} : { identity }) };
  }

  #session(number: number): SessionInSegment {
    const known = this.facts.sessions.get(number);
    if (known !== undefined) return known;
    const session: SessionInSegment = { number, exchanges: 0, lastAt: '' };
    this.facts.sessions.set(number, session);
    return session;
  }
}

/** Every leaf begins with its time: `{"at":"…"` comes first, or right after `approval`. */
const atOf = (payload: Buffer): string | undefined =>
  /^\{(?:"approval":\{[^}]*\},)?"at":"([^"]+)"/.exec(payload.toString('latin1', 0, 512))?.[1];
