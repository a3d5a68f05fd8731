import { hash } from 'node:crypto';
import {
  type DisclosureValue,
  disclosureSchema,
  type SessionHead,
  sessionLeafSchema,
  writerLeafSchema,
} from '../../shared/bundle/format.ts';
import { leafHash } from '../../shared/bundle/merkle-tree.ts';
import { frameTypes } from './frame.ts';
import { markOf } from './inspect-segment.ts';
import { listSegments } from './list-segments.ts';
import { type Frame, readFrames } from './read-frames.ts';

export type CatalogSession = {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly principal: DisclosureValue<'session-identity'> | undefined;
  readonly firstSegment: number;
  lastSegment: number;
  exchanges: number;
  lastAt: string;
  /** The newest head in the writer log, its text and its place there. */
  head: { readonly leaf: SessionHead; readonly text: string } | undefined;
};

/** `upTo`: no byte after it is known to be durable. */
export type CatalogSegment = { readonly file: string; readonly upTo: number };

/** What a journal holds, as far as it is durable. Reading it disturbs no writer. */
export type JournalCatalog = {
  readonly segments: readonly CatalogSegment[];
  readonly sessions: ReadonlyMap<number, CatalogSession>;
  /** Leaf hashes of the writer log, in order. */
  readonly writerLog: readonly string[];
  /** The newest signed checkpoint. */
  readonly checkpoint: string | undefined;
};

type Draft = {
  segments: CatalogSegment[];
  sessions: Map<number, CatalogSession>;
  writerLog: string[];
  checkpoint: string | undefined;
  /** Whose sessions they are, by the digest that their openings name. */
  identities: Map<string, DisclosureValue<'session-identity'>>;
};

export function readCatalog(directory: string): JournalCatalog {
  const catalog: Draft = { segments: [], sessions: new Map(), writerLog: [], checkpoint: undefined, identities: new Map() };
  listSegments(directory).forEach((file, index) => {
    const upTo = durableEnd(file);
    for (const frame of readFrames(file, { bodies: 'skip', upTo })) take(catalog, frame, index);
    catalog.segments.push({ file, upTo });
  });
  return catalog;
}

/** Sealed segments are durable to their end, the one being written up to its newest mark. */
function durableEnd(file: string): number {
  const frames = readFrames(file, { bodies: 'skip' });
  let mark = 0;
  for (;;) {
    const step = frames.next();
    if (step.done) return step.value.isSealed ? step.value.offset : mark;
    if (step.value.header.type === frameTypes.mark) mark = markOf(step.value);
  }
}

function take(catalog: Draft, frame: Frame, segment: number): void {
  const { type } = frame.header;
  if (type === frameTypes.writerLeaf) takeWriterLeaf(catalog, frame.payload);
  else if (type === frameTypes.checkpoint) catalog.checkpoint = frame.payload.toString('utf8');
  else if (type === frameTypes.leaf) takeLeaf(catalog, frame, segment);
  else if (type === frameTypes.disclosure && frame.header.exchange === 0) takeIdentity(catalog, frame.payload);
}

function takeIdentity(catalog: Draft, payload: Buffer): void {
  if (!payload.toString('latin1', 0, 64).includes('"session-identity"')) return;
  const [, name, value] = disclosureSchema.parse(JSON.parse(payload.toString('utf8')));
  if (name === 'session-identity') catalog.identities.set(hash('sha256', payload, 'hex'), value);
}

function takeWriterLeaf(catalog: Draft, payload: Buffer): void {
  const text = payload.toString('utf8');
  const leaf = writerLeafSchema.parse(JSON.parse(text));
  catalog.writerLog.push(leafHash(payload));
  const session = leaf.kind === 'session-head' ? catalog.sessions.get(leaf.number) : undefined;
  if (session !== undefined && leaf.kind === 'session-head') session.head = { leaf, text };
}

function takeLeaf(catalog: Draft, { header, payload }: Frame, segment: number): void {
  const session = catalog.sessions.get(header.session) ?? openSession(catalog, payload, segment);
  if (session === undefined) return;
  session.lastSegment = segment;
  session.exchanges = Math.max(session.exchanges, header.exchange);
  session.lastAt = atOf(payload) ?? session.lastAt;
}

/** Every leaf begins with its time: `{"at":"…"` comes first, or right after `approval`. */
const atOf = (payload: Buffer): string | undefined =>
  /^\{(?:"approval":\{[^}]*\},)?"at":"([^"]+)"/.exec(payload.toString('latin1', 0, 512))?.[1];

function openSession(catalog: Draft, payload: Buffer, segment: number): CatalogSession | undefined {
  const leaf = sessionLeafSchema.parse(JSON.parse(payload.toString('utf8')));
  if (leaf.kind !== 'session-open') return undefined;
  const session: CatalogSession = {
    number: leaf.number,
    sessionId: leaf.sessionId,
    name: leaf.name,
    startedAt: leaf.startedAt,
    principal: catalog.identities.get(leaf.disclosed['session-identity']),
    firstSegment: segment,
    lastSegment: segment,
    exchanges: 0,
    lastAt: leaf.at,
    head: undefined,
  };
  catalog.sessions.set(leaf.number, session);
  return session;
}
