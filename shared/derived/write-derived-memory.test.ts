import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { anAnswer } from '../bundle/testing/evidence-story.ts';
import { BundlePlanner, writePlan } from '../bundle/testing/plan-bundle.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-tables-memory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = path.join(import.meta.dirname, 'testing', 'tables-child.ts');

/** Statements of 2 KB, which tables hold twice, and answers of as much. MB. */
async function peakOf(exchanges: number): Promise<number> {
  const planner = new BundlePlanner(`${exchanges}`);
  for (let number = 0; number < exchanges; number += 1) {
    const text = randomBytes(1_024).toString('hex');
    const bytes = anAnswer([[text, `${number}`, '1']]);
    planner.exchange({ sql: `SELECT '${text}'`, bodies: [{ side: 'response', stored: 'verbatim', bytes }] });
  }
  const [bundle, tables] = [path.join(folder, `${exchanges}.wacz`), path.join(folder, `${exchanges}`)];
  await writePlan(planner.close(), bundle);
  mkdirSync(tables);
  const { stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, bundle, tables], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return Number(stdout);
}

test('the tables of a longer session take little more memory than those of a short one', { timeout: 240_000 }, async () => {
  const [small, large] = [await peakOf(2_000), await peakOf(12_000)];
  // Tables and rows of the 10,000 that are more have 80 MB.
  expect(large - small).toBeLessThan(128);
});
