import { type DisclosureValue, type SessionHead, writerLeafSchema } from '../../shared/bundle/format.ts';
import { ArchiveIndex, type IndexedRecording, type RetiredSegment } from '../archive/archive-index.ts';
import { identityOf } from '../archive/recording-identity.ts';
import { SubjectKeys } from '../archive/subject-keys.ts';
import { listSegments } from './list-segments.ts';
import { type IndexedSegment, indexSegment } from './segment-index.ts';
import type { SessionIdentity, SessionInSegment } from './segment-scan.ts';

export type CatalogSession = {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  readonly startedAt: string;
  /** `undefined`: erased. */
  readonly identity: SessionIdentity | undefined;
  readonly principal: DisclosureValue<'session-identity'> | undefined;
  readonly exchanges: number;
  readonly lastAt: string;
  /** The newest head in the writer log, its text and its place there. */
  readonly head: { readonly leaf: SessionHead; readonly text: string } | undefined;
  /** Where it is sealed: what counts then, whatever the journal still has. */
  readonly recording: IndexedRecording | undefined;
};

/** What a data directory holds, journal and archive as one, as far as it is durable. Reading it disturbs no writer. */
export type JournalCatalog = {
  /** Of the journal, in the order of writing. */
  readonly segments: readonly IndexedSegment[];
  /** By number, in order. */
  readonly sessions: ReadonlyMap<number, CatalogSession>;
  /** By id, or the newest of this name, or `latest`: without looking at all the others. */
  find(wanted: string): CatalogSession | undefined;
  /** Leaf hashes of the writer log, in order, from the first that was ever written. */
  readonly writerLog: readonly string[];
  /** The newest signed checkpoint. */
  readonly checkpoint: string | undefined;
};

