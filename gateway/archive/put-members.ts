import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { MemberFile } from '../../shared/bundle/member-writer.ts';
import { readBlocks } from '../store/durable-file.ts';
import type { PutOptions } from '../store/recording-store.ts';
import type { Archive } from './archive.ts';
import { deriveDataKey, encrypt, wrapDataKey } from './recording-crypt.ts';
import { ENCRYPTION_SCHEME, objectName, type RecordingFile } from './recording-manifest.ts';
import type { SubjectKey } from './subject-keys.ts';

/** Encrypts each member into the store, content-addressed, and deletes its clear file. Doing it again changes nothing. */
export async function putMembers(
  archive: Archive,
  key: SubjectKey,
  members: readonly MemberFile[],
  folder: string,
  options: PutOptions,
): Promise<RecordingFile[]> {
  const drafts: { readonly file: RecordingFile; readonly draft: string }[] = [];
  for (const [index, member] of members.entries()) {
    const draft = path.join(folder, `encrypted-${index}`);
    const file = await encryptMember(member, draft, key);
    rmSync(member.file);
    drafts.push({ file, draft });
  }
  archive.index.announce(drafts.map(({ file }) => file.object));
  // Each waits for the disk or the network: together they wait once.
  await Promise.all(drafts.map(({ file, draft }) => archive.store.put(file.object, draft, options)));
  for (const { draft } of drafts) rmSync(draft);
  return drafts.map(({ file }) => file);
}

async function encryptMember({ path: member, file, bytes, sha256 }: MemberFile, draft: string, key: SubjectKey): Promise<RecordingFile> {
  const dataKey = deriveDataKey(key.key, sha256);
  const { sha256: sha256OfStored, stored } = await encryptFile(file, bytes, draft, dataKey);
  const encryption = { scheme: ENCRYPTION_SCHEME, wrappedKey: wrapDataKey(key.key, dataKey) } as const;
  return { path: member, sha256, bytes, object: objectName(sha256OfStored), stored, encryption };
}

async function encryptFile(from: string, bytes: number, to: string, dataKey: Buffer): Promise<{ sha256: string; stored: number }> {
  const digest = createHash('sha256');
  let stored = 0;
  const source = await open(from, 'r');
  const target = await open(to, 'w', 0o600);
  try {
    for await (const segment of encrypt(readBlocks(source), bytes, dataKey)) {
      digest.update(segment);
      stored += segment.length;
      await target.writeFile(segment);
    }
  } finally {
    await target.close();
    await source.close();
  }
  return { sha256: digest.digest('hex'), stored };
}
