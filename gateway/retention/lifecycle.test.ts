import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { verifyReceipt } from '../../shared/bundle/verify-receipt.ts';
import { RecordingShredded } from '../archive/archive-errors.ts';
import { openManifest } from '../archive/open-recording.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import { exportSession } from '../record/export-session.ts';
import { checkJournal } from '../record/fsck.ts';
import { listSessions } from '../record/list-sessions.ts';
import { readBack } from '../record/testing/an-exchange.ts';
import { type ALifecycle, aLifecycle, days } from './testing/a-lifecycle.ts';
import { findPlanted } from './testing/find-planted.ts';

// The store of a folder locks by the real clock, so retention is short, and time "passes" by waiting out the lock.
const rules = {
  default: '1s',
  rules: [
    { name: 'finance', connections: ['billing'], keep: '400d' },
    { groups: ['legal'], keep: 'forever' },
  ],
};
const officer = { by: 'jo@acme.test', reason: 'case 12' };
const alice = { issuer: 'https://idp.example', subject: 'alice-7719' };
const wonderland = { subject: alice.subject, email: 'alice.liddell@acme.test', name: 'Alice Liddell' };
const secrets = [alice.subject, wonderland.email, wonderland.name, 'SELECT tea FROM hatters.party', 'white-rabbit-in-a-cell'];
const ofAlice = { name: 'by-alice', principal: wonderland, sql: secrets[3]!, rows: [[secrets[4]!, 'b']] };