export function readCatalog(directory: string): JournalCatalog {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return joinCatalog(directory, listSegments(directory).map(indexSegment));
    } catch (error) {
      // A segment was retired while we read: what it held is in the archive now.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

/** The archive is read after the journal: what leaves the one is in the other by then. Sessions are read when somebody asks for them. */
export function joinCatalog(directory: string, segments: readonly IndexedSegment[]): JournalCatalog {
  const retired = withIndex(directory, (index) => index?.retired() ?? []);
  checkCoverage(segments, retired);
  const keys = new SubjectKeys(directory);
  let sessions: ReadonlyMap<number, CatalogSession> | undefined;
  return {
    segments,
    get sessions() {
      sessions ??= withIndex(directory, (index) => joinSessions(segments, index, keys));
      return sessions;
    },
    find: (wanted) => withIndex(directory, (index) => findSession(segments, index, keys, wanted)),
    checkpoint: segments.findLast(({ facts }) => facts.checkpoint !== undefined)?.facts.checkpoint ?? retired.at(-1)?.checkpoint,
    get writerLog() {
      return joinLog(segments, retired);
    },
  };
}

function withIndex<Value>(directory: string, action: (index: ArchiveIndex | undefined) => Value): Value {
  const index = ArchiveIndex.openExisting(directory);
  try {
    return action(index);
  } finally {
    index?.close();
  }
}

/** By id, else the newest of this name, else the newest of all for `latest`; sealed before journal, since redactions are there. */
function findSession(
  segments: readonly IndexedSegment[],
  index: ArchiveIndex | undefined,
  keys: SubjectKeys,
  wanted: string,
): CatalogSession | undefined {
  const inJournal = [...journalSessions(segments).values()].filter(
    ({ number }) => index?.byNumber(number) === undefined && index?.isDeleted(number) !== true,
  );
  const newest = (journal: CatalogSession | undefined, recording: IndexedRecording | undefined): CatalogSession | undefined =>
    recording === undefined || (journal !== undefined && journal.number > recording.manifest.number)
      ? journal
      : new SealedSession(recording, keys);
  const byId = newest(
    inJournal.find(({ sessionId }) => sessionId === wanted),
    index?.byId(wanted),
  );
  const byName =
    byId ??
    newest(
      inJournal.findLast(({ name }) => name === wanted),
      index?.byName(wanted),
    );
  return byName ?? (wanted === 'latest' ? newest(inJournal.at(-1), index?.newest()) : undefined);
}

function joinSessions(
  segments: readonly IndexedSegment[],
  index: ArchiveIndex | undefined,
  keys: SubjectKeys,
): ReadonlyMap<number, CatalogSession> {
  const sessions = new Map<number, CatalogSession>();
  for (const recording of index?.all() ?? []) sessions.set(recording.manifest.number, new SealedSession(recording, keys));
  const gone = index?.deletedNumbers() ?? new Set();
  for (const session of journalSessions(segments).values())
    if (!sessions.has(session.number) && !gone.has(session.number)) sessions.set(session.number, session);
  return new Map([...sessions].sort(([a], [b]) => a - b));
}

/** By number: the sessions that begin in these segments, whatever the archive knows of them. */
export function journalSessions(segments: readonly IndexedSegment[]): ReadonlyMap<number, CatalogSession> {
  const sessions = new Map<number, JournalSession>();
  for (const { facts } of segments) {
    for (const part of facts.sessions.values()) {
      const known = sessions.get(part.number);
      if (known !== undefined) known.goOn(part);
      else if (part.opening !== undefined) sessions.set(part.number, new JournalSession(part, part.opening));
    }
  }
  return sessions;
}

/** Throws when something was retired that the archive does not know: a list without it would be a lie. */
function checkCoverage(segments: readonly IndexedSegment[], retired: readonly RetiredSegment[]): void {
  const kept = segments[0]?.facts.logFirst ?? 0;
  let known = 0;
  for (const { first, entries } of retired) if (first === known) known += entries;
  if (known < kept)
    throw new Error(
      `The journal begins at entry ${kept} of its log, and archive.db knows what was before only up to entry ${known}: start the gateway, which makes it again from the log and the store.`,
    );
}

function joinLog(segments: readonly IndexedSegment[], retired: readonly RetiredSegment[]): string[] {
  const kept = segments[0]?.facts.logFirst ?? Number.POSITIVE_INFINITY;
  const log: string[] = [];
  for (const { first, entries, hashes } of retired) {
    if (first !== log.length || first >= kept) continue;
    for (let index = 0; index < entries; index += 1) log.push(hashes.toString('hex', index * 32, index * 32 + 32));
  }
  for (const { facts } of segments) for (const hash of facts.logHashes) log.push(hash);
  return log;
}

/** As the journal tells it, segment by segment. */
class JournalSession implements CatalogSession {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly identity: SessionIdentity | undefined;
  readonly recording = undefined;
  exchanges = 0;
  lastAt = '';
  head: CatalogSession['head'];

  constructor(part: SessionInSegment, opening: NonNullable<SessionInSegment['opening']>) {
    this.number = part.number;
    this.sessionId = opening.sessionId;
    this.name = opening.name;
    this.startedAt = opening.startedAt;
    this.identity = opening.identity;
    this.goOn(part);
  }

  get principal(): DisclosureValue<'session-identity'> | undefined {
    return this.identity?.value;
  }

  goOn({ exchanges, lastAt, head }: SessionInSegment): void {
    this.exchanges = Math.max(this.exchanges, exchanges);
    if (lastAt > this.lastAt) this.lastAt = lastAt;
    if (head !== undefined) this.head = toHead(head);
  }
}

/** As its manifest tells it. Whose it is takes the subject's key: asked for only when somebody wants to know. */
class SealedSession implements CatalogSession {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly exchanges: number;
  readonly lastAt: string;
  readonly recording: IndexedRecording;
  readonly #keys: SubjectKeys;

  constructor(recording: IndexedRecording, keys: SubjectKeys) {
    const { manifest } = recording;
    this.number = manifest.number;
    this.sessionId = manifest.sessionId;
    this.name = manifest.name;
    this.startedAt = manifest.startedAt;
    this.exchanges = manifest.exchanges;
    this.lastAt = manifest.closedAt;
    this.recording = recording;
    this.#keys = keys;
  }

  get head(): CatalogSession['head'] {
    return toHead(this.recording.manifest.head);
  }

  get identity(): SessionIdentity | undefined {
    return identityOf(this.recording.manifest, this.#keys);
  }

  get principal(): DisclosureValue<'session-identity'> | undefined {
    return this.identity?.value;
  }
}

function toHead(text: string): CatalogSession['head'] {
  const leaf = writerLeafSchema.parse(JSON.parse(text));
  return leaf.kind === 'session-head' ? { leaf, text } : undefined;
}
