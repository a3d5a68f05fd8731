import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkJournal } from '../record/fsck.ts';
import { listSegments, retiredLogFile, segmentId, segmentIndexFile } from '../record/list-segments.ts';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import type { Recorder } from '../record/recorder.ts';
import { aDirectory, aSession, readBack, recordExchange } from '../record/testing/an-exchange.ts';
import { openArchive } from './archive.ts';
import { Sealer } from './seal-sessions.ts';
import { sealAll } from './testing/an-archive.ts';

let directory: string;
let remove: () => void;
let recorder: Recorder;

beforeEach(async () => {
  ({ directory, remove } = aDirectory());
  recorder = await openRecorder({ directory, segmentBytes: 40_000 });
});
afterEach(async () => {
  await recorder.close();
  remove();
});

async function recordSession(name: string, exchanges = 8): Promise<string> {
  const session = aSession(recorder, name);
  for (let index = 0; index < exchanges; index += 1) await recordExchange(recorder, session, Buffer.alloc(6_000, `${name} ${index} `));
  await recorder.closeSession(session, 'done');
  return session;
}

test('fsck takes retired segments that the log explains for sound, and one that is simply gone for damage', async () => {
  await recordSession('one');
  const gone = listSegments(directory)[0]!;
  await sealAll(directory, recorder);
  expect(listSegments(directory)).not.toContain(gone);
  await recordSession('two');
  await recorder.close();
  expect(checkJournal(directory)).toMatchObject({ exitCode: 0, findings: [] });

  rmSync(listSegments(directory)[0]!);
  const damaged = checkJournal(directory);
  expect(damaged.exitCode).toBe(2);
  expect(damaged.findings.join()).toContain('segments are missing');
});

test('fsck finds a change in what is kept of a retired segment, and a segment that nobody says was let go of', async () => {
  await recordSession('one');
  const segment = segmentId(listSegments(directory)[0]!);
  await sealAll(directory, recorder);
  const file = retiredLogFile(directory, segment);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/\\"at\\":\\"20/, '\\"at\\":\\"21'));
  expect(checkJournal(directory).findings.join()).toContain('is not what was written before');
  writeFileSync(file, `${text}[99,"more"]\n`);
  expect(checkJournal(directory).findings.join()).toContain(`nothing in the writer log says that segment ${segment} was let go of`);
  writeFileSync(file, text);
  expect(checkJournal(directory).exitCode).toBe(0);
});

test('a segment stays as long as one session in it is open, and all after it', async () => {
  const open = aSession(recorder, 'open');
  await recordExchange(recorder, open, Buffer.from('x'));
  await recordSession('one');
  expect(await sealAll(directory, recorder)).toMatchObject({ sealed: 1, retired: 0 });
  await recorder.closeSession(open, 'done');
  await recorder.turnSegment();
  expect((await sealAll(directory, recorder)).retired).toBeGreaterThan(1);
});

test('numbers go on after all sessions left the journal, whoever writes next', async () => {
  await recordSession('one');
  await recordSession('two');
  await recorder.turnSegment();
  await sealAll(directory, recorder);
  await recorder.close();
  recorder = await openRecorder({ directory });
  const three = await recordSession('three');
  expect(listSessions(directory).map(({ number, name }) => [number, name])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]);
  expect((await readBack(directory, three)).size).toBe(8);
});

test('the index of a segment is made again when it is missing, damaged, or of another segment', async () => {
  const session = await recordSession('one', 20);
  const sessions = listSessions(directory);
  const [first, second] = listSegments(directory).map(segmentIndexFile);
  const good = readFileSync(first!);
  for (const bad of [
    Buffer.alloc(0),
    good.subarray(0, 100),
    Buffer.from(good.toString('latin1').replace('one', 'two'), 'latin1'),
    readFileSync(second!),
  ]) {
    writeFileSync(first!, bad);
    expect(listSessions(directory)).toEqual(sessions);
    expect(readFileSync(first!)).toEqual(good);
  }
  rmSync(first!);
  expect((await readBack(directory, session)).size).toBe(20);
});

test('a segment that grows too slowly is turned once sealed sessions are in it, so that their clear bytes go', async () => {
  const session = await recordSession('one', 2);
  const archive = await openArchive(directory);
  const sealer = new Sealer({
    archive,
    enter: (entry) => recorder.enter(entry),
    turnSegment: () => recorder.turnSegment(),
    segmentAgeMs: 0,
  });
  const [before] = listSegments(directory);
  await sealer.run();
  await sealer.run();
  expect(listSegments(directory)).not.toContain(before);
  // Nothing but the log is in the new one: it may grow old.
  const after = listSegments(directory);
  await sealer.run();
  expect(listSegments(directory)).toEqual(after);
  await archive.close();
  expect((await readBack(directory, session)).size).toBe(2);
});
