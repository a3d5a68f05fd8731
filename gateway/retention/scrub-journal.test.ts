import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { checkJournal } from '../record/fsck.ts';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { aDirectory, aPrincipal, readBack, recordExchange } from '../record/testing/an-exchange.ts';
import { scrubJournal } from './scrub-journal.ts';
import { findPlanted } from './testing/find-planted.ts';

const alice = { ...aPrincipal, subject: 'alice-7719', email: 'alice.liddell@acme.test', name: 'Alice Liddell' };
const bob = { ...aPrincipal, subject: 'bob-4410', email: 'bob.dobbs@acme.test', name: 'Bob Dobbs' };
const secrets = [alice.subject, alice.email, alice.name, 'SELECT wonderland FROM secrets', 'rabbit-hole-value'];

it('takes one session out of segments that others share, and leaves these readable', async () => {
  const { directory, remove } = aDirectory();
  // Small segments: both sessions reach over several.
  const recorder = await openRecorder({ directory, segmentBytes: 40_000 });
  const [a, b] = [randomUUID(), randomUUID()];
  recorder.openSession({ sessionId: a, name: 'alice', principal: alice });
  recorder.openSession({ sessionId: b, name: 'bob', principal: bob });
  const body = Buffer.from(JSON.stringify({ rows: Array.from({ length: 500 }, () => 'rabbit-hole-value') }));
  const asAlice = { principal: alice, statement: { sql: 'SELECT wonderland FROM secrets' } };
  for (let round = 0; round < 12; round += 1) {
    await recordExchange(recorder, a, body, asAlice);
    await recordExchange(recorder, b, Buffer.from(`{"round":"${round}"}`), { principal: bob });
  }
  await recorder.closeSession(a, 'requested');
  await recorder.turnSegment();
  expect(findPlanted([directory], secrets).length).toBeGreaterThan(secrets.length);

  const scrubbed = scrubJournal(directory, new Set([1]));
  expect(scrubbed.length).toBeGreaterThan(2);
  expect(findPlanted([directory], secrets)).toEqual([]);
  expect(scrubJournal(directory, new Set([1]))).toEqual([]);

  await recordExchange(recorder, b, Buffer.from('{"round":"last"}'), { principal: bob });
  await recorder.close();
  expect(checkJournal(directory).exitCode).toBe(0);
  const again = await openRecorder({ directory });
  await again.close();
  expect(findPlanted([directory], secrets)).toEqual([]);
  expect(listSessions(directory).map((session) => session.name)).toEqual(['bob']);
  expect((await readBack(directory, b)).size).toBe(13);
  remove();
});

it('takes out the newest session of all, and the journal is one piece still', async () => {
  const { directory, remove } = aDirectory();
  const recorder = await openRecorder({ directory });
  const session = randomUUID();
  recorder.openSession({ sessionId: session, name: 'alice', principal: alice });
  await recordExchange(recorder, session, Buffer.from('{}'), { principal: alice });
  await recorder.closeSession(session, 'requested');
  await recorder.turnSegment();
  expect(scrubJournal(directory, new Set([1]))).toHaveLength(1);
  await recorder.close();
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, segments: 2, findings: [] });
  remove();
});
