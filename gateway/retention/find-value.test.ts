import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { verifyInPython } from '../../shared/bundle/testing/compare-verifiers.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { exportSession } from '../record/export-session.ts';
import { type ALifecycle, aLifecycle } from './testing/a-lifecycle.ts';
import { findPlanted } from './testing/find-planted.ts';

const rows = [
  ['alice@acme.test', 'Oxford'],
  ['bob@acme.test', 'Oxford'],
  ['alice@acme.test', 'Godstow'],
];

describe('did this value leave?', () => {
  let one: ALifecycle;
  let [full, free] = ['', ''];
  beforeAll(async () => {
    one = await aLifecycle(undefined);
    full = await one.record({ name: 'full', rows });
    free = await one.record({ name: 'free', rows, content: 'content-free' });
    await one.record({ name: 'unnamed', rows: [['dan@acme.test', 'Binsey']], content: 'content-free', unnamed: true });
    await one.record({ name: 'other', rows: [['carol@acme.test', 'Iffley']], principal: { subject: 'carol' } });
  });
  afterAll(async () => {
    await one.close();
    rmSync(one.directory, { recursive: true, force: true });
  });

  it('names session, exchange, column and rows, of kept rows and of keyed digests alike', async () => {
    const { found, sessions } = await one.lifecycle.findValue('alice@acme.test');
    expect(sessions).toBe(4);
    expect(found.map(({ sessionId, exchange, column, rows: count, by }) => [sessionId, exchange, column, count, by])).toEqual([
      [full, 1, 'c0', 2, 'rows'],
      [free, 1, 'c0', 2, 'cells'],
    ]);
  });

  it('takes a value as a whole, and looks in one session when told', async () => {
    expect((await one.lifecycle.findValue('alice')).found).toEqual([]);
    expect((await one.lifecycle.findValue('Oxford', 'free')).found).toMatchObject([
      { session: 'free', column: 'c1', rows: 2, by: 'cells' },
    ]);
    await expect(one.lifecycle.findValue('Oxford', 'nope')).rejects.toThrow('There is no session "nope"');
  });

  it('leaves the column open where nothing says what it is called', async () => {
    expect((await one.lifecycle.findValue('dan@acme.test')).found).toMatchObject([
      { session: 'unnamed', column: '?', rows: 1, by: 'cells' },
    ]);
  });

  it('keeps names, and no value, of an answer that is not kept', async () => {
    await one.lifecycle.preview(new Date());
    const outputPath = join(one.directory, 'free.wacz');
    const exporterKey = createSignerKey('acme.test/officer');
    const { writerKey } = await exportSession({ directory: one.directory, session: free, outputPath, exportedBy: 'jo', exporterKey });
    const pinned = [writerKey, exporterKey.text];
    expect((await verifyBundle(outputPath, { pinnedKeys: pinned })).verdict).toBe('sound');
    expect(verifyInPython([outputPath], pinned).get(outputPath)?.verdict).toBe('sound');
    expect(findPlanted([outputPath], ['result-names', 'alice@acme.test', 'Oxford']).map((each) => each.split(': ')[1])).toEqual([
      'result-names',
    ]);
  });

  it('counts what was erased as unreadable, and not as searched', async () => {
    await one.lifecycle.erase({ issuer: 'https://idp.example', subject: 'carol', by: 'jo' });
    expect(await one.lifecycle.findValue('carol@acme.test')).toEqual({ found: [], sessions: 3, erased: 1 });
    expect(findPlanted([one.directory], ['carol@acme.test'])).toEqual([]);
  });
});
