import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { aDirectory } from '../record/testing/an-exchange.ts';
import { type PendingAct, PendingActs } from './pending-acts.ts';

const { directory, remove } = aDirectory();
afterAll(remove);
const folder = join(directory, 'retention', 'pending');
const act: PendingAct = {
  kind: 'retention',
  id: '4445a904-7d38-4039-a8ec-eff238919f9e',
  by: 'jo@acme.test',
  reason: 'case 12',
  at: '2026-02-01T08:00:00.000Z',
  sessionId: '5d41402a-bc4b-4a76-b971-9d911017c592',
  number: 7,
  rule: 'default',
  digests: [],
  objects: [],
};

it('keeps what was saved over a death of the process, and nothing of what was not', () => {
  new PendingActs(directory).save(act);
  writeFileSync(join(folder, `${act.id}.json.4711.new`), '{"kind":"erasure","salt":"5d41');
  const next = new PendingActs(directory);
  expect(readdirSync(folder)).toEqual([`${act.id}.json`]);
  expect(next.all()).toEqual([act]);
  next.remove(act);
  expect(readdirSync(folder)).toEqual([]);
});
