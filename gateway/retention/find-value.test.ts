import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    await one.record({ name: 'other', rows: [['carol@acme.test', 'Iffley']], principal: { subject: 'carol' } });
  });
  afterAll(async () => {
    await one.close();
    rmSync(one.directory, { recursive: true, force: true });
  });

  it('names session, exchange, column and rows, of kept rows and of keyed digests alike', async () => {
    const { found, sessions } = await one.lifecycle.findValue('alice@acme.test');
    expect(sessions).toBe(3);
    expect(found.map(({ sessionId, exchange, column, rows: count, by }) => [sessionId, exchange, column, count, by])).toEqual([
      [full, 1, 'c0', 2, 'rows'],
      [free, 1, '?', 2, 'cells'],
    ]);
  });

  it('takes a value as a whole, and looks in one session when told', async () => {
    expect((await one.lifecycle.findValue('alice')).found).toEqual([]);
    expect((await one.lifecycle.findValue('Oxford', 'free')).found).toMatchObject([{ session: 'free', column: '?', rows: 2, by: 'cells' }]);
    await expect(one.lifecycle.findValue('Oxford', 'nope')).rejects.toThrow('There is no session "nope"');
  });

  it('counts what was erased as unreadable, and not as searched', async () => {
    await one.lifecycle.erase({ issuer: 'https://idp.example', subject: 'carol', by: 'jo' });
    expect(await one.lifecycle.findValue('carol@acme.test')).toEqual({ found: [], sessions: 2, erased: 1 });
    expect(findPlanted([one.directory], ['carol@acme.test'])).toEqual([]);
  });
});