const opened: ALifecycle[] = [];
async function begin(config: unknown): Promise<ALifecycle> {
  const one = await aLifecycle(config);
  opened.push(one);
  return one;
}
afterEach(async () => {
  for (const one of opened.splice(0)) {
    await one.close();
    rmSync(one.directory, { recursive: true, force: true });
  }
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
const objectsOf = ({ directory }: ALifecycle): string[] =>
  filesOf(join(directory, 'store')).filter((name) => /objects|recordings\//.test(name));

describe('retention', () => {
  it('deletes exactly what the preview said, and proves each deletion', async () => {
    const one = await begin(rules);
    const { lifecycle } = one;
    const short = await one.record({ name: 'short' });
    await one.record({ name: 'billed', connection: 'billing' });
    await one.record({ name: 'counsel', principal: { groups: ['legal'] } });
    const preview = await lifecycle.preview(new Date(Date.now() + days(1)));
    expect(preview.deletions.map(({ name, rule }) => [name, rule])).toEqual([['short', 'default']]);
    expect((await lifecycle.preview(new Date(Date.now() + days(401)))).deletions.map(({ name }) => name)).toEqual(['short', 'billed']);
    await wait(2_100);
    const run = await lifecycle.sweep({ by: 'steno' });
    expect(run.deleted.map(({ sessionId, rule, expiresAt }) => ({ sessionId, rule, expiresAt }))).toEqual(
      preview.deletions.map(({ sessionId, rule, expiresAt }) => ({ sessionId, rule, expiresAt })),
    );
    expect(run.unfinished).toEqual([]);
    expect(listSessions(one.directory).map(({ name }) => name)).toEqual(['billed', 'counsel']);
    expect(objectsOf(one).join()).not.toContain(short);
    const receipt = await verifyReceipt(run.deleted[0]!.receipt, { pinnedKeys: [] });
    expect([receipt.verdict, receipt.entry]).toEqual([
      'sound-unknown-key',
      expect.objectContaining({ kind: 'retention', sessionId: short, rule: 'default' }),
    ]);
    expect((await lifecycle.sweep({ by: 'steno' })).deleted).toEqual([]);
    expect(checkJournal(one.directory).exitCode).toBeLessThan(2);
  });

  it('never deletes what is locked, whatever the rules say now', async () => {
    const one = await begin({ default: '400d' });
    await one.record({});
    await one.lifecycle.preview(new Date());
    await one.close();
    opened.splice(0);
    const shorter = await aLifecycle({ default: '1s' }, { directory: one.directory });
    opened.push(shorter);
    shorter.passes(days(2));
    const [planned] = (await shorter.lifecycle.preview(new Date(Date.now() + days(500)))).deletions;
    expect(Date.parse(planned!.deleteAt) - Date.parse(planned!.closedAt)).toBeGreaterThanOrEqual(days(400));
    expect((await shorter.lifecycle.sweep({ by: 'steno' })).deleted).toEqual([]);
  });

  it('keeps everything where nothing is configured', async () => {
    const one = await begin(undefined);
    await one.record({});
    one.passes(days(36_500));
    expect((await one.lifecycle.sweep({ by: 'steno' })).deleted).toEqual([]);
  });
});

describe('a hold', () => {
  it('wins over deletion, redaction and erasure, also for what is sealed later', async () => {
    const one = await begin({ default: '1s' });
    const { lifecycle } = one;
    const before = await one.record(ofAlice);
    const placed = await lifecycle.placeHold({ name: 'Case 12', scope: { principal: alice }, ...officer });
    expect(placed.recordings).toBe(0);
    const after = await one.record(ofAlice);
    await wait(2_100);
    const run = await lifecycle.sweep({ by: 'steno' });
    expect(run.deleted).toEqual([]);
    expect(run.held.map(({ sessionId, heldBy }) => [sessionId, heldBy])).toEqual([
      [before, ['Case 12']],
      [after, ['Case 12']],
    ]);
    await expect(lifecycle.redact(before, [{ kind: 'field', field: 'sql' }], officer)).rejects.toThrow(/under the hold "Case 12"/);
    await expect(lifecycle.erase({ ...alice, ...officer })).rejects.toThrow(/under the hold "Case 12"/);
    for (const { manifest } of one.archive.index.all())
      for (const { object } of manifest.files) await expect(one.archive.store.delete(object)).rejects.toThrow('legal hold');

    const lifted = await lifecycle.liftHold('Case 12', { by: 'jo@acme.test', reason: 'settled' });
    expect(lifted.released).toBe(2);
    expect((await verifyReceipt(lifted.receipt, { pinnedKeys: [] })).entry).toMatchObject({
      kind: 'hold',
      state: 'lifted',
      reason: 'settled',
    });
    expect((await lifecycle.sweep({ by: 'steno' })).deleted.length).toBe(2);
  });

  it('covers what it names and nothing else', async () => {
    const one = await begin({ default: '1s' });
    await one.record({ name: 'billed', connection: 'billing' });
    await one.record({ name: 'other' });
    await one.lifecycle.placeHold({ name: 'books', scope: { connection: 'billing' }, ...officer });
    await wait(2_100);
    const run = await one.lifecycle.sweep({ by: 'steno' });
    expect([run.deleted.map(({ name }) => name), run.held.map(({ name }) => name)]).toEqual([['other'], ['billed']]);
  });

  it('is refused twice under one name, and unknown names are answered with those that stand', async () => {
    const one = await begin(undefined);
    await one.record({ name: 'nightly' });
    await one.lifecycle.placeHold({ name: 'A', scope: { session: 'nightly' }, ...officer });
    await expect(one.lifecycle.placeHold({ name: 'A', scope: { session: 'nightly' }, ...officer })).rejects.toThrow('stands already');
    await expect(one.lifecycle.liftHold('B', officer)).rejects.toThrow('No standing hold is called "B". Standing: A.');
    await expect(one.lifecycle.placeHold({ name: 'C', scope: { session: 'nope' }, ...officer })).rejects.toThrow(
      'There is no session "nope"',
    );
  });
});

describe('a redaction in the store', () => {
  it('leaves no byte of the value anywhere, and everything else verifies', async () => {
    const one = await begin(undefined);
    const session = await one.record(ofAlice);
    const sql = secrets[3]!;
    expect(findPlanted([one.directory], [sql])).not.toEqual([]);
    const redacted = await one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer);
    expect(redacted).toMatchObject({ revision: 2, also: ['request body of exchange 1'], locked: [] });
    expect(findPlanted([one.directory], [sql])).toEqual([]);
    const { verdict, text } = await exported(one, session);
    expect([verdict, text.includes(sql)]).toEqual(['sound', false]);
    expect((await verifyReceipt(redacted.receipt, { pinnedKeys: [] })).verdict).toBe('sound-unknown-key');
    await expect(one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer)).rejects.toThrow('There is no sql to redact');
  });

  it('leaves nothing readable of what the store has locked: the subject gets a fresh key', async () => {
    const one = await begin({ default: '400d' });
    const session = await one.record(ofAlice);
    const other = await one.record({ ...ofAlice, name: 'another', sql: 'SELECT another' });
    const [first] = await manifestsOf(one, session);
    const redacted = await one.lifecycle.redact(session, [{ kind: 'field', field: 'sql' }], officer);
    expect(redacted.locked.length).toBeGreaterThan(0);
    // The old revision is there, whole, and its key is not.
    for (const { object } of first!.files) expect(await one.archive.store.head(object)).toBeDefined();
    expect(() => openManifest(first!, one.archive.store, one.archive.keys)).toThrow(RecordingShredded);
    expect(findPlanted([one.directory], [secrets[3]!])).toEqual([]);
    for (const each of [session, other]) expect((await exported(one, each)).verdict).toBe('sound');
    expect((await one.lifecycle.erase({ ...alice, ...officer })).sessions).toBe(2);
    for (const each of [session, other]) await expect(exported(one, each)).rejects.toThrow(RecordingShredded);
  });

  it('takes one column out of an answer', async () => {
    const one = await begin(undefined);
    const session = await one.record(ofAlice);
    await one.lifecycle.redact(session, [{ kind: 'column', column: 'c0', exchange: 1 }], officer);
    expect(findPlanted([one.directory], [secrets[4]!])).toEqual([]);
    const { verdict, detail } = await exported(one, session);
    expect(verdict).toBe('sound');
    expect(detail('columns')).toContain('redacted, committed at: c0');
  });

  it('refuses sessions that are open or unknown', async () => {
    const one = await begin(undefined);
    const open = await one.record({ name: 'now', stays: 'open' });
    await expect(one.lifecycle.redact('now', [{ kind: 'field', field: 'sql' }], officer)).rejects.toThrow(`steno close ${open}`);
    await expect(one.lifecycle.redact('nope', [{ kind: 'field', field: 'sql' }], officer)).rejects.toThrow('There is no session "nope"');
  });
});

describe('an erasure', () => {
  it("leaves nothing of a subject in journal and store, and another's recording in the same segment as it was", async () => {
    const one = await begin(undefined);
    const first = await one.record(ofAlice);
    const bob = await one.record({ name: 'by-bob', principal: { subject: 'bob-4410' }, sql: 'SELECT bob' });
    const open = await one.record({ ...ofAlice, name: 'still-open', stays: 'open' });
    const bobIsOpen = await one.record({ name: 'bob-is-open', principal: { subject: 'bob-4410' }, stays: 'open' });
    const before = await readBack(one.directory, bob);
    await expect(one.lifecycle.erase({ ...alice, ...officer })).rejects.toThrow(/1 sessions? of the subject .* still-open/);
    expect(findPlanted([one.directory], secrets).length).toBeGreaterThan(0);

    const erased = await one.lifecycle.erase({ ...alice, ...officer, closeOpen: true });
    expect(erased).toMatchObject({ sessions: 2, closed: 1 });
    expect(findPlanted([one.directory], secrets)).toEqual([]);
    await expect(exported(one, first)).rejects.toThrow(RecordingShredded);
    await expect(exported(one, open)).rejects.toThrow(RecordingShredded);
    expect(await readBack(one.directory, bob)).toEqual(before);
    await one.recorder.closeSession(bobIsOpen, 'requested');
    expect((await exported(one, bobIsOpen)).verdict).toBe('sound');
    const receipt = await verifyReceipt(erased.receipt, { pinnedKeys: [] });
    expect([receipt.verdict, receipt.entry]).toEqual(['sound-unknown-key', expect.objectContaining({ kind: 'erasure', sessions: 2 })]);
    await expect(one.lifecycle.erase({ ...alice, ...officer })).rejects.toThrow('Nothing is recorded of');
    expect(checkJournal(one.directory).exitCode).toBeLessThan(2);
  });

  it('does not reach a subject of the same name at another issuer', async () => {
    const one = await begin(undefined);
    const other = await one.record({ ...ofAlice, principal: { ...wonderland, issuer: 'https://other.example' } });
    await one.record(ofAlice);
    await one.lifecycle.erase({ ...alice, ...officer });
    expect((await exported(one, other)).verdict).toBe('sound');
  });
});

async function manifestsOf({ archive }: ALifecycle, session: string): Promise<RecordingManifest[]> {
  await opened.at(-1)!.lifecycle.preview(new Date());
  return [...archive.index.all()].flatMap(({ manifest }) => (manifest.sessionId === session ? [manifest] : []));
}

async function exported({ directory }: ALifecycle, session: string) {
  const outputPath = join(directory, `${Math.random()}.wacz`);
  const exporterKey = createSignerKey('acme.test/officer');
  try {
    const { writerKey } = await exportSession({ directory, session, outputPath, exportedBy: 'jo', exporterKey });
    const { verdict, checks } = await verifyBundle(outputPath, { pinnedKeys: [writerKey, exporterKey.text] });
    const detail = (name: string): string | undefined => checks.find((check) => check.name === name)?.detail;
    return { verdict, detail, text: findPlanted([outputPath], secrets).join('\n') };
  } finally {
    rmSync(outputPath, { force: true });
  }
}
