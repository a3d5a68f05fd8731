import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { bundlePaths, olderPaths } from './format.ts';
import { forger } from './testing/compare-verifiers.ts';
import { createRandom } from './testing/create-random.ts';
import { planStory } from './testing/evidence-story.ts';
import { forgeBundle } from './testing/forge-bundle.ts';
import { planForgeries } from './testing/forge-plan.ts';
import { mutateBundle } from './testing/mutate-bundle.ts';
import { planExporterKey, planWriterKey, writePlan } from './testing/plan-bundle.ts';
import type { Verification } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';

// Threads are slow to start where many tests run at once.
vi.setConfig({ testTimeout: 120_000 });

const golden = path.join(import.meta.dirname, '../../fixtures/bundles');
const pinnedKeys = [goldenWriterKey, goldenExporterKey, forger, planWriterKey, planExporterKey].map((key) => key.text);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-threads-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function inBothWays(file: string): Promise<readonly [threads: Verification, alone: Verification]> {
  return [await verifyBundle(file, { pinnedKeys, inThreads: true }), await verifyBundle(file, { pinnedKeys, inThreads: false })];
}

test.each(['v1/nightly', 'v1/crashed', 'v2/nightly', 'v2/crashed', 'v2/redacted'])(
  'threads say of %s, word by word, what one says',
  async (name) => {
    const [threads, alone] = await inBothWays(path.join(golden, `${name}.wacz`));
    expect(threads).toEqual(alone);
    expect(threads.verdict).not.toBe('not-sound');
  },
);

test('threads say the same of damaged bundles, in the same order', async () => {
  const whole = readFileSync(path.join(golden, 'v2/redacted.wacz'));
  const random = createRandom(11);
  for (let run = 0; run < 6; run += 1) {
    const file = path.join(folder, `damaged-${run}.wacz`);
    writeFileSync(file, mutateBundle(whole, random).bytes);
    const [threads, alone] = await inBothWays(file);
    expect(threads).toEqual(alone);
  }
});

// Each thread by itself would find nothing wrong with it: one goes by what the other has judged.
const lies: readonly (readonly [string, string, (text: string) => string])[] = [
  ['a leaf that is not canonical', bundlePaths.leaves, (text) => text.replace('"seq":3', '"seq": 3')],
  ['a leaf with a field of its own', bundlePaths.leaves, (text) => text.replace('"kind":"end"', '"kin":1,"kind":"end"')],
  ['a value that no leaf names', bundlePaths.disclosures, (text) => `${text}["00","sql","SELECT 1"]\n`],
  ['an index that describes another place', olderPaths.index, (text) => text.replace(/"length":"\d+"/, '"length":"1"')],
];

test.each(lies)('threads find %s', async (_, member, change) => {
  const file = path.join(folder, `${member.replaceAll('/', '-')}-${Math.random()}.wacz`);
  await forgeBundle(path.join(golden, 'v2/crashed.wacz'), file, forger, (members) => {
    members.set(member, Buffer.from(change(members.get(member)!.toString('utf8'))));
  });
  const [threads, alone] = await inBothWays(file);
  expect(threads).toEqual(alone);
  expect(threads.verdict).toBe('not-sound');
});

test('threads are not told lies about what was redacted', async () => {
  const forgeries = planForgeries();
  for (const at of [0, Math.floor(forgeries.length / 3), Math.floor(forgeries.length / 2), forgeries.length - 1]) {
    const plan = planStory('everything', false);
    const leaves = [...plan.leaves];
    forgeries[at]!.forge(plan);
    const file = path.join(folder, `forgery-${at}.wacz`);
    await writePlan(plan, file, leaves);
    const [threads, alone] = await inBothWays(file);
    expect(threads).toEqual(alone);
    expect(threads.verdict).toBe('not-sound');
  }
});
