import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generateJournal } from '../archive/testing/generate-journal.ts';
import { aDirectory } from './testing/an-exchange.ts';

const script = path.join(import.meta.dirname, 'testing', 'export-child.ts');

/** MB. */
async function peakOf(exchanges: number): Promise<number> {
  const { directory, remove } = aDirectory();
  try {
    await generateJournal(directory, exchanges);
    const { stdout, stderr } = spawnSync(process.execPath, [script, directory, path.join(directory, 'out.wacz')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return Number(stdout);
  } finally {
    remove();
  }
}

test('an export of six times the exchanges needs no more memory', { timeout: 120_000 }, async () => {
  const [small, large] = [await peakOf(2_000), await peakOf(12_000)];
  expect(large / small).toBeLessThan(1.2);
});
