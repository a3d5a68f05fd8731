import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KeyRotation } from '../../shared/bundle/format.ts';
import { parseRotation } from '../../shared/bundle/trust/follow-rotations.ts';
import { readKeyEpochs } from '../record/key-ring.ts';
import { openRecorder } from '../record/open-recorder.ts';
import type { Recorder } from '../record/recorder.ts';
import { writerKeysOf } from '../record/rotate-key.ts';
import { aDirectory } from '../record/testing/an-exchange.ts';
import { readWriterLog } from '../retention/read-writer-log.ts';
import { type AdminView, createAdminApp } from './admin-app.ts';

const token = 'a'.repeat(43);
const { directory, remove } = aDirectory();
let recorder: Recorder;
let app: Awaited<ReturnType<typeof createAdminApp>>;
let url: string;

beforeAll(async () => {
  recorder = await openRecorder({ directory });
  const stages: AdminView = {
    tokens: { keys: { toJwks: () => ({ keys: [] }), rotate: async () => undefined } },
    recorder,
    folder: { judge: undefined, mistakes: [] },
    sessions: { list: () => [], close: async () => false },
    writerKeys: writerKeysOf(directory),
  };
  app = await createAdminApp({ stages, token, metrics: { registry: new Registry(), count: () => undefined } });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await recorder.close();
  remove();
});

type Said = { readonly keys?: readonly { readonly key: string; readonly validTo?: string }[]; readonly error?: string };
async function ask(path: string, body?: object, bearer = token): Promise<{ status: number; said: Said }> {
  const headers = { authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(url + path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, said: (await answer.json()) as Said };
}

test('nobody without the token, and nobody without a name, changes the key', async () => {
  const before = readKeyEpochs(directory);
  expect((await ask('/admin/writer-keys/rotate', { by: 'jo' }, 'b'.repeat(43))).status).toBe(401);
  expect((await ask('/admin/writer-keys', undefined, 'b'.repeat(43))).status).toBe(401);
  for (const body of [{}, { by: ' ' }, { by: 'jo', overlapHours: -1 }, { by: 'jo', overlapHours: 9_000 }])
    expect((await ask('/admin/writer-keys/rotate', body)).status).toBe(400);
  expect(readKeyEpochs(directory)).toEqual(before);
});

test('a rotation is in the log with who asked and why, before it is answered, under both keys', async () => {
  const [first] = (await ask('/admin/writer-keys')).said.keys!;
  const { status, said } = await ask('/admin/writer-keys/rotate', { by: 'jo@acme.test', reason: 'laptop stolen', overlapHours: 1 });
  expect([status, said.keys?.length, said.keys?.[0]?.key]).toEqual([200, 2, first!.key]);
  const entry = [...readWriterLog(directory)].find(({ leaf }) => leaf.kind === 'key-rotation')!;
  expect(entry.leaf).toMatchObject({
    by: 'jo@acme.test',
    reason: 'laptop stolen',
    keyEpoch: 2,
    supersedes: first!.key,
    key: said.keys![1]!.key,
  });
  const rotation = readKeyEpochs(directory)[1]!.rotation as KeyRotation;
  expect(parseRotation(Buffer.from(JSON.stringify(rotation)))?.to.text).toBe(said.keys![1]!.key);
  expect((await ask('/admin/writer-keys')).said).toEqual(said);

  const again = await ask('/admin/writer-keys/rotate', { by: 'jo@acme.test' });
  expect([again.status, again.said.error]).toEqual([
    409,
    expect.stringMatching(/under way: the old key signs beside the new one until 20/),
  ]);
});

test('a key that no log takes is said to be on its way', async () => {
  const { directory: alone, remove: forget } = aDirectory();
  await (await openRecorder({ directory: alone })).close();
  expect(await writerKeysOf(alone).rotate({ overlapMs: 0, by: 'jo' }, 300)).toBeUndefined();
  await (await openRecorder({ directory: alone })).close();
  expect(writerKeysOf(alone).list().length).toBe(2);
  forget();
});
