import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { verifyReceipt } from '../../shared/bundle/verify-receipt.ts';
import { RecordingShredded } from '../archive/archive-errors.ts';
import { readManifest } from '../archive/open-recording.ts';
import { exportSession } from '../record/export-session.ts';
import { checkJournal } from '../record/fsck.ts';
import { impatience } from '../store/testing/open-s3-under-test.ts';
import type { Fault } from '../store/testing/s3-faults.ts';
import { readWriterLog } from './read-writer-log.ts';
import { type ALifecycle, aLifecycle } from './testing/a-lifecycle.ts';
import { type AStorage, aStorage, type StoreKind } from './testing/a-storage.ts';
import { findPlanted } from './testing/find-planted.ts';

// A bucket fails in the middle of an act: afterwards the act is done wholly, or was never begun, and the next sweep finishes what the log speaks of.
const officer = { by: 'jo@acme.test', reason: 'case 12' };
const impatient = { attempts: 2, connectMs: 1_000, answerMs: 1_000, idleMs: 1_000 };
const random = createRandom(20_261_123);
/** Of each act: the first undisturbed. STENO_FAULTS: how many. */
const RUNS = Number(process.env['STENO_FAULTS'] ?? 4);

const cases: readonly (readonly [StoreKind, string, Fault])[] = [
  ['a bucket in compliance mode', 'answers 503', { kind: 'refuse', status: 503, code: 'SlowDown' }],
  ['a bucket in governance mode', 'resets connections', { kind: 'reset-request', bytes: 5, operation: 'PutObject' }],
  ['a bucket in governance mode', 'is too slow', { kind: 'late-answer', ms: 1_500 }],
  ['a bucket without locks', 'loses answers', { kind: 'lose-answer' }],
];

describe.each(cases)('%s that %s', (kind, _what, fault) => {
  let storage: AStorage;
  let one: ALifecycle;
  let turn = 0;

  beforeAll(async () => {
    storage = await aStorage(kind);
    // What is locked is encrypted anew when something is taken out; a bucket without locks leaves that out.
    const config = kind === 'a bucket without locks' ? undefined : { default: '400d' };
    one = await aLifecycle(config, {
      storage: storage.storage,
      patience: fault.kind === 'late-answer' ? impatient : { ...impatience, attempts: 2 },
    });
  });
  afterAll(async () => {
    await one.close();
    await storage.close();
    rmSync(one.directory, { recursive: true, force: true });
  });

  /** A sealed session of somebody of its own. */
  async function recorded() {
    turn += 1;
    const subject = `alice-${turn}-7719`;
    const sql = `SELECT tea_${turn} FROM hatters.party`;
    const principal = { issuer: 'https://idp.example', subject };
    const session = await one.record({ name: `session ${turn}`, principal, sql });
    await one.lifecycle.preview(new Date());
    return { session, principal, sql };
  }

  /** How many requests of an act the fault could strike. */
  async function countRequests(action: () => Promise<unknown>): Promise<number> {
    const before = storage.double!.requests.length;
    await action();
    return storage.double!.requests.slice(before).filter((operation) => operation === (fault.operation ?? operation)).length;
  }

  /** The store fails for good from some request of the act on; then it is well again. Returns whether the act got through all the same. */
  async function disturb(action: () => Promise<unknown>, place: number): Promise<boolean> {
    const { faults } = storage.double!;
    faults.plan({ ...fault, skip: Math.floor(place), times: fault.kind === 'late-answer' ? 3 : 12 });
    try {
      await action();
      return true;
    } catch {
      return false;
    } finally {
      faults.clear();
    }
  }

  const entries = (what: string, mark: (leaf: object) => boolean) =>
    [...readWriterLog(one.directory)].filter(({ leaf }) => leaf.kind === what && mark(leaf));
  const ofSession = (session: string) => (leaf: object) => 'sessionId' in leaf && leaf.sessionId === session;

  async function exported(session: string): Promise<string> {
    const outputPath = join(one.directory, `${Math.random()}.wacz`);
    const exporterKey = createSignerKey('acme.test/officer');
    try {
      const { writerKey } = await exportSession({
        directory: one.directory,
        storage: storage.storage,
        session,
        outputPath,
        exportedBy: 'jo',
        exporterKey,
      });
      return (await verifyBundle(outputPath, { pinnedKeys: [writerKey, exporterKey.text] })).verdict;
    } finally {
      rmSync(outputPath, { force: true });
    }
  }

  /** Of each revision that the store still has, whether the gateway's keys open it. */
  async function revisions(session: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { name } of one.archive.store.list('recordings/')) {
      if (!name.includes(session)) continue;
      const { manifest } = await readManifest(one.archive.store, name);
      found.push(one.archive.keys.byId(manifest.principal.keyId) === undefined ? 'shredded' : 'readable');
    }
    return found;
  }

  async function expectTidy(): Promise<void> {
    expect(readdirSync(join(one.directory, 'retention/pending'))).toEqual([]);
    expect(checkJournal(one.directory).findings).toEqual([]);
    for (const { file } of one.lifecycle.receipts())
      expect((await verifyReceipt(file, { pinnedKeys: [] })).verdict).toBe('sound-unknown-key');
    // What was put for an act that never began, or superseded, is known to be on its way out.
    const named = new Set([...one.archive.index.all()].flatMap(({ manifest }) => manifest.files.map(({ object }) => object)));
    const waiting = new Set([...one.archive.index.due(Number.MAX_SAFE_INTEGER, 10_000), ...one.archive.index.pending()]);
    for await (const { name } of one.archive.store.list('objects/'))
      expect([name, named.has(name) || waiting.has(name)]).toEqual([name, true]);
  }

  test('a redaction is whole, or was never begun', { timeout: 300_000 }, async () => {
    let interrupted = 0;
    let requests = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const { session, sql } = await recorded();
      const redact = () => one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer);
      if (run === 0) requests = await countRequests(redact);
      const isDone = run === 0 || (await disturb(redact, ((run - 1 + random()) / (RUNS - 1)) * requests));
      if (!isDone) interrupted += 1;
      expect((await one.lifecycle.sweep(officer)).unfinished).toEqual([]);
      const isRedacted = entries('redaction', ofSession(session)).length > 0;
      if (isDone) expect(isRedacted).toBe(true);
      if (!isRedacted) await redact();
      expect(findPlanted([one.directory], [sql])).toEqual([]);
      expect(entries('redaction', ofSession(session))).toHaveLength(1);
      expect((await revisions(session)).filter((each) => each === 'readable')).toHaveLength(1);
      expect(await exported(session)).toBe('sound');
    }
    expect(interrupted).toBeGreaterThan(0);
    await expectTidy();
  });

  test('an erasure is whole, or was never begun', { timeout: 300_000 }, async () => {
    let requests = 0;
    for (let run = 0; run < RUNS / 2; run += 1) {
      const { session, principal, sql } = await recorded();
      const second = await one.record({ name: 'another', principal, sql });
      const erase = () => one.lifecycle.erase({ ...principal, ...officer });
      if (run === 0) requests = await countRequests(erase);
      const isDone = run === 0 || (await disturb(erase, random() * requests));
      expect((await one.lifecycle.sweep(officer)).unfinished).toEqual([]);
      if (!isDone && one.archive.keys.find(principal) !== undefined) await erase();
      expect(findPlanted([one.directory], [sql, principal.subject])).toEqual([]);
      for (const each of [session, second]) await expect(exported(each)).rejects.toThrow(RecordingShredded);
    }
    await expectTidy();
    expect(entries('erasure', () => true)).toHaveLength(RUNS / 2);
  });
});
