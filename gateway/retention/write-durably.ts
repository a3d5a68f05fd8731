import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectoryNow } from '../record/segment-file.ts';

/** The file holds the old text or the new one, whatever happens; the new one for good when this returns. Readable by the gateway's user only. */
export function writeDurably(file: string, text: string | Uint8Array): void {
  const draft = `${file}.${process.pid}.new`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
  syncDirectoryNow(dirname(file));
}

/** Gone for good when this returns; nothing happens where it is gone already. */
export function removeDurably(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  syncDirectoryNow(dirname(file));
}
