import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { formatJsonSchema } from './format-schema.ts';
import { compareVerifiers, forger, summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { createRandom } from './testing/create-random.ts';
import { editIndex, forgeBundle } from './testing/forge-bundle.ts';
import { verifyBundle } from './verify-bundle.ts';

const golden = ['v3/nightly', 'v3/crashed', 'v3/redacted', 'v2/nightly', 'v2/crashed', 'v2/redacted', 'v1/nightly', 'v1/crashed'].map(
  (name) => path.join(import.meta.dirname, `../../fixtures/bundles/${name}.wacz`),
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

/** Compressed leaves name an exchange by reference to where they named it before: one bit changes intent, end and all alike. */
test.each([
  ['v1/crashed', 4_647, 6],
  ['v2/crashed', 4_662, 5],
])('an exchange whose id was changed in all its leaves is not in the archive, both say (%s)', async (name, at, bit) => {
  const bytes = readFileSync(path.join(import.meta.dirname, `../../fixtures/bundles/${name}.wacz`));
  bytes[at] = bytes[at]! ^ (1 << bit);
  const file = path.join(folder, 'renamed.wacz');
  writeFileSync(file, bytes);
  const { checks } = await verifyBundle(file, { pinnedKeys });
  expect(checks.filter(({ name: check, status }) => check === 'archive' && status === 'missing')).not.toEqual([]);
  await expectSameJudgement(file);
});

test.each(['9', '99999'])('an index that names a place behind the end of the archive is refused, both say (offset %s…)', async (digits) => {
  const file = path.join(folder, 'behind.wacz');
  for (const source of golden) {
    await forgeBundle(source, file, forger, (members) => {
      const isThird = (line: number): boolean => line % 3 === 0;
      editIndex((lines) => lines.map((line, at) => (isThird(at) ? line.replace('"offset":"', `"offset":"${digits}`) : line)))(members);
    });
    expect((await verifyBundle(file, { pinnedKeys })).verdict).toBe('not-sound');
    await expectSameJudgement(file);
  }
});

async function expectSameJudgement(file: string): Promise<void> {
  expect(summaryOf(await verifyBundle(file, { pinnedKeys }))).toBe(summaryOf(verifyInPython([file], pinnedKeys).get(file)!));
}

// The same with thousands of runs: e2e/fuzz/bundles.ts
test.each([
  [1, golden[0]!],
  [2, golden[1]!],
  [3, golden[2]!],
  [4, golden[4]!],
])(
  'two verifiers, one judgement on damaged and forged bundles (seed %i)',
  async (seed, source) => {
    const { sound, disagreements } = await compareVerifiers(source, folder, 100, createRandom(seed), pinnedKeys);
    expect(sound).toEqual([]);
    expect(disagreements).toEqual([]);
  },
  120_000,
);
