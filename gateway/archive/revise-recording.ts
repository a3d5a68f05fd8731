import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bundlePaths, olderPaths } from '../../shared/bundle/format.ts';
import type { MemberFile } from '../../shared/bundle/member-writer.ts';
import type { EntryInput } from '../record/record-input.ts';
import type { Archive } from './archive.ts';
import { openRecording, type Recording } from './open-recording.ts';
import { putMembers } from './put-members.ts';
import { manifestName, type RecordingCustodyStep, type RecordingManifest } from './recording-manifest.ts';
import { putManifest, type Sealed, stagingFolder } from './seal-session.ts';
import { sweepNames } from './sweep-names.ts';

export type Revision = {
  /**
   * Writes the members that change into files of `folder` (empty, deleted afterwards) and returns them; members of the recording that it does not
   * return stay as they are.
   */
  readonly rebuild: (recording: Recording, folder: string) => Promise<readonly MemberFile[]>;
  readonly custody: RecordingCustodyStep;
  /** What else the manifest says now. */
  readonly change?: Partial<Pick<RecordingManifest, 'retention' | 'content'>> | undefined;
  /** Enters it into the writer log, once the new revision is durable and before the old one goes: the recorder's `enter`. */
  readonly enter: (entry: EntryInput) => Promise<unknown>;
};

export type Revised = Sealed & {
  /** Names that could not be deleted yet since a retention date or a hold is on them; they go when it ends. */
  readonly locked: readonly string[];
};

/**
 * Writes the next revision of a recording, notes it in the writer log, and removes from the store what only the revision before named.
 * `undefined`: no such recording. Throws ObjectExists when somebody else wrote this revision meanwhile, RecordingShredded when the recording was erased.
 */
export async function reviseRecording(archive: Archive, sessionId: string, revision: Revision): Promise<Revised | undefined> {
  const recording = openRecording(archive, sessionId);
  const before = archive.index.byId(sessionId);
  if (recording === undefined || before === undefined) return undefined;
  const folder = path.join(stagingFolder(archive.directory), `${sessionId}-${before.manifest.revision + 1}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const rebuilt = await revision.rebuild(recording, folder);
    const sealed = await putRevision(archive, recording, before, rebuilt, revision, folder);
    const { number, revision: next } = sealed.manifest;
    await revision.enter({ kind: 'archive', sessionId, number, revision: next, manifest: sealed.manifestSha256 });
    archive.index.markLogged(sessionId, next);
    return { ...sealed, locked: await sweepNames(archive, superseded(before.manifest, sealed.manifest)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function putRevision(
  archive: Archive,
  recording: Recording,
  { manifest, manifestSha256 }: { readonly manifest: RecordingManifest; readonly manifestSha256: string },
  rebuilt: readonly MemberFile[],
  { custody, change }: Revision,
  folder: string,
): Promise<Sealed> {
  const locks = await locksOf(archive, manifest);
  const files = await putMembers(archive, recording.key, rebuilt, folder, locks);
  const changed = new Map(files.map((file) => [file.path, file]));
  const old = manifest.files.filter((file) => !isOutlived(file, changed)).map((file) => changed.get(file.path) ?? file);
  const added = files.filter((file) => !manifest.files.some((one) => one.path === file.path));
  const next: RecordingManifest = {
    ...manifest,
    ...change,
    revision: manifest.revision + 1,
    supersedes: manifestSha256,
    files: [...old, ...added],
    custody: [...manifest.custody, custody],
  };
  // Known before it is true: a crash after the next line leaves nothing of the old revision behind, one before it takes nothing away.
  archive.index.announce(superseded(manifest, next));
  return await putManifest(archive, next, folder, locks);
}

/** Of a recording that an older release sealed: its index names records, and addresses, that the archive written anew no longer has. */
const isOutlived = ({ path: member }: { readonly path: string }, changed: ReadonlyMap<string, unknown>): boolean =>
  member === olderPaths.index && changed.has(bundlePaths.index);

/** What keeps the old revision keeps the new one. */
async function locksOf({ store }: Archive, manifest: RecordingManifest) {
  const facts = await store.head(manifestName(manifest, manifest.revision));
  return { retainUntil: facts?.retainUntil, legalHold: facts?.legalHold };
}

/** What only the revision before named. */
export function superseded(before: RecordingManifest, after: RecordingManifest): string[] {
  const kept = new Set(after.files.map((file) => file.object));
  const gone = before.files.map((file) => file.object).filter((object) => !kept.has(object));
  return [...gone, manifestName(before, before.revision)];
}
