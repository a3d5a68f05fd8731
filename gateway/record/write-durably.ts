import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { syncDirectoryNow } from './segment-file.ts';

/** JSON under its name whole or not at all, mode 0600. */
export function writeDurably(file: string, value: unknown): void {
  const draft = `${file}.draft`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, `${JSON.stringify(value, undefined, 2)}\n`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
  syncDirectoryNow(path.dirname(file));
}
