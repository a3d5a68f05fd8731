import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateJournal } from '../archive/testing/generate-journal.ts';
import { aDirectory } from './testing/an-exchange.ts';

const script = path.join(import.meta.dirname, 'testing', 'export-child.ts');

async function memoryOf(exchanges: number): Promise<{ readonly usedMb: number; readonly peakMb: number }> {
  const { directory, remove } = aDirectory();
  try {
    await generateJournal(directory, exchanges);
    const { stdout, stderr } = spawnSync(process.execPath, [script, directory, path.join(directory, 'out.wacz')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  } finally {
    remove();
  }
}

test('an export of six times the exchanges needs no more memory', { timeout: 240_000 }, async () => {
  const [small, large] = [await memoryOf(6_000), await memoryOf(36_000)];
  expect(large.usedMb / small.usedMb).toBeLessThan(1.05);
  expect(large.peakMb / small.peakMb).toBeLessThan(1.2);
  // With garbage that waits to be collected, and native memory.
  expect(large.peakMb - small.peakMb).toBeLessThan(100);
});
