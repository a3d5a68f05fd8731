import { hash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MemberWriter } from '../../shared/bundle/member-writer.ts';
import { copySession, type SessionFacts } from '../record/copy-session.ts';
import type { CatalogSession } from '../record/journal-catalog.ts';
import type { IndexedSegment } from '../record/segment-index.ts';
import { SOFTWARE } from '../record/software.ts';
import type { Archive } from './archive.ts';
import { fetchManifest } from './open-recording.ts';
import { putMembers } from './put-members.ts';
import { sealText } from './recording-crypt.ts';
import { manifestName, RECORDING_VERSION, type RecordingFile, type RecordingManifest, renderManifest } from './recording-manifest.ts';
import type { SubjectKey } from './subject-keys.ts';

/** How long a recording must stay, decided when it is sealed. */
export type RetentionDecision = { readonly rule: string; readonly until?: Date | undefined; readonly legalHold?: boolean | undefined };
/** What retention rules and holds look at when a session is sealed. */
export type SealFacts = {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly startedAt: string;
  readonly closedAt: string;
  readonly issuer: string;
  readonly subject: string;
  readonly connections: readonly string[];
  readonly groups: readonly string[];
  readonly content: 'full' | 'content-free';
};
export type DecideRetention = (facts: SealFacts) => RetentionDecision | Promise<RetentionDecision>;

/** `isAdopted`: it was there already, put by a process that died before it could say so. */
export type Sealed = { readonly manifest: RecordingManifest; readonly manifestSha256: string; readonly isAdopted?: boolean };

export const stagingFolder = (directory: string): string => path.join(directory, 'staging');
const kept: RetentionDecision = { rule: 'none' };

/**
 * Puts a closed session into the store: members first, the manifest last, so that a recording is there wholly or not at all. Whoever is interrupted
 * begins again; what is there already stays as it is. Throws StoreUnavailable; the journal still has everything then.
 */
export async function sealSession(
  archive: Archive,
  segments: readonly IndexedSegment[],
  session: CatalogSession,
  decide: DecideRetention = () => kept,
): Promise<Sealed> {
  const found = await fetchManifest(archive.store, session, 1);
  if (found !== undefined) return adopt(archive, found);
  const folder = path.join(stagingFolder(archive.directory), session.sessionId);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return await sealInto(archive, segments, session, folder, decide);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A recording that was put before a crash, and that nobody wrote down. */
function adopt({ index }: Archive, { manifest, text, sha256 }: { manifest: RecordingManifest; text: string; sha256: string }): Sealed {
  if (!index.isKnown(manifest.sessionId)) index.record(manifest, text, sha256);
  return { manifest, manifestSha256: sha256, isAdopted: true };
}

async function sealInto(
  archive: Archive,
  segments: readonly IndexedSegment[],
  session: CatalogSession,
  folder: string,
  decide: DecideRetention,
): Promise<Sealed> {
  const { head, identity } = session;
  if (head === undefined || identity === undefined)
    throw new Error(`Session ${session.sessionId} has no head or no identity: it is not closed`);
  const writer = new MemberWriter(folder);
  await writer.begin({ at: session.startedAt, software: SOFTWARE, sessionId: session.sessionId });
  const facts = await copySession({ segments }, session, head.leaf.size, writer);
  const members = writer.close();
  const retention = await decide(toSealFacts(session, facts));
  const key = archive.keys.findOrCreate(identity.value);
  const locks = { retainUntil: retention.until, legalHold: retention.legalHold };
  const files = await putMembers(archive, key, members, folder, locks);
  const manifest = describe(session, { ...facts, exchanges: writer.exchanges, leaves: writer.leaves }, files, key, retention);
  return await putManifest(archive, manifest, folder, locks);
}

function toSealFacts(session: CatalogSession, { connections, groups, content }: SessionFacts): SealFacts {
  const { sessionId, number, name, startedAt, lastAt: closedAt } = session;
  const { issuer, subject } = session.identity!.value;
  return { sessionId, number, name, startedAt, closedAt, issuer, subject, connections: [...connections], groups: [...groups], content };
}

type Counted = SessionFacts & { readonly exchanges: number; readonly leaves: number };

function describe(
  session: CatalogSession,
  { connections, groups, content, exchanges, leaves }: Counted,
  files: readonly RecordingFile[],
  key: SubjectKey,
  retention: RetentionDecision,
): RecordingManifest {
  const { leaf, text: head } = session.head!;
  const until = retention.until?.toISOString();
  return {
    version: RECORDING_VERSION,
    software: SOFTWARE,
    writer: leaf.writer,
    sessionId: session.sessionId,
    number: session.number,
    name: session.name,
    state: leaf.state === 'recovered' ? 'recovered' : 'closed',
    startedAt: session.startedAt,
    closedAt: session.lastAt,
    principal: { digest: session.identity!.digest, keyId: key.id, sealed: sealText(key.key, session.identity!.line) },
    connections: [...connections],
    groups: [...groups],
    content,
    retention: { rule: retention.rule, ...(until === undefined ? {} : { until }) },
    head,
    exchanges,
    leaves,
    revision: 1,
    files: [...files],
    custody: [],
  };
}

/** The last step: from here on the recording exists. */
export async function putManifest(
  { store, index }: Archive,
  manifest: RecordingManifest,
  folder: string,
  locks: { readonly retainUntil?: Date | undefined; readonly legalHold?: boolean | undefined },
): Promise<Sealed> {
  const bytes = renderManifest(manifest);
  const file = path.join(folder, 'manifest');
  writeFileSync(file, bytes, { mode: 0o600 });
  await store.put(manifestName(manifest, manifest.revision), file, locks);
  const manifestSha256 = hash('sha256', bytes, 'hex');
  index.record(manifest, bytes.toString('utf8'), manifestSha256);
  return { manifest, manifestSha256 };
}
