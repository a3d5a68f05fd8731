import { appendFileSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { frameTypes, HEADER_BYTES } from './frame.ts';
import { checkJournal } from './fsck.ts';
import { markOf } from './inspect-segment.ts';
import { listSegments, quarantineFolder } from './list-segments.ts';
import { openRecorder } from './open-recorder.ts';
import { readFrames } from './read-frames.ts';
import { JournalDamaged } from './record-errors.ts';
import type { OpenExchange } from './record-input.ts';
import { recoverJournal } from './recover-journal.ts';
import { anEnd, anIntent, aSession, readBack, recordExchange, sendBody, sha256 } from './testing/an-exchange.ts';
import { freshDirectory } from './testing/fresh-directory.ts';
import { writtenEnd } from './testing/written-end.ts';

/** What the disk would hold if the machine stopped now. */
function crashCopy(directory: string): string {
  const copy = path.join(freshDirectory(), 'copy');
  cpSync(directory, copy, { recursive: true });
  return copy;
}

test('an exchange under way at the crash gets exactly one reconcile, from what BigQuery says', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const done = await recordExchange(recorder, session, Buffer.from('done'));
  const cut = recorder.open(anIntent(session, { job: { projectId: 'p', jobId: 'steno_cut', location: 'EU' } }));
  cut.responseHead(200, [['content-type', 'application/json']]);
  const delivered = Buffer.alloc(2_500_000, 'delivered ');
  await sendBody(cut, delivered);
  await cut.durable();
  const silent = recorder.open(anIntent(session, { job: { projectId: 'p', jobId: 'steno_silent' } }));
  await silent.durable();
  const crashed = crashCopy(directory);

  const asked: OpenExchange[] = [];
  const restarted = await openRecorder({
    directory: crashed,
    reconcile: async (exchange) => {
      asked.push(exchange);
      if (exchange.job?.jobId === 'steno_silent') throw new Error('socket hang up');
      return { state: 'done', job: { totalRows: '7', statementType: 'SELECT' } };
    },
  });
  expect(asked).toMatchObject([
    { exchangeId: cut.exchangeId, sessionId: session, methodId: 'bigquery.jobs.query', job: { jobId: 'steno_cut', location: 'EU' } },
    { exchangeId: silent.exchangeId, job: { jobId: 'steno_silent' } },
  ]);
  expect(restarted.state().recovered).toEqual({ reconciled: 2, sessionsClosed: 1, quarantinedBytes: 0 });
  const found = await readBack(crashed, session);
  expect(found.get(done)).toMatchObject({ kind: 'end', state: 'answered' });
  expect(found.get(cut.exchangeId)).toMatchObject({ kind: 'reconcile', state: 'done', responseSha256: sha256(delivered) });
  expect(found.get(silent.exchangeId)).toMatchObject({ kind: 'reconcile', state: 'unknown', responseBytes: 0 });
  await restarted.close();

  const again = await openRecorder({ directory: crashed, reconcile: async () => ({ state: 'failed' }) });
  expect(again.state().recovered).toEqual({ reconciled: 0, sessionsClosed: 0, quarantinedBytes: 0 });
  await again.close();
  await Promise.all([cut.end(anEnd(0)), silent.end(anEnd(0))]);
  await recorder.close();
});

test('whatever of an unsynced tail reached the disk, every acknowledged exchange survives and the start needs nobody', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const random = createRandom(7);
  const acknowledged: { readonly id: string; readonly size: number }[] = [];
  const file = listSegments(directory)[0]!;
  for (let turn = 0; turn < 40; turn += 1) {
    const id = await recordExchange(recorder, session, Buffer.alloc(Math.floor(random() * 30_000), `turn ${turn} `));
    acknowledged.push({ id, size: writtenEnd(file) });
  }
  const whole = readFileSync(file);
  const marks: { readonly at: number; readonly durable: number }[] = [];
  for (const frame of readFrames(file)) if (frame.header.type === frameTypes.mark) marks.push({ at: frame.offset, durable: markOf(frame) });
  const state = path.join(freshDirectory(), 'state');
  for (let run = 0; run < 150; run += 1) {
    const index = Math.floor(random() * (acknowledged.length - 1));
    const durable = acknowledged[index]!.size;
    const end = durable + Math.floor(random() * (acknowledged[index + 1]!.size - durable));
    const torn = Buffer.from(whole.subarray(0, end));
    // A batch is written after the one before it was synced, as its mark says; of the last batch any sector may still be old (zeros).
    const synced = Math.max(durable, ...marks.filter(({ at }) => at < end).map((mark) => mark.durable));
    for (let sector = Math.ceil(synced / 512) * 512; sector < end; sector += 512)
      if (random() < 0.3) torn.fill(0, sector, Math.min(sector + 512, end));
    mkdirSync(path.join(state, 'journal'), { recursive: true });
    const copy = path.join(state, 'journal', path.basename(file));
    // Behind what was written there may be room for what never came.
    writeFileSync(copy, Buffer.concat([torn, Buffer.alloc(Math.floor(random() * 3) * 10_000)]));
    const recovered = recoverJournal(state);
    const kept = recovered.carry!.sessions[0]!;
    expect(kept.exchanges, `seed 7, run ${run}`).toBeGreaterThanOrEqual(index + 1);
    expect(recovered.carry!.exchanges.every(({ exchange }) => exchange > index + 1)).toBe(true);
    expect(recoverJournal(state).quarantinedBytes).toBe(0);
    expect(checkJournal(state).exitCode).toBe(0);
  }
  await recorder.close();
});

