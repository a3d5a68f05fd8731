import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bundle } from './bundle.ts';
import { openBundle } from './open-bundle.ts';
import { BundlePlanner, writePlan } from './testing/plan-bundle.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-find-leaf-'));
const bundles = path.join(import.meta.dirname, '../../fixtures/bundles');
let long = '';
beforeAll(async () => {
  const planner = new BundlePlanner('long');
  for (let number = 0; number < 3_000; number += 1) planner.exchange({ sql: `SELECT ${number}`, bodies: [] });
  long = path.join(folder, 'long.wacz');
  await writePlan(planner.close(), long);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function allLeaves(bundle: Bundle) {
  const all = [];
  for await (const leaf of bundle.leaves()) all.push(leaf);
  return all;
}

test('any leaf of a long session is found by its number, as it is read in order', async () => {
  const bundle = await openBundle(long);
  const all = await allLeaves(bundle);
  expect(all.length).toBeGreaterThan(6_000);
  for (const seq of [0, 1, 2, 500, 1_499, 3_000, 4_321, all.length - 2, all.length - 1]) expect(await bundle.leaf(seq)).toEqual(all[seq]);
  expect(await bundle.leaf(all.length)).toBeUndefined();
  expect(await bundle.leaf(-1)).toBeUndefined();
  await bundle.close();
});

test.each(['v1', 'v2', 'v3'])('leaves of a bundle of version %s are found, packed in one stream as they are', async (version) => {
  const bundle = await openBundle(path.join(bundles, version, 'nightly.wacz'));
  for (const [seq, leaf] of (await allLeaves(bundle)).entries()) expect(await bundle.leaf(seq)).toEqual(leaf);
  await bundle.close();
});
