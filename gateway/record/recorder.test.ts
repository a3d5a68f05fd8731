import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { checkJournal } from './fsck.ts';
import { readCatalog } from './journal-catalog.ts';
import { listSegments } from './list-segments.ts';
import { listSessions } from './list-sessions.ts';
import { openRecorder } from './open-recorder.ts';
import { IntentTooLarge, JournalLeased, RecorderDown, SessionClosed } from './record-errors.ts';
import { anEnd, anIntent, aPrincipal, aSession, readBack, recordExchange, sendBody, sha256 } from './testing/an-exchange.ts';
import { freshDirectory } from './testing/fresh-directory.ts';

test('what was recorded comes back byte for byte from a sound bundle', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const random = createRandom(1);
  const sent = new Map<string, string>();
  for (const size of [0, 1, 8_191, 8_192, 65_536, 65_537, 1_048_576, 1_048_577, 3_333_333]) {
    const body = Buffer.from(Array.from({ length: Math.min(size, 4_096) }, () => Math.floor(random() * 256)));
    const whole = Buffer.concat(Array.from({ length: Math.ceil(size / 4_096) }, () => body)).subarray(0, size);
    sent.set(await recordExchange(recorder, session, whole), sha256(whole));
  }
  await recorder.closeSession(session, 'idle');
  const found = await readBack(directory, session);
  await recorder.close();
  expect([...found].map(([id, { responseSha256 }]) => [id, responseSha256])).toEqual([...sent]);
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, findings: [] });
});

test('many exchanges at once across many segments keep one unbroken chain', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, segmentBytes: 200_000, queueBytes: 100_000 });
  const sessions = [aSession(recorder, 'one'), aSession(recorder, 'two')];
  const sent = new Map<string, string>();
  const agents = Array.from({ length: 16 }, async (_, agent) => {
    for (let turn = 0; turn < 20; turn += 1) {
      const body = Buffer.alloc((agent * 7_919 + turn * 104_729) % 90_000, `${agent}/${turn} `);
      sent.set(await recordExchange(recorder, sessions[agent % 2]!, body), sha256(body));
    }
  });
  await Promise.all(agents);
  for (const session of sessions) await recorder.closeSession(session, 'idle');
  await recorder.close();
  expect(listSegments(directory).length).toBeGreaterThan(10);
  const found = new Map([...(await readBack(directory, sessions[0]!)), ...(await readBack(directory, sessions[1]!))]);
  expect(found.size).toBe(320);
  for (const [id, digest] of sent) expect(found.get(id)?.responseSha256).toBe(digest);
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, findings: [] });
});

test('back-pressure holds the queue near its bound, and drops nothing', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, queueBytes: 300_000 });
  const session = aSession(recorder);
  const record = recorder.open(anIntent(session));
  const body = Buffer.alloc(20_000_000, 'back-pressure ');
  let highest = 0;
  for (let at = 0; at < body.length; at += 65_536) {
    const isRoomy = record.responseBody(body.subarray(at, at + 65_536));
    highest = Math.max(highest, recorder.state().queuedBytes);
    if (!isRoomy) await record.drained();
  }
  record.responseHead(200, []);
  await record.end(anEnd(body.length));
  expect(highest).toBeLessThan(400_000);
  await recorder.closeSession(session, 'idle');
  const found = await readBack(directory, session);
  expect(found.get(record.exchangeId)?.responseSha256).toBe(sha256(body));
  await recorder.close();
});

test('an exchange ends exactly once', async () => {
  const recorder = await openRecorder({ directory: freshDirectory() });
  const record = recorder.open(anIntent(aSession(recorder)));
  await record.end(anEnd(0));
  expect(() => record.end(anEnd(0))).toThrow('ends once');
  expect(() => record.responseBody(Buffer.from('x'))).toThrow('has ended');
  await recorder.close();
});

test('closing a session waits for its open exchanges', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const record = recorder.open(anIntent(session));
  const closing = recorder.closeSession(session, 'idle');
  expect(() => recorder.openSession({ sessionId: session, name: 'same', principal: aPrincipal })).toThrow(SessionClosed);
  expect(() => recorder.open(anIntent(session))).toThrow(SessionClosed);
  await record.end(anEnd(0));
  await closing;
  expect(listSessions(directory)).toMatchObject([{ sessionId: session, state: 'closed', exchanges: 1, principal: { subject: 'ci' } }]);
  expect(() => recorder.openSession({ sessionId: session, name: 'again', principal: aPrincipal })).toThrow(SessionClosed);
  await recorder.close();
});

test('an intent that fits no leaf is refused and leaves the session as it was', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const rules = Array.from({ length: 100 }, () => '規'.repeat(256));
  expect(() => recorder.open(anIntent(session, { decision: { effect: 'allow', rules } }))).toThrow(IntentTooLarge);
  const id = await recordExchange(recorder, session, Buffer.from('after'));
  await recorder.closeSession(session, 'idle');
  expect([...(await readBack(directory, session)).keys()]).toEqual([id]);
  await recorder.close();
});

test('long lists of tables and huge statements are recorded', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const referencedTables = Array.from({ length: 900 }, (_, index) => `project.dataset.table_with_a_rather_long_name_${index}`);
  const statement = { sql: `SELECT '${'x'.repeat(1_000_000)}'`, referencedTables };
  await recordExchange(recorder, session, Buffer.from('ok'), { statement });
  await recorder.closeSession(session, 'idle');
  expect((await readBack(directory, session)).size).toBe(1);
  await recorder.close();
});

test('one directory has one writer', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  await expect(openRecorder({ directory })).rejects.toThrow(JournalLeased);
  await recorder.close();
  const next = await openRecorder({ directory });
  await next.close();
});

test('a clock that stands before the newest record stops recording until it is right again', async () => {
  const directory = freshDirectory();
  let offsetMs = 0;
  const recorder = await openRecorder({ directory, now: () => new Date(Date.now() + offsetMs) });
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.from('x'));
  offsetMs = -60_000;
  expect(() => recorder.open(anIntent(session))).toThrow(RecorderDown);
  offsetMs = 0;
  await recordExchange(recorder, session, Buffer.from('x'));
  await recorder.close();
});

test('an open session is exported only as a snapshot, up to its last signed head', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const first = await recordExchange(recorder, session, Buffer.from('first'));
  const under = recorder.open(anIntent(session));
  await sendBody(under, Buffer.from('under way'));
  await expect(readBack(directory, session)).rejects.toThrow('still open');
  await new Promise((resolve) => setTimeout(resolve, 2_200));
  await under.durable();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const found = await readBack(directory, session, true);
  expect(found.get(first)?.kind).toBe('end');
  expect(found.get(under.exchangeId)?.kind).toBeUndefined();
  await under.end(anEnd(9));
  await recorder.close();
});

test('what an idle writer signs is durable, and seen by readers, before anybody asks for more', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, signEveryMs: 20, heartbeatMs: 40 });
  const session = aSession(recorder);
  const open = recorder.open(anIntent(session));
  await open.durable();
  await expect.poll(() => readCatalog(directory).writerLog.length, { timeout: 25_000 }).toBeGreaterThan(3);
  expect((await readBack(directory, session, true)).size).toBe(1);
  await open.end(anEnd(0));
  await recorder.close();
});

test('an idle writer proves that nothing happened', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, heartbeatMs: 30 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await recorder.close();
  const text = readFileSync(listSegments(directory)[0]!, 'latin1');
  expect(text.split('"kind":"heartbeat"').length).toBeGreaterThan(2);
  expect(text.split('\u00e2\u0080\u0094 steno.local/gateway').length).toBeGreaterThan(2);
});