test('the bytes of a torn tail are kept', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  await recordExchange(recorder, session, Buffer.from('x'));
  const crashed = crashCopy(directory);
  const file = listSegments(crashed).at(-1)!;
  truncateSync(file, writtenEnd(file));
  appendFileSync(file, 'half a frame that never got its end');
  expect(checkJournal(crashed)).toMatchObject({ exitCode: 1 });
  const restarted = await openRecorder({ directory: crashed });
  expect(restarted.state().recovered.quarantinedBytes).toBe(35);
  const [kept] = readdirSync(quarantineFolder(crashed));
  expect(readFileSync(path.join(quarantineFolder(crashed), kept!), 'utf8')).toBe('half a frame that never got its end');
  await restarted.close();
  await recorder.close();
});

test('room that was made and never used is no torn tail, and nothing of it is left', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  const id = await recordExchange(recorder, session, Buffer.from('x'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const crashed = crashCopy(directory);
  const file = listSegments(crashed).at(-1)!;
  const end = writtenEnd(file);
  expect(statSync(file).size).toBeGreaterThan(end + 100_000);
  expect(checkJournal(crashed)).toMatchObject({ exitCode: 0, findings: [] });
  const restarted = await openRecorder({ directory: crashed });
  expect(restarted.state().recovered.quarantinedBytes).toBe(0);
  expect(statSync(file).size).toBe(end + HEADER_BYTES);
  expect((await readBack(crashed, session)).get(id)).toMatchObject({ kind: 'end', state: 'answered' });
  await restarted.close();
  await recorder.close();
  const [closed] = listSegments(directory);
  expect(statSync(closed!).size).toBe(writtenEnd(closed!));
});

test('a bad byte before the last durable point stops the start, and nothing is cut', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  for (let turn = 0; turn < 5; turn += 1) await recordExchange(recorder, session, Buffer.alloc(2_000, 'x'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const random = createRandom(3);
  const file = listSegments(directory)[0]!;
  const whole = readFileSync(file).subarray(0, writtenEnd(file));
  // The last frame is the mark that says what is durable; bytes before it count.
  const firstRecord = whole.indexOf('session-identity');
  const state = freshDirectory();
  mkdirSync(path.join(state, 'journal'));
  const copy = path.join(state, 'journal', path.basename(file));
  for (let run = 0; run < 60; run += 1) {
    const damaged = Buffer.from(whole);
    const at = firstRecord + Math.floor(random() * (whole.length - 60 - firstRecord));
    damaged[at] = damaged[at]! ^ (1 << Math.floor(random() * 8));
    writeFileSync(copy, damaged);
    expect(() => recoverJournal(state), `byte ${at}`).toThrow(JournalDamaged);
    expect(readFileSync(copy).equals(damaged)).toBe(true);
    expect(checkJournal(state).exitCode).toBe(2);
  }
  await recorder.close();
});

test('a segment that was being born is set aside; one with a damaged beginning is not', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory });
  const id = await recordExchange(recorder, aSession(recorder), Buffer.from('x'));
  await recorder.close();
  const [first] = listSegments(directory);
  const unborn = path.join(path.dirname(first!), '00000001-000002.journal');
  copyFileSync(first!, unborn);
  truncateSync(unborn, 100);
  const restarted = await openRecorder({ directory });
  expect(restarted.state().recovered.quarantinedBytes).toBe(100);
  const session = aSession(restarted);
  for (let turn = 0; turn < 3; turn += 1) await recordExchange(restarted, session, Buffer.from(id));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const crashed = crashCopy(directory);
  const last = listSegments(crashed).at(-1)!;
  const bytes = readFileSync(last);
  bytes[8] = bytes[8]! ^ 1;
  writeFileSync(last, bytes);
  await expect(openRecorder({ directory: crashed })).rejects.toThrow(JournalDamaged);
  await restarted.close();
});
