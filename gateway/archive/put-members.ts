import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { MemberFile } from '../../shared/bundle/member-writer.ts';
import type { PutOptions } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';
import { deriveDataKey, encrypt, wrapDataKey } from './recording-crypt.ts';
import { ENCRYPTION_SCHEME, objectName, type RecordingFile } from './recording-manifest.ts';
import type { SubjectKey } from './subject-keys.ts';

const READ_BYTES = 1_048_576;

/** Encrypts each member into the store, content-addressed, and deletes its clear file. Doing it again changes nothing. */
export async function putMembers(
  archive: Archive,
  key: SubjectKey,
  members: readonly MemberFile[],
  folder: string,
  options: PutOptions,
): Promise<RecordingFile[]> {
  const files: RecordingFile[] = [];
  for (const member of members) {
    const draft = path.join(folder, 'encrypted');
    const dataKey = deriveDataKey(key.key, member.sha256);
    const { sha256, stored } = await encryptFile(member, draft, dataKey);
    rmSync(member.file);
    const object = objectName(sha256);
    archive.index.announce([object]);
    await archive.store.put(object, draft, options);
    rmSync(draft);
    files.push({
      path: member.path,
      sha256: member.sha256,
      bytes: member.bytes,
      object,
      stored,
      encryption: { scheme: ENCRYPTION_SCHEME, wrappedKey: wrapDataKey(key.key, dataKey) },
    });
  }
  return files;
}

async function encryptFile(member: MemberFile, to: string, dataKey: Buffer): Promise<{ sha256: string; stored: number }> {
  const digest = createHash('sha256');
  let stored = 0;
  const target = await open(to, 'w', 0o600);
  try {
    for await (const segment of encrypt(createReadStream(member.file, { highWaterMark: READ_BYTES }), member.bytes, dataKey)) {
      digest.update(segment);
      stored += segment.length;
      await target.writeFile(segment);
    }
  } finally {
    await target.close();
  }
  return { sha256: digest.digest('hex'), stored };
}
