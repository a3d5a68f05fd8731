import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { createCaseDirectory } from './case-directory.ts';

it('removes what dead engines left, and nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'steno-directory-test-'));
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  for (const name of [`steno-case-${dead}-abc`, `steno-case-${process.pid}-mine`, 'steno-case-notes', 'other']) mkdirSync(join(root, name));
  const made = await createCaseDirectory(root);
  expect(readdirSync(root).sort()).toEqual([`steno-case-${process.pid}-mine`, basename(made), 'steno-case-notes', 'other'].sort());
  rmSync(root, { recursive: true });
});
