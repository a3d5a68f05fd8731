import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePaths } from './format.ts';
import { forger } from './testing/compare-verifiers.ts';
import { editLines, editText, forgeBundle } from './testing/forge-bundle.ts';

const root = path.join(import.meta.dirname, '../..');
const nightly = path.join(root, 'fixtures/bundles/v3/nightly.wacz');
const blocks = [...readFileSync(path.join(root, 'docs/verify-by-hand.md'), 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code!);
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-by-hand-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runBlocks(bundle: string) {
  const cwd = mkdtempSync(path.join(folder, 'run-'));
  return spawnSync('bash', ['-c', blocks.join('\n')], { cwd, env: { ...process.env, BUNDLE: bundle }, encoding: 'utf8' });
}

test('the page works as written', () => {
  const { status, stdout, stderr } = runBlocks(nightly);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toContain('25 records of session 1 of fixture.steno.local/gateway');
  expect(stdout).toContain('38 values match their digests, 0 were taken out');
  expect(stdout).toContain('21 bodies match their digests, 0 were taken out');
  expect(stdout.match(/Signature Verified Successfully/g)).toHaveLength(2);
});

test('the page says what was taken out, as the custody log declares', () => {
  const { status, stdout, stderr } = runBlocks(path.join(root, 'fixtures/bundles/v3/redacted.wacz'));
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toMatch(/values match their digests, [1-9]\d* were taken out/);
  expect(stdout).toMatch(/bodies match their digests, [1-9]\d* were taken out/);
});

test('the page leads elsewhere with a bundle of an older version', () => {
  const { status, stdout, stderr } = runBlocks(path.join(root, 'fixtures/bundles/v2/nightly.wacz'));
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toContain('A bundle of an older version');
});

test('the page misses what was taken out without a word', async () => {
  const forged = path.join(folder, 'silent.wacz');
  await forgeBundle(nightly, forged, forger, (members) =>
    editLines(bundlePaths.disclosures, (lines) => lines.filter((line) => !line.includes('sales.customers')))(members),
  );
  const { status, stderr } = runBlocks(forged);
  expect(status).not.toBe(0);
  expect(stderr).toContain('nobody declared');
});

test('the page finds a forgery', async () => {
  const forged = path.join(folder, 'forged.wacz');
  await forgeBundle(nightly, forged, forger, editText('evidence/leaves.ndjson', '"effect":"deny"', '"effect":"allow"'));
  expect(runBlocks(forged).status).not.toBe(0);
});

test('the page finds a key that stands twice', async () => {
  const forged = path.join(folder, 'twice.wacz');
  await forgeBundle(nightly, forged, forger, editText(bundlePaths.custody, '"by":', '"by":"ann","by":'));
  const { status, stderr } = runBlocks(forged);
  expect(status).not.toBe(0);
  expect(stderr).toContain('a key stands twice');
});
