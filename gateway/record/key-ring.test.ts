import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { parseVerifierKey } from '../../shared/bundle/ed25519-key.ts';
import { checkNote } from '../../shared/bundle/signed-note.ts';
import { followRotations, parseRotation } from '../../shared/bundle/trust/follow-rotations.ts';
import { readCatalog } from './journal-catalog.ts';
import { readKeyEpochs, requestRotation } from './key-ring.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, aSession, recordExchange } from './testing/an-exchange.ts';
import { loadKey, writerKeyFile } from './writer-key.ts';

const keysOf = (directory: string) => readKeyEpochs(directory).map(({ key }) => parseVerifierKey(key)!);
const rotationsOf = (directory: string) =>
  readKeyEpochs(directory).flatMap(({ rotation }) =>
    rotation === undefined ? [] : [parseRotation(Buffer.from(JSON.stringify(rotation)))!],
  );
const keyFile = (directory: string, name: string): string => path.join(directory, 'keys', name);
const signersOfNewest = (directory: string): string[] => {
  const { note } = parseCheckpoint(readCatalog(directory).checkpoint!)!;
  return keysOf(directory)
    .filter((key) => checkNote(note, key) === 'valid')
    .map(({ keyId }) => keyId);
};

async function work(directory: string): Promise<void> {
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.from('x'));
  await recorder.close();
}

test('a rotation asked for while the gateway is down happens at its next start; in the overlap both keys sign', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  const [first] = keysOf(directory);
  requestRotation(directory, 3_600_000);
  expect(keysOf(directory)).toEqual([first]);
  await work(directory);
  const [old, next] = keysOf(directory);
  expect(old).toEqual(first);
  expect(signersOfNewest(directory)).toEqual([old!.keyId, next!.keyId]);
  expect(statSync(keyFile(directory, 'writer.key.next')).mode & 0o777).toBe(0o600);
  expect(() => requestRotation(directory, 0)).toThrow(/under way: the old key signs beside the new one until 20/);
  remove();
});

test('who pinned one key follows to the other, by what both signed', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  for (let turn = 0; turn < 3; turn += 1) {
    requestRotation(directory, 0);
    await work(directory);
  }
  const keys = keysOf(directory);
  const rotations = rotationsOf(directory);
  expect([keys.length, rotations.length]).toEqual([4, 3]);
  expect([...followRotations([keys[0]!], rotations, undefined).values()].map(({ steps }) => steps)).toEqual([0, 1, 2, 3]);
  expect([...followRotations([keys[3]!], rotations, undefined)].map(([, { until }]) => until === undefined)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const compromised = {
    formatVersion: 1 as const,
    exporters: [],
    writers: [
      {
        vkey: keys[1]!.text,
        validFrom: '2020-01-01T00:00:00Z',
        revokedAt: '2021-01-01T00:00:00Z',
        revocationReason: 'key-compromise' as const,
      },
    ],
  };
  expect([...followRotations([keys[0]!], rotations, compromised).keys()]).toEqual([keys[0]!.text, keys[1]!.text]);
  remove();
});

test('after the overlap the old private key is gone, and only the new one signs', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  const secret = readFileSync(keyFile(directory, 'writer.key'), 'utf8');
  requestRotation(directory, 0);
  await work(directory);
  await work(directory);
  expect(existsSync(keyFile(directory, 'writer.key.next'))).toBe(false);
  expect(readFileSync(keyFile(directory, 'writer.key'), 'utf8')).not.toBe(secret);
  expect(statSync(keyFile(directory, 'writer.key')).mode & 0o777).toBe(0o600);
  expect(signersOfNewest(directory)).toEqual([keysOf(directory)[1]!.keyId]);
  expect(readKeyEpochs(directory).map(({ validTo }) => validTo === undefined)).toEqual([false, true]);
  remove();
});

test('a running gateway sees the request by itself', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  requestRotation(directory, 0);
  await expect.poll(() => readKeyEpochs(directory).length, { timeout: 5_000 }).toBe(2);
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.from('x'));
  await recorder.closeSession(session, 'done');
  expect(signersOfNewest(directory)).toEqual([keysOf(directory)[1]!.keyId]);
  await recorder.close();
  remove();
});

test('a crash between announcement and its note announces the same key again', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  const before = readFileSync(keyFile(directory, 'epochs.json'));
  requestRotation(directory, 3_600_000);
  await work(directory);
  const key = keysOf(directory)[1];
  writeFileSync(keyFile(directory, 'epochs.json'), before);
  await work(directory);
  expect(keysOf(directory)[1]).toEqual(key);
  expect(rotationsOf(directory)).toHaveLength(1);
  remove();
});

test('a key put there by hand begins an epoch that nothing leads to', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  rmSync(keyFile(directory, 'writer.key'));
  await work(directory);
  expect(readKeyEpochs(directory).map(({ keyEpoch, rotation }) => [keyEpoch, rotation === undefined])).toEqual([
    [1, true],
    [2, true],
  ]);
  remove();
});

test('forged rotations lead nowhere', async () => {
  const { directory, remove } = aDirectory();
  await work(directory);
  requestRotation(directory, 0);
  await work(directory);
  const rotation = readKeyEpochs(directory)[1]!.rotation!;
  const parse = (change: Partial<typeof rotation>) => parseRotation(Buffer.from(JSON.stringify({ ...rotation, ...change })));
  expect(parse({})).toBeDefined();
  expect(parse({ leaf: rotation.leaf.replace('"index":', '"index": ') })).toBeUndefined();
  const lines = rotation.proof.trimEnd().split('\n');
  expect(parse({ proof: `${lines.slice(0, -1).join('\n')}\n` })).toBeUndefined();
  expect(parse({ proof: `${[...lines.slice(0, -2), lines.at(-1)].join('\n')}\n` })).toBeUndefined();
  expect(parse({ proof: rotation.proof.replace(/^index (\d+)$/m, 'index 9') })).toBeUndefined();
  remove();
});

test('a key that is missing is asked for by name, with the way on', () => {
  const { directory, remove } = aDirectory();
  expect(() => loadKey(writerKeyFile(directory))).toThrow(/writer\.key is missing\. Put it back from a backup, or start the gateway/);
  remove();
});
