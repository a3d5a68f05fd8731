import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { formatJsonSchema } from './format-schema.ts';
import { compareVerifiers, forger, summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { createRandom } from './testing/create-random.ts';
import { verifyBundle } from './verify-bundle.ts';

const golden = ['v2/nightly', 'v2/crashed', 'v1/nightly', 'v1/crashed'].map((name) =>
  path.join(import.meta.dirname, `../../fixtures/bundles/${name}.wacz`),
);
const pinnedKeys = [goldenWriterKey.text, goldenExporterKey.text, forger.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-python-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the JSON Schema that verify.py reads is the format', () => {
  const written = JSON.parse(readFileSync(path.join(import.meta.dirname, 'format.schema.json'), 'utf8'));
  expect(written).toEqual(formatJsonSchema());
});

test('the Python verifier comes to the same verdicts on the golden bundles, with and without their keys', async () => {
  for (const keys of [pinnedKeys, []]) {
    const python = verifyInPython(golden, keys);
    for (const file of golden) expect(summaryOf(python.get(file)!)).toBe(summaryOf(await verifyBundle(file, { pinnedKeys: keys })));
  }
});

// The same with thousands of runs: e2e/fuzz/bundles.ts
test.each([
  [1, golden[0]!],
  [2, golden[1]!],
  [3, golden[1]!],
])(
  'two verifiers, one judgement on damaged and forged bundles (seed %i)',
  async (seed, source) => {
    const { sound, disagreements } = await compareVerifiers(source, folder, 100, createRandom(seed), pinnedKeys);
    expect(sound).toEqual([]);
    expect(disagreements).toEqual([]);
  },
  120_000,
);
