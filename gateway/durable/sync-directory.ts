import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** A new name in a directory is durable only after the directory itself was synced. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same where nothing else may happen meanwhile: at the start, and where a file of a few lines is written. */
export function syncDirectoryNow(directory: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Makes the directory, whose name is then durable as well. One that is there already may have been made by a process that did not live to
 * sync the name. Only for the start.
 */
export function ensureDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 }) ?? directory;
  for (let at = directory; ; at = path.dirname(at)) {
    syncDirectoryNow(path.dirname(at));
    if (at === first || at === path.dirname(at)) return;
  }
}
