import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeGolden } from '../../fixtures/bundles/make-golden.ts';
import { goldenExporterKey, goldenWriterKey } from '../../fixtures/bundles/record-story.ts';
import { BundleError } from './bundle-error.ts';
import { createSignerKey } from './ed25519-key.ts';
import { bundlePaths } from './format.ts';
import { exitCodes, formatVerification } from './format-verification.ts';
import { openBundle } from './open-bundle.ts';
import { createRandom } from './testing/create-random.ts';
import { mutateBundle, readMembers } from './testing/mutate-bundle.ts';
import { verifyBundle } from './verify-bundle.ts';

const golden = path.join(import.meta.dirname, '../../fixtures/bundles/v3');
const nightly = path.join(golden, 'nightly.wacz');
const crashed = path.join(golden, 'crashed.wacz');
const pinnedKeys = [goldenWriterKey.text, goldenExporterKey.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-verify-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const older = ['v1/nightly', 'v1/crashed', 'v2/nightly', 'v2/crashed'].map((name) => path.join(golden, '..', `${name}.wacz`));

describe.each([nightly, crashed, ...older])('the golden bundle %s', (file) => {
  test('is sound under its pinned keys, every check passed', async () => {
    const { verdict, checks } = await verifyBundle(file, { pinnedKeys });
    expect(checks.filter((check) => check.status === 'failed' || check.status === 'missing')).toEqual([]);
    expect(verdict).toBe('sound');
  });

  test('is amber for a reader who knows no key, and says which key', async () => {
    const verification = await verifyBundle(file, { pinnedKeys: [createSignerKey(goldenWriterKey.name).text] });
    expect(verification.verdict).toBe('sound-unknown-key');
    expect(exitCodes[verification.verdict]).toBe(1);
    expect(formatVerification(verification).at(-1)).toContain('0d57-64ae-a62f-f268-202e-0916-6ecc-fc23');
  });
});

test('the golden bundles are what the recorder writes today', async () => {
  await makeGolden(folder);
  for (const file of [nightly, crashed]) expect(contentOf(path.join(folder, path.basename(file)))).toEqual(contentOf(file));
});

/** Every record and every archived byte; not how they are compressed, which differs between processors, nor what follows from the column salts. */
function contentOf(file: string): Record<string, string> {
  const members = readMembers(readFileSync(file));
  const { leaves, disclosures, salts, pages, sessionHead, keys, custody, warc } = bundlePaths;
  const texts = [leaves, disclosures, salts, pages, sessionHead, keys, custody].map((name) => [
    name,
    withoutChance(members.get(name)!.toString('utf8')),
  ]);
  return { ...Object.fromEntries(texts), [warc]: withoutChance(gunzipSync(members.get(warc)!).toString('latin1')) };
}

/** Salts of columns are drawn in a worker, at random: they differ, and so does all that is made from them. */
const withoutChance = (text: string): string =>
  text
    .replaceAll(/"(prev|root|result-columns)":"[0-9a-f]{64}"/g, '"$1":"…"')
    .replaceAll(/^\["[0-9a-f]{32}","result-columns",.*$/gm, (line) => line.replaceAll(/[0-9a-f]{32,}/g, '…'))
    .replaceAll(/^\{"columns":\[\{"salt".*$/gm, (line) => line.replaceAll(/[0-9a-f]{32}/g, '…'));

test('the planted credentials are nowhere in the golden bundle', async () => {
  const bundle = await openBundle(nightly);
  for (const { path: name } of bundle.manifest.resources)
    expect(Buffer.from((await bundle.file(name))!).includes('planted-secret')).toBe(false);
  const headers: string[] = [];
  for await (const exchange of bundle.exchanges())
    headers.push(...(exchange.request?.headers.map(([name, value]) => `${name}: ${value}`) ?? []));
  expect(new Set(headers)).toContain('authorization: [removed]');
  await bundle.close();
});

test.each(Array.from({ length: 10 }, (_, index) => index + 1))(
  'no mutation leaves a bundle sound, none makes the verifier stumble (seed %i, 60 each)',
  async (seed) => {
    const random = createRandom(seed);
    const whole = readFileSync(seed % 2 === 0 ? nightly : crashed);
    const file = path.join(folder, `mutation-${seed}.wacz`);
    for (let run = 0; run < 60; run += 1) {
      const { name, bytes } = mutateBundle(whole, random);
      writeFileSync(file, bytes);
      const { verdict, checks } = await verifyBundle(file, { pinnedKeys });
      expect({ name, verdict, isNamed: checks.some((check) => check.status === 'failed' || check.status === 'missing') }).toEqual({
        name,
        verdict: 'not-sound',
        isNamed: true,
      });
      await openLeniently(file);
    }
  },
);

/** Opening a damaged bundle yields its sound parts or a BundleError with a remedy; nothing else. */
async function openLeniently(file: string): Promise<void> {
  try {
    const bundle = await openBundle(file);
    try {
      for await (const { exchangeId } of bundle.exchanges()) await bundle.body(exchangeId, 'response');
    } finally {
      await bundle.close();
    }
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    expect(error.message).toMatch(/(again|newer Steno|Choose|compare|Check)/);
  }
}

test.each([
  ['nothing at all', () => Buffer.alloc(0), 'BUNDLE_NOT_A_BUNDLE'],
  ['a text', () => Buffer.from('Dear investigator'), 'BUNDLE_NOT_A_BUNDLE'],
  ['half a bundle', (whole: Buffer) => whole.subarray(0, whole.length / 2), 'BUNDLE_TRUNCATED'],
  ['a bundle with a tail', (whole: Buffer) => Buffer.concat([whole, Buffer.from('tail')]), 'BUNDLE_DAMAGED'],
])('%s is refused in one sentence', async (name, change, code) => {
  const file = path.join(folder, `${name.replace(/\W/g, '-')}.wacz`);
  writeFileSync(file, change(readFileSync(nightly)));
  await expect(openBundle(file)).rejects.toMatchObject({ code });
});

test('a bundle from the future asks for a newer Steno', async () => {
  const file = path.join(folder, 'future.wacz');
  // Same length, so that the container stays whole: only the version differs.
  writeFileSync(file, Buffer.from(readFileSync(nightly).toString('latin1').replace('"formatVersion": 3', '"formatVersion": 9'), 'latin1'));
  await expect(openBundle(file)).rejects.toMatchObject({ code: 'BUNDLE_NEWER_VERSION', message: expect.stringContaining('newer Steno') });
  const { verdict, checks } = await verifyBundle(file, { pinnedKeys });
  expect(verdict).toBe('not-sound');
  expect(checks.find((check) => check.name === 'manifest')).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('newer Steno'),
  });
});
