import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { syncDirectoryNow } from './sync-directory.ts';

/** The file holds the old text or the new one, whatever happens; the new one for good when this returns. Mode 0600. */
export function writeDurably(file: string, text: string | Uint8Array): void {
  const draft = writeDraft(file, text);
  renameSync(draft, file);
  syncDirectoryNow(path.dirname(file));
}

/** The same for a file that is made once: a crash leaves a whole one or none, and who comes second, in whatever process or thread, changes nothing. */
export function createDurably(file: string, text: string | Uint8Array): void {
  const draft = writeDraft(file, text);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncDirectoryNow(path.dirname(file));
}

/** Gone for good when this returns; nothing happens where it is gone already. */
export function removeDurably(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  syncDirectoryNow(path.dirname(file));
}

function writeDraft(file: string, text: string | Uint8Array): string {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  const fd = openSync(draft, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return draft;
}
