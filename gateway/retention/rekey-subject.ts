import { createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MemberFile } from '../../shared/bundle/member-writer.ts';
import type { IndexedRecording } from '../archive/archive-index.ts';
import { openManifest } from '../archive/open-recording.ts';
import { putMembers } from '../archive/put-members.ts';
import { sealText } from '../archive/recording-crypt.ts';
import { identityOf } from '../archive/recording-identity.ts';
import { manifestName, type RecordingManifest } from '../archive/recording-manifest.ts';
import { putManifest, stagingFolder } from '../archive/seal-session.ts';
import type { SubjectKey } from '../archive/subject-keys.ts';
import { sweepNames } from '../archive/sweep-names.ts';
import type { LifecycleContext } from './lifecycle-context.ts';

/**
 * Encrypts every recording of a subject under a fresh key and destroys the old one: what the store must not delete yet, nobody can read any more.
 * Every step may be done again. `oldKeyId` may be gone already. Returns how many recordings were moved.
 */
export async function rekeySubject(context: LifecycleContext, oldKeyId: string): Promise<number> {
  const { archive } = context;
  if (archive.keys.byId(oldKeyId) === undefined) return 0;
  const renewed = archive.keys.renew(oldKeyId);
  // Whoever was being sealed under the old key is in the index afterwards; later ones take the new key.
  await context.seal();
  let moved = 0;
  for (const recording of [...archive.index.all()]) {
    if (recording.manifest.principal.keyId !== oldKeyId) continue;
    await move(context, recording, renewed);
    moved += 1;
  }
  archive.keys.shredById(oldKeyId);
  return moved;
}

async function move(context: LifecycleContext, { manifest, manifestSha256 }: IndexedRecording, key: SubjectKey): Promise<void> {
  const { archive, recorder } = context;
  const folder = join(stagingFolder(archive.directory), `rekey-${manifest.sessionId}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const recording = openManifest(manifest, archive.store, archive.keys);
    const facts = await archive.store.head(manifestName(manifest, manifest.revision));
    const locks = { retainUntil: facts?.retainUntil, legalHold: facts?.legalHold };
    const members: MemberFile[] = [];
    for (const [index, { path, bytes, sha256 }] of manifest.files.entries()) {
      const file = join(folder, `member-${index}`);
      await pipeline(recording.read(path), createWriteStream(file, { mode: 0o600 }));
      members.push({ path, file, bytes, sha256 });
    }
    // After a crash they are swept unless the newest revision still names them.
    archive.index.announce(manifest.files.map((file) => file.object));
    const files = await putMembers(archive, key, members, folder, locks);
    const principal = { ...manifest.principal, keyId: key.id, sealed: sealText(key.key, identityOf(manifest, archive.keys)!.line) };
    const next: RecordingManifest = { ...manifest, principal, files, revision: manifest.revision + 1, supersedes: manifestSha256 };
    const sealed = await putManifest(archive, next, folder, locks);
    const { sessionId, number, revision } = next;
    await recorder.enter({ kind: 'archive', sessionId, number, revision, manifest: sealed.manifestSha256 });
    archive.index.markLogged(sessionId, revision);
    await sweepOld(context, manifest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is locked stays announced, and goes with a later sweep. */
async function sweepOld({ archive }: LifecycleContext, manifest: RecordingManifest): Promise<void> {
  const names = [...manifest.files.map((file) => file.object), manifestName(manifest, manifest.revision)];
  archive.index.announce(names);
  await sweepNames(archive, names);
}
