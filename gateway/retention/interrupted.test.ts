import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreUnavailable } from '../store/recording-store.ts';
import { readWriterLog } from './read-writer-log.ts';
import { type ALifecycle, aLifecycle } from './testing/a-lifecycle.ts';
import { findPlanted } from './testing/find-planted.ts';

// The store fails at one step of a redaction, and the process goes on: nobody restarts it to have things put in order.
const officer = { by: 'jo@acme.test', reason: 'case 12' };
const sql = 'SELECT tea FROM hatters.party';
const away = new StoreUnavailable('The bucket does not answer', 'Try again.');
let one: ALifecycle;
let session: string;

beforeEach(async () => {
  one = await aLifecycle(undefined);
  session = await one.record({ name: 'by-alice', sql });
  await one.lifecycle.preview(new Date());
});
afterEach(async () => {
  vi.restoreAllMocks();
  await one.close();
  rmSync(one.directory, { recursive: true, force: true });
});

const redact = () => one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer);
const revisionsInLog = () => [...readWriterLog(one.directory)].flatMap(({ leaf }) => (leaf.kind === 'redaction' ? [leaf.revision] : []));
async function names(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of one.archive.store.list(prefix)) found.push(name);
  return found;
}

async function expectRedacted(): Promise<void> {
  const { manifest } = one.archive.index.byId(session)!;
  expect([manifest.revision, revisionsInLog(), one.lifecycle.receipts().length]).toEqual([2, [2], 1]);
  expect(findPlanted([one.directory], [sql])).toEqual([]);
  expect([await names('recordings/'), await names('objects/')]).toEqual([
    [expect.stringMatching(/\/0*2\.json$/)],
    [...new Set(manifest.files.map(({ object }) => object))].sort(),
  ]);
}

test('a new revision whose answer was lost counts, also for who asks again at once', async () => {
  const put = one.archive.store.put.bind(one.archive.store);
  vi.spyOn(one.archive.store, 'put').mockImplementation(async (name, ...rest) => {
    const facts = await put(name, ...rest);
    if (name.startsWith('recordings/')) throw away;
    return facts;
  });
  await expect(redact()).rejects.toThrow('does not answer');
  vi.restoreAllMocks();
  expect(revisionsInLog()).toEqual([]);
  await expect(redact()).rejects.toThrow('There is no sql to redact');
  await expectRedacted();
});

test('what the store would not delete goes with the next sweep', async () => {
  vi.spyOn(one.archive.store, 'delete').mockRejectedValue(away);
  await expect(redact()).rejects.toThrow('does not answer');
  vi.restoreAllMocks();
  expect(await names('recordings/')).toHaveLength(2);
  expect((await one.lifecycle.sweep(officer)).unfinished).toEqual([]);
  await expectRedacted();
});

test('while an earlier act on the session cannot be finished, no other begins', async () => {
  vi.spyOn(one.archive.store, 'delete').mockRejectedValue(away);
  await expect(redact()).rejects.toThrow('does not answer');
  await expect(redact()).rejects.toThrow(
    /An earlier act on this session comes first: the redaction of .* is not finished: .*does not answer/,
  );
  vi.restoreAllMocks();
  expect((await one.lifecycle.sweep(officer)).unfinished).toEqual([]);
  await expectRedacted();
});

test('a redaction that the store never took was never begun', async () => {
  vi.spyOn(one.archive.store, 'put').mockRejectedValue(away);
  await expect(redact()).rejects.toThrow('does not answer');
  vi.restoreAllMocks();
  expect(one.archive.index.byId(session)?.manifest.revision).toBe(1);
  await redact();
  await expectRedacted();
});
