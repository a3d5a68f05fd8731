import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encryptTo } from './age-file.ts';
import { readIdentities } from './age-keys.ts';
import { openBundle } from './open-bundle.ts';
import { planExporterKey, planWriterKey } from './testing/plan-bundle.ts';
import { verifyBundle, verifyOpenBundle } from './verify-bundle.ts';

const golden = path.join(import.meta.dirname, '../../fixtures/bundles/v3/redacted.wacz');
const pinnedKeys = [planWriterKey.text, planExporterKey.text];
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-copies-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('only one copy is looked at', () => {
  test.each([
    ['overwritten', (file: string) => writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'), { flag: 'r+' })],
    ['cut off', (file: string) => truncateSync(file, 10)],
    ['removed', (file: string) => rmSync(file)],
  ])('a bundle that is %s after it was opened is verified and read as it was', async (name, change) => {
    const file = path.join(folder, `${name}.wacz`);
    copyFileSync(golden, file);
    chmodSync(file, 0o600);
    const bundle = await openBundle(file);
    change(file);
    const { verdict } = await verifyOpenBundle(bundle, { pinnedKeys });
    expect(verdict).toBe('sound');
    let exchanges = 0;
    for await (const { exchangeId } of bundle.exchanges()) {
      exchanges += 1;
      await bundle.body(exchangeId, 'response');
    }
    expect(exchanges).toBe(8);
    await bundle.close();
  });

  test('a copy that others are to read keeps its name until the bundle is closed, and nobody else may read it', async () => {
    const own = mkdtempSync(path.join(folder, 'own-'));
    const bundle = await openBundle(golden, { folder: own });
    expect(readFileSync(bundle.copyPath!).equals(readFileSync(golden))).toBe(true);
    expect(statSync(path.dirname(bundle.copyPath!)).mode & 0o777).toBe(0o700);
    await bundle.close();
    expect(readdirSync(own)).toEqual([]);
  });

  test('verification tells how far it is', async () => {
    const steps: string[] = [];
    await verifyBundle(golden, {
      pinnedKeys,
      onProgress: ({ step, doneBytes, totalBytes }) => steps.push(`${step} ${doneBytes === totalBytes}`),
    });
    expect(steps.findLast((step) => step.startsWith('hashing'))).toBe('hashing true');
    expect(steps.at(-1)).toBe('checking true');
  });
});

describe('a bundle encrypted to age recipients', () => {
  const encrypted = (): string => path.join(folder, 'secret.wacz.age');
  let identity = '';
  beforeAll(async () => {
    identity = await generateX25519Identity();
    await encryptTo(golden, encrypted(), [await identityToRecipient(identity), await identityToRecipient(await generateX25519Identity())]);
  });

  test('is what it was, to whom holds one of the identities', async () => {
    expect((await verifyBundle(encrypted(), { pinnedKeys, identities: [await generateX25519Identity(), identity] })).verdict).toBe('sound');
    const bundle = await openBundle(encrypted(), { identities: [identity] });
    expect(bundle.session.name).toBe('redacted');
    await bundle.close();
  });

  test('is refused in one sentence without an identity, with another, and when it was changed', async () => {
    await expect(openBundle(encrypted())).rejects.toMatchObject({
      code: 'BUNDLE_ENCRYPTED',
      message: expect.stringContaining('--identity FILE'),
    });
    await expect(verifyBundle(encrypted(), { pinnedKeys })).rejects.toMatchObject({ code: 'BUNDLE_ENCRYPTED' });
    const stranger = [await generateX25519Identity()];
    await expect(openBundle(encrypted(), { identities: stranger })).rejects.toMatchObject({ code: 'BUNDLE_WRONG_IDENTITY' });
    await expect(openBundle(encrypted(), { identities: ['AGE-SECRET-KEY-1X'] })).rejects.toMatchObject({ code: 'BUNDLE_WRONG_IDENTITY' });
    const whole = readFileSync(encrypted());
    for (const at of [300, 500, whole.length - 5]) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      const file = path.join(folder, 'changed.age');
      writeFileSync(file, changed);
      const { verdict, checks } = await verifyBundle(file, { pinnedKeys, identities: [identity] });
      expect([verdict, checks[0]?.detail]).toEqual(['not-sound', expect.stringContaining('encryption')]);
    }
    writeFileSync(path.join(folder, 'cut.age'), whole.subarray(0, -1_000));
    await expect(openBundle(path.join(folder, 'cut.age'), { identities: [identity] })).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
  });

  test('nothing is left behind, whatever became of it', async () => {
    const own = mkdtempSync(path.join(folder, 'tidy-'));
    await openBundle(encrypted(), { folder: own, identities: [await generateX25519Identity()] }).catch(() => undefined);
    await openBundle(path.join(folder, 'cut.age'), { folder: own, identities: [identity] }).catch(() => undefined);
    expect(readdirSync(own)).toEqual([]);
  });

  const hasAge = spawnSync('age', ['--version']).status === 0;
  test.runIf(hasAge)("the age tool decrypts ours, and ours decrypts the tool's", async () => {
    const keyFile = path.join(folder, 'key.txt');
    spawnSync('age-keygen', ['-o', keyFile]);
    const recipient = spawnSync('age-keygen', ['-y', keyFile], { encoding: 'utf8' }).stdout.trim();
    const ours = path.join(folder, 'ours.age');
    await encryptTo(golden, ours, [recipient]);
    const clear = spawnSync('age', ['-d', '-i', keyFile, ours], { maxBuffer: 1 << 28 }).stdout;
    expect(clear.equals(readFileSync(golden))).toBe(true);
    const theirs = path.join(folder, 'theirs.age');
    expect(spawnSync('age', ['-r', recipient, '-o', theirs, golden]).status).toBe(0);
    const identities = readIdentities([keyFile], path.join(folder, 'none'));
    expect((await verifyBundle(theirs, { pinnedKeys, identities })).verdict).toBe('sound');
  });
});
