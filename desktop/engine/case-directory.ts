import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../shared/base/is-alive.ts';

const prefix = 'steno-case-';

/** A private folder for the tables of one case. Those of engines that were killed before they could tidy up are removed: they hold evidence. */
export async function createCaseDirectory(root = tmpdir()): Promise<string> {
  for (const name of await readdir(root).catch(() => [])) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
  }
  return mkdtemp(join(root, `${prefix}${process.pid}-`));
}
