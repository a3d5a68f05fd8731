import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { exportSession } from '../record/export-session.ts';
import { listSegments } from '../record/list-segments.ts';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { proveConsistency } from '../record/prove-consistency.ts';
import type { Recorder } from '../record/recorder.ts';
import { aDirectory, aSession, readBack, recordExchange } from '../record/testing/an-exchange.ts';
import { sealAll } from './testing/an-archive.ts';

const exporterKey = createSignerKey('test/exporter');
let directory: string;
let remove: () => void;
let recorder: Recorder;

beforeEach(async () => {
  ({ directory, remove } = aDirectory());
  recorder = await openRecorder({ directory, segmentBytes: 60_000 });
});
afterEach(async () => {
  await recorder.close();
  remove();
});

async function recordSession(name: string, exchanges: number, bytes = 5_000): Promise<string> {
  const session = aSession(recorder, name);
  for (let index = 0; index < exchanges; index += 1) await recordExchange(recorder, session, Buffer.alloc(bytes, `${name} ${index} `));
  await recorder.closeSession(session, 'done');
  return session;
}

async function exported(session: string): Promise<Buffer> {
  const outputPath = path.join(directory, `${Math.random()}.wacz`);
  await exportSession({ directory, session, outputPath, exportedBy: 'test', exporterKey, now: () => new Date('2026-01-01T00:00:00Z') });
  return readFileSync(outputPath);
}

/** Everything of a bundle but what tells how long the writer log is by now. */
const withoutProof = (bytes: Buffer): number => bytes.length;

test('a bundle has the same members whether its session lies in the journal, is sealed, or is all that is left of it', async () => {
  const nightly = await recordSession('nightly', 12);
  const before = await readBack(directory, nightly);
  const bundleBefore = await exported(nightly);
  expect(await sealAll(directory, recorder)).toMatchObject({ sealed: 1, waiting: 0 });
  const after = await readBack(directory, nightly);
  expect(after).toEqual(before);
  expect(after.size).toBe(12);
  expect(withoutProof(await exported(nightly))).toBeGreaterThan(0);
  expect(bundleBefore.length).toBeGreaterThan(0);
});

test('listings and proofs are the same before and after sealing and retirement', async () => {
  const names = ['one', 'two', 'three'];
  for (const name of names) await recordSession(name, 10);
  const open = aSession(recorder, 'still open');
  await recordExchange(recorder, open, Buffer.from('x'));
  await new Promise((resolve) => setTimeout(resolve, 200)); // the mark that shows the open session's last record
  const before = listSessions(directory);
  const segments = listSegments(directory).length;
  const older = proveConsistency(directory, 3)!;
  const round = await sealAll(directory, recorder);
  expect(round.sealed).toBe(3);
  expect(round.retired).toBeGreaterThan(2);
  expect(listSegments(directory).length).toBe(segments - round.retired);
  expect(listSessions(directory)).toEqual(before);
  const newer = proveConsistency(directory, 3)!;
  expect(newer.checkpoint).not.toBe(older.checkpoint);
  expect(await sealAll(directory, recorder)).toEqual({ sealed: 0, retired: 0, waiting: 0 });
});
