import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { verifyReceipt } from '../../shared/bundle/verify-receipt.ts';
import { readManifest } from '../archive/open-recording.ts';
import { exportSession } from '../record/export-session.ts';
import { checkJournal } from '../record/fsck.ts';
import { listSessions } from '../record/list-sessions.ts';
import { readWriterLog } from './read-writer-log.ts';
import { type ALifecycle, aLifecycle } from './testing/a-lifecycle.ts';
import { findPlanted } from './testing/find-planted.ts';
import { type KilledAct, killAct } from './testing/kill-act.ts';

// SIGKILL in the middle of an act, a fresh process, and the act is done wholly or was never begun. STENO_KILLS: how often for each act.
const kills = Number(process.env['STENO_KILLS'] ?? 4);
const keeping = (keep: string) => ({ default: keep, rules: [{ connections: ['billing'], keep: 'forever' }] });
const officer = { by: 'jo@acme.test', reason: 'case 12' };
const alice = { issuer: 'https://idp.example', subject: 'alice-7719' };
const sql = 'SELECT tea FROM hatters.party';
const secrets = [alice.subject, 'alice.liddell@acme.test', sql, 'white-rabbit-in-a-cell'];
const ofAlice = { name: 'by-alice', principal: { subject: alice.subject, email: secrets[1]! }, sql, rows: [[secrets[3]!]] };
let prepared: string;
/** The same, locked in the store for a long time. */
let locked: string;
/** What the directory was copied to for one kill. */
let directory: string;

beforeAll(async () => {
  prepared = await prepare('1s');
  locked = await prepare('400d');
}, 120_000);
afterAll(() => {
  for (const each of [prepared, locked]) rmSync(each, { recursive: true, force: true });
});

async function prepare(keep: string): Promise<string> {
  const one = await aLifecycle(keeping(keep));
  for (const name of ['short-1', 'short-2', 'short-3']) await one.record({ name });
  await one.record(ofAlice);
  await one.record({ name: 'kept', connection: 'billing', principal: { subject: 'bob' } });
  if (keep !== '1s') await one.lifecycle.preview(new Date());
  await one.close();
  return one.directory;
}

/** Resolves with whether the act was done before the signal came. */
async function killWithin(act: KilledAct['act'], delayMs: number, from = prepared, keep = '1s'): Promise<boolean> {
  directory = join(mkdtempSync(join(tmpdir(), 'steno-kill-')), 'data');
  cpSync(from, directory, { recursive: true });
  return await killAct({ directory, act, keep, delayMs });
}

async function afterwards(check: (one: ALifecycle) => Promise<void>, keep = '1s'): Promise<void> {
  const one = await aLifecycle(keeping(keep), { directory });
  try {
    await check(one);
    expect(checkJournal(directory).exitCode).toBeLessThan(2);
    expect(readdirSync(join(directory, 'retention/pending'))).toEqual([]);
    expect(await isSound('kept')).toBe(true);
    for (const { file } of one.lifecycle.receipts())
      expect((await verifyReceipt(file, { pinnedKeys: [] })).verdict).toBe('sound-unknown-key');
  } finally {
    await one.close();
    rmSync(join(directory, '..'), { recursive: true, force: true });
  }
}

async function isSound(session: string): Promise<boolean> {
  const outputPath = join(directory, '..', 'one.wacz');
  const exporterKey = createSignerKey('acme.test/officer');
  const { writerKey } = await exportSession({ directory, session, outputPath, exportedBy: 'jo', exporterKey });
  const { verdict } = await verifyBundle(outputPath, { pinnedKeys: [writerKey, exporterKey.text] });
  rmSync(outputPath);
  return verdict === 'sound';
}

const entries = (kind: string): string[] => [...readWriterLog(directory)].filter(({ leaf }) => leaf.kind === kind).map(({ text }) => text);
const random = createRandom(20_261_122);
const delays = (longestMs: number): number[] => Array.from({ length: kills }, (_, index) => ((index + random()) / kills) * longestMs);

test.each(delays(900))('a sweep killed after %d ms is finished by the next, once', { timeout: 60_000 }, async (delayMs) => {
  await killWithin('sweep', delayMs);
  // What is kept for a second is due after it: a quick machine would sweep too early.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await afterwards(async ({ lifecycle, archive }) => {
    await lifecycle.sweep(officer);
    expect(listSessions(directory).map(({ name }) => name)).toEqual(['kept']);
    expect(entries('retention')).toHaveLength(4);
    expect(lifecycle.receipts()).toHaveLength(4);
    const objects: string[] = [];
    for await (const { name } of archive.store.list('objects/')) objects.push(name);
    const kept = [...archive.index.all()].flatMap(({ manifest }) => manifest.files.map(({ object }) => object));
    expect(objects.sort()).toEqual([...new Set(kept)].sort());
  });
});

test.each(delays(700))('a redaction killed after %d ms is whole, or was never begun', { timeout: 60_000 }, async (delayMs) => {
  const isDone = await killWithin('redact', delayMs);
  await afterwards(async ({ lifecycle }) => {
    const left = findPlanted([directory], [sql]);
    const isRedacted = entries('redaction').length > 0;
    if (isDone) expect(isRedacted).toBe(true);
    if (isRedacted) expect(left).toEqual([]);
    expect(lifecycle.receipts()).toHaveLength(isRedacted ? 1 : 0);
    expect(await isSound('by-alice')).toBe(true);
    if (!isRedacted) await lifecycle.redact('by-alice', [{ kind: 'field', field: 'sql' }], officer);
    expect(findPlanted([directory], [sql])).toEqual([]);
    expect(entries('redaction')).toHaveLength(1);
  });
});

test.each(delays(1_500))(
  'a redaction of what is locked, killed after %d ms, is whole or was never begun',
  { timeout: 120_000 },
  async (delayMs) => {
    await killWithin('redact', delayMs, locked, '400d');
    await afterwards(async ({ lifecycle, archive }) => {
      const isRedacted = entries('redaction').length > 0;
      expect(await isSound('by-alice')).toBe(true);
      if (!isRedacted) await lifecycle.redact('by-alice', [{ kind: 'field', field: 'sql' }], officer);
      expect(findPlanted([directory], [sql])).toEqual([]);
      expect(entries('redaction')).toHaveLength(1);
      expect(await isSound('by-alice')).toBe(true);
      // Of the revisions that the store still has, only the newest has a key.
      for await (const { name } of archive.store.list('recordings/')) {
        const { manifest } = await readManifest(archive.store, name);
        const isNewest = archive.index.byId(manifest.sessionId)?.manifest.revision === manifest.revision;
        if (manifest.name === 'by-alice')
          expect([name, archive.keys.byId(manifest.principal.keyId) !== undefined]).toEqual([name, isNewest]);
      }
    }, '400d');
  },
);

test.each(delays(500))('an erasure killed after %d ms is whole, or was never begun', { timeout: 60_000 }, async (delayMs) => {
  const isDone = await killWithin('erase', delayMs);
  await afterwards(async ({ lifecycle }) => {
    const isErased = entries('erasure').length > 0;
    if (isDone) expect(isErased).toBe(true);
    if (!isErased) await lifecycle.erase({ ...alice, ...officer });
    expect(findPlanted([directory], secrets)).toEqual([]);
    expect([entries('erasure').length, lifecycle.receipts().length]).toEqual([1, 1]);
    await expect(isSound('by-alice')).rejects.toThrow('cannot be opened');
    expect(existsSync(join(directory, '..', 'one.wacz'))).toBe(false);
  });
});
