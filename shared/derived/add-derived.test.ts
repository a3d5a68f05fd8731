import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundlePaths, optionalPaths } from '../bundle/format.ts';
import { openBundle } from '../bundle/open-bundle.ts';
import { readMembers } from '../bundle/testing/mutate-bundle.ts';
import { planExporterKey } from '../bundle/testing/plan-bundle.ts';
import { verifyBundle } from '../bundle/verify-bundle.ts';
import type { BundleEnding } from '../bundle/zip-members.ts';
import { addDerived } from './add-derived.ts';

const bundles = join(import.meta.dirname, '../../fixtures/bundles');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-add-derived-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of a bundle that is exported once more. */
async function endingOf(bundle: string): Promise<BundleEnding> {
  const members = readMembers(readFileSync(bundle));
  const text = (path: string): string => members.get(path)!.toString('utf8');
  const { manifest, close } = await openBundle(bundle);
  await close();
  const { sessionId, sessionName, snapshot } = manifest.steno;
  return {
    sessionId,
    sessionName,
    snapshot,
    head: text(bundlePaths.sessionHead),
    proof: text(bundlePaths.proof),
    keys: text(bundlePaths.keys).trimEnd().split('\n'),
    software: manifest.software,
    at: manifest.created,
    exportedBy: 'ann@acme.example',
    exporterKey: planExporterKey,
    extras: new Map(Object.values(optionalPaths).flatMap((path) => (members.has(path) ? [[path, members.get(path)!] as const] : []))),
  };
}

it.each(['v1', 'v2', 'v3'])('a bundle of version %s keeps its form when tables join it', async (version) => {
  const bundle = join(bundles, version, 'nightly.wacz');
  const whole = join(folder, `${version}.wacz`);
  const ending = await endingOf(bundle);
  await addDerived(bundle, whole, ending);
  const { verdict, checks } = await verifyBundle(whole, { pinnedKeys: [...ending.keys, planExporterKey.text] });
  expect({ verdict, faults: checks.filter(({ status }) => status === 'failed' || status === 'missing') }).toEqual({
    verdict: 'sound',
    faults: [],
  });
  const named = [...readMembers(readFileSync(whole)).keys()];
  expect(named).toEqual(expect.arrayContaining(['derived/exchange.parquet', 'derived/result.parquet', 'derived/rows-0001.parquet']));
});
