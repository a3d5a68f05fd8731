/** A key that stands in a JSON object twice says one thing to one reader and another to the next: both verifiers refuse it, whoever signed it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePaths } from './format.ts';
import { forger, summaryOf, verifyInPython } from './testing/compare-verifiers.ts';
import { planStory } from './testing/evidence-story.ts';
import { editIndex, editLines, editText, forgeBundle } from './testing/forge-bundle.ts';
import { readMembers } from './testing/mutate-bundle.ts';
import { planExporterKey, planWriterKey, writePlan } from './testing/plan-bundle.ts';
import { rewritePlan } from './testing/rewrite-plan.ts';
import { readTrustRoot } from './trust/trust-root.ts';
import type { CheckName } from './verification.ts';
import { verifyBundle } from './verify-bundle.ts';
import { writeZip } from './write-zip.ts';

const source = path.join(import.meta.dirname, '../../fixtures/bundles/v3/nightly.wacz');
const pinnedKeys = [forger, planWriterKey, planExporterKey].map((key) => key.text);
const { leaves, salts, custody, indexBlocks, sessionHead, manifestDigest } = bundlePaths;
let file = '';
beforeAll(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'steno-twice-')), 'forged.wacz');
});
afterAll(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const twice: [string, Parameters<typeof forgeBundle>[3], Parameters<typeof forgeBundle>[4], CheckName][] = [
  ['the manifest', () => {}, { manifest: (text) => text.replace('"title":', '"title": "Another", "title":') }, 'manifest'],
  [
    'an inner object of the manifest',
    () => {},
    { manifest: (text) => text.replace('"snapshot":', '"snapshot": true, "snapshot":') },
    'manifest',
  ],
  ['the statement', () => {}, { statement: (text) => text.replace('"exportedBy":', '"exportedBy":"ann","exportedBy":') }, 'statement'],
  ['the custody log', editText(custody, '"action":', '"action":"opened","action":'), {}, 'custody'],
  ['the custody log, spelt otherwise', editText(custody, '"by":', '"b\\u0079":"ann","by":'), {}, 'custody'],
  ['a leaf', editText(leaves, '"kind":"session-open"', '"kind":"session-open","kind":"session-open"'), {}, 'leaves'],
  ['the salts', editText(salts, '"exchange":1', '"exchange":1,"exchange":1'), {}, 'archive'],
  ['the head of the session', editText(sessionHead, '"state":', '"state":"open","state":'), {}, 'session-tree'],
  ['the list of blocks', editText(indexBlocks, '"offset":0', '"offset":0,"offset":0'), {}, 'archive'],
  ['a line of the index', editIndex((lines) => lines.map((line) => line.replace('"mime":', '"mime":"a","mime":'))), {}, 'archive'],
  [
    'the first line of the pages',
    editLines(bundlePaths.pages, ([first, ...lines]) => [first!.replace('{', '{"id":"a",'), ...lines]),
    {},
    'archive',
  ],
];

test.each(twice)('a key twice in %s', async (_, change, texts, check) => {
  await forgeBundle(source, file, forger, change, texts);
  await expectRefused(check);
});

test('a key twice in the file beside the manifest', async () => {
  const parts = readMembers(readFileSync(source));
  editText(manifestDigest, '"path":', '"path":"datapackage.json","path":')(parts);
  rmSync(file, { force: true });
  await writeZip(
    file,
    [...parts].map(([name, bytes]) => ({ path: name, bytes })),
  );
  await expectRefused('manifest');
});

/** Under the keys of recorder and exporter: nothing but the text of one value is odd. */
const writeOdd = (disclosure: (line: string) => string): Promise<void> =>
  writePlan(rewritePlan(planStory('everything', false), { disclosure }), file);

test('a value that is written oddly is still a value', async () => {
  await writeOdd((line) => line.replace('"sql","', '"sql", "\\u0020'));
  expect((await verifyBundle(file, { pinnedKeys })).verdict).toBe('sound');
  expect(verifyInPython([file], pinnedKeys).get(file)?.verdict).toBe('sound');
});

test('a key twice in a value that a leaf names', async () => {
  await writeOdd((line) => line.replace('"status":200', '"status":500,"status":200'));
  await expectRefused('disclosures');
});

test('a trust root with a key twice is not used', () => {
  const trust = path.join(path.dirname(file), 'trust.json');
  writeFileSync(trust, '{"version":1,"writers":[],"exporters":[],"writers":[]}');
  expect(() => readTrustRoot(trust)).toThrow('twice');
});

async function expectRefused(check: CheckName): Promise<void> {
  const verification = await verifyBundle(file, { pinnedKeys });
  expect(verification.checks.filter(({ name }) => name === check).map(({ status }) => status)).toContain('failed');
  expect(verification.verdict).toBe('not-sound');
  expect(summaryOf(verifyInPython([file], pinnedKeys).get(file)!)).toBe(summaryOf(verification));
}
