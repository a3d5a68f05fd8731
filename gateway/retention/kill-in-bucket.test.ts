import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { RecordingShredded } from '../archive/archive-errors.ts';
import { openRecording, readManifest } from '../archive/open-recording.ts';
import { checkJournal } from '../record/fsck.ts';
import { readWriterLog } from './read-writer-log.ts';
import { type ALifecycle, aLifecycle } from './testing/a-lifecycle.ts';
import { type AStorage, aStorage, copyPrefix, type StoreKind } from './testing/a-storage.ts';
import { findPlanted } from './testing/find-planted.ts';
import { type KilledAct, killAct } from './testing/kill-act.ts';

// As kill.test.ts, with a bucket that outlives the process: SIGKILL in the middle, and the act is done wholly or was never begun. STENO_KILLS: how often.
const kills = Number(process.env['STENO_KILLS'] ?? 2);
const keep = '400d';
const rules = { default: keep, rules: [{ connections: ['billing'], keep: 'forever' }] };
const officer = { by: 'jo@acme.test', reason: 'case 12' };
const alice = { issuer: 'https://idp.example', subject: 'alice-7719' };
const sql = 'SELECT tea FROM hatters.party';
const random = createRandom(20_261_124);
const delays = (longestMs: number): number[] => Array.from({ length: kills }, (_, index) => ((index + random()) / kills) * longestMs);
const kinds: readonly StoreKind[] = ['a bucket in compliance mode', 'a bucket without locks'];

describe.each(kinds)('in %s', (kind) => {
  let bucket: AStorage;
  let prepared: string;
  let turn = 0;

  beforeAll(async () => {
    bucket = await aStorage(kind);
    const one = await aLifecycle(rules, { storage: bucket.storage });
    await one.record({ name: 'by-alice', principal: alice, sql });
    await one.record({ name: 'kept', connection: 'billing', principal: { subject: 'bob' } });
    await one.lifecycle.preview(new Date());
    await one.close();
    prepared = one.directory;
  }, 60_000);
  afterAll(async () => {
    await bucket.close();
    rmSync(prepared, { recursive: true, force: true });
  });

  async function killed(act: KilledAct['act'], delayMs: number, check: (one: ALifecycle, isDone: boolean) => Promise<void>): Promise<void> {
    turn += 1;
    const storage = copyPrefix(bucket, `turn-${turn}/`);
    const directory = join(mkdtempSync(join(tmpdir(), 'steno-kill-')), 'data');
    cpSync(prepared, directory, { recursive: true });
    const isDone = await killAct({ directory, act, keep, delayMs, storage });
    const one = await aLifecycle(rules, { directory, storage });
    try {
      await check(one, isDone);
      expect(checkJournal(directory).exitCode).toBeLessThan(2);
      expect((await one.lifecycle.sweep(officer)).unfinished).toEqual([]);
    } finally {
      await one.close();
      rmSync(join(directory, '..'), { recursive: true, force: true });
    }
  }
  const entries = ({ directory }: ALifecycle, what: string) => [...readWriterLog(directory)].filter(({ leaf }) => leaf.kind === what);
  const named = ({ archive }: ALifecycle, name: string) =>
    [...archive.index.all()].find(({ manifest }) => manifest.name === name)!.manifest;

  test.each(delays(1_500))('a redaction killed after %d ms is whole, or was never begun', { timeout: 120_000 }, async (delayMs) => {
    await killed('redact', delayMs, async (one, isDone) => {
      const isRedacted = entries(one, 'redaction').length > 0;
      if (isDone) expect(isRedacted).toBe(true);
      if (!isRedacted) await one.lifecycle.redact('by-alice', [{ kind: 'field', field: 'sql' }], officer);
      expect(findPlanted([one.directory], [sql])).toEqual([]);
      expect([entries(one, 'redaction').length, one.lifecycle.receipts().length]).toEqual([1, 1]);
      const { sessionId, revision } = named(one, 'by-alice');
      for await (const { name } of one.archive.store.list('recordings/')) {
        const { manifest } = await readManifest(one.archive.store, name);
        const isOld = manifest.sessionId === sessionId && manifest.revision < revision;
        expect([name, one.archive.keys.byId(manifest.principal.keyId) !== undefined]).toEqual([name, !isOld]);
      }
    });
  });

  test.each(delays(600))('an erasure killed after %d ms is whole, or was never begun', { timeout: 120_000 }, async (delayMs) => {
    await killed('erase', delayMs, async (one, isDone) => {
      const isErased = entries(one, 'erasure').length > 0;
      if (isDone) expect(isErased).toBe(true);
      if (!isErased) await one.lifecycle.erase({ ...alice, ...officer });
      expect(findPlanted([one.directory], [sql, alice.subject])).toEqual([]);
      expect(() => openRecording(one.archive, named(one, 'by-alice').sessionId)).toThrow(RecordingShredded);
      expect(openRecording(one.archive, named(one, 'kept').sessionId)).toBeDefined();
      expect([entries(one, 'erasure').length, one.lifecycle.receipts().length]).toEqual([1, 1]);
    });
  });
});
