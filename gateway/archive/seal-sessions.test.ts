import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { bundlePaths, olderPaths } from '../../shared/bundle/format.ts';
import type { MemberFile } from '../../shared/bundle/member-writer.ts';
import { isConsistent } from '../../shared/bundle/merkle-tree.ts';
import { readMembers } from '../../shared/bundle/testing/mutate-bundle.ts';
import { exportSession } from '../record/export-session.ts';
import { listSegments } from '../record/list-segments.ts';
import { listSessions } from '../record/list-sessions.ts';
import { openRecorder } from '../record/open-recorder.ts';
import { proveConsistency } from '../record/prove-consistency.ts';
import type { Recorder } from '../record/recorder.ts';
import { aDirectory, aPrincipal, aSession, readBack, recordExchange } from '../record/testing/an-exchange.ts';
import { openArchive } from './archive.ts';
import { RecordingShredded } from './archive-errors.ts';
import { checkRecordings } from './check-recordings.ts';
import { openRecording } from './open-recording.ts';
import { reviseRecording } from './revise-recording.ts';
import { Sealer } from './seal-sessions.ts';
import { sealAll } from './testing/an-archive.ts';
import { recordSession } from './testing/record-session.ts';

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

async function exported(session: string): Promise<Map<string, Buffer>> {
  const outputPath = path.join(directory, `${Math.random()}.wacz`);
  await exportSession({ directory, session, outputPath, exportedBy: 'test', exporterKey, now: () => new Date('2026-01-01T00:00:00Z') });
  return readMembers(readFileSync(outputPath));
}

const { leaves, disclosures, salts, index, indexBlocks, pages, warc, sessionHead } = bundlePaths;
const content = [leaves, disclosures, salts, index, indexBlocks, pages, warc, sessionHead];

test('a session is exported with the same bytes from the journal, when it is sealed, and when the journal let go of it', async () => {
  const session = await recordSession(recorder, 'nightly', 12);
  const before = await exported(session);
  expect(await sealAll(directory, recorder)).toMatchObject({ sealed: 1, waiting: 0 });
  const sealed = await exported(session);
  await recorder.turnSegment();
  expect((await sealAll(directory, recorder)).retired).toBeGreaterThan(0);
  const retired = await exported(session);
  expect(listSegments(directory)).toHaveLength(1);
  for (const member of content) {
    expect(sealed.get(member)!.equals(before.get(member)!), member).toBe(true);
    expect(retired.get(member)!.equals(before.get(member)!), member).toBe(true);
  }
  expect([...retired.keys()]).toEqual(expect.arrayContaining([...before.keys()]));
  expect((await readBack(directory, session)).size).toBe(12);
});

test('listings and proofs are the same before and after sealing and retirement', async () => {
  for (const name of ['one', 'two', 'three']) await recordSession(recorder, name, 10);
  const open = aSession(recorder, 'still open');
  await recordExchange(recorder, open, Buffer.from('x'));
  await new Promise((resolve) => setTimeout(resolve, 300)); // the mark that shows the open session's last record
  const before = listSessions(directory);
  const older = parseCheckpoint(proveConsistency(directory, 0)!.checkpoint)!.checkpoint;
  const segments = listSegments(directory).length;
  const round = await sealAll(directory, recorder);
  expect(round.sealed).toBe(3);
  expect(round.retired).toBeGreaterThan(2);
  expect(listSegments(directory).length).toBe(segments - round.retired);
  expect(listSessions(directory)).toEqual(before);
  const { proof, checkpoint } = proveConsistency(directory, older.size)!;
  const newer = parseCheckpoint(checkpoint)!.checkpoint;
  expect(newer.size).toBeGreaterThan(older.size);
  expect(isConsistent(older, newer, proof)).toBe(true);
  expect(await sealAll(directory, recorder)).toEqual({ sealed: 0, retired: 0, waiting: 0 });
});

test('nothing in the store tells whose recording it is or what was in it; without the key nobody reads it', async () => {
  const session = await recordSession(recorder, 'nightly', 3);
  await recorder.turnSegment();
  await sealAll(directory, recorder);
  const files = readdirSync(path.join(directory, 'store'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const texts = files.map((one) => readFileSync(path.join(one.parentPath, one.name), 'latin1'));
  expect(texts.join()).toContain(session);
  for (const secret of [aPrincipal.issuer, '"ci"', 'nightly 1 nightly', 'SELECT 1'])
    expect(texts.filter((text) => text.includes(secret))).toEqual([]);

  const archive = await openArchive(directory);
  expect(archive.keys.shred(aPrincipal)).toBe(true);
  expect(() => openRecording(archive, session)).toThrow(RecordingShredded);
  await archive.close();
  expect(listSessions(directory)).toMatchObject([{ name: 'nightly', principal: undefined }]);
  await expect(exported(session)).rejects.toThrow('cannot be opened');
  expect(readdirSync(directory).filter((name) => name.includes('draft'))).toEqual([]);
});

test('a changed object is never exported', async () => {
  const session = await recordSession(recorder, 'nightly', 3);
  await sealAll(directory, recorder);
  const archive = await openArchive(directory);
  const statuses = async (): Promise<string[]> => (await toArray(checkRecordings(archive))).map(({ status }) => status);
  expect(await statuses()).toEqual(['sound']);
  const recording = openRecording(archive, session)!;
  const { object } = recording.file(bundlePaths.warc)!;
  const file = path.join(directory, 'store', object);
  const good = readFileSync(file);
  for (const bad of [good.subarray(0, -1), good.subarray(0, 0), Buffer.concat([good, good]), Buffer.from(good).fill(7, 100, 101)]) {
    rmSync(file);
    writeFileSync(file, bad);
    await expect(drain(recording.read(bundlePaths.warc))).rejects.toThrow();
    await expect(exported(session)).rejects.toThrow();
    expect(await statuses()).toEqual(['damaged']);
  }
  archive.keys.shred(aPrincipal);
  expect(await statuses()).toEqual(['erased']);
  await archive.close();
});

test('a revision takes the place of the one before, and what only that named leaves the store', async () => {
  const session = await recordSession(recorder, 'nightly', 3);
  await sealAll(directory, recorder);
  const archive = await openArchive(directory);
  const before = openRecording(archive, session)!.manifest;
  const entered: string[] = [];
  const revised = await reviseRecording(archive, session, {
    rebuild: async (recording, folder) => {
      const text = Buffer.concat(await drain(recording.read(bundlePaths.disclosures)));
      const file = path.join(folder, 'disclosures');
      const bytes = text.subarray(0, text.indexOf('\n') + 1);
      writeFileSync(file, bytes);
      return [{ path: bundlePaths.disclosures, file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }];
    },
    custody: { action: 'redacted', by: 'ann', tool: 'test', at: '2026-01-01T00:00:00.000Z' },
    enter: async (entry) => {
      entered.push(entry.kind);
      return await recorder.enter(entry);
    },
  });
  expect(revised).toMatchObject({ manifest: { revision: 2, custody: [{ by: 'ann' }] }, locked: [] });
  expect(entered).toEqual(['archive']);
  const names: string[] = [];
  for await (const { name } of archive.store.list('')) names.push(name);
  const gone = before.files.find((file) => file.path === bundlePaths.disclosures)!.object;
  expect(names).not.toContain(gone);
  expect(names.filter((name) => name.startsWith('recordings/'))).toHaveLength(1);
  expect(names.filter((name) => name.startsWith('objects/'))).toHaveLength(before.files.length);
  await archive.close();
  const members = await exported(session);
  expect(members.get(bundlePaths.disclosures)!.toString('utf8').trim().split('\n')).toHaveLength(1);
  expect(members.get(bundlePaths.custody)!.toString('utf8').trim().split('\n')).toHaveLength(2);
});

test('written anew, a recording of an older release leaves nothing of its old index', async () => {
  const session = await recordSession(recorder, 'nightly', 3);
  await sealAll(directory, recorder);
  const archive = await openArchive(directory);
  const custody = { action: 'redacted', by: 'ann', tool: 'test', at: '2026-01-01T00:00:00.000Z' } as const;
  const enter: Recorder['enter'] = (entry) => recorder.enter(entry);
  const member = (folder: string, name: string, bytes: Buffer): MemberFile => {
    const file = path.join(folder, path.basename(name));
    writeFileSync(file, bytes);
    return { path: name, file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const old = Buffer.from('urn:uuid:… 20260101000000 {"url":"https://gw.example/secret"}\n');
  await reviseRecording(archive, session, { rebuild: async (_, folder) => [member(folder, olderPaths.index, old)], custody, enter });
  expect(openRecording(archive, session)!.file(olderPaths.index)).toBeDefined();
  await reviseRecording(archive, session, {
    rebuild: async (recording, folder) => [member(folder, index, Buffer.concat(await drain(recording.read(index))))],
    custody,
    enter,
  });
  expect(openRecording(archive, session)!.file(olderPaths.index)).toBeUndefined();
  expect(openRecording(archive, session)!.file(index)).toBeDefined();
  await archive.close();
  expect([...(await exported(session)).keys()]).not.toContain(olderPaths.index);
});

test('what cannot be sealed keeps its segment, and holds up nobody else', async () => {
  const broken = await recordSession(recorder, 'broken', 4);
  await recorder.turnSegment();
  await recordSession(recorder, 'sound', 4);
  await recorder.turnSegment();
  listSessions(directory); // makes the indexes
  const [file] = listSegments(directory);
  const bytes = readFileSync(file!);
  bytes[bytes.indexOf('broken 2 broken')]! ^= 1;
  writeFileSync(file!, bytes);
  const archive = await openArchive(directory);
  const sealer = new Sealer({ archive, enter: (entry) => recorder.enter(entry) });
  await expect(sealer.run()).rejects.toThrow(`Session broken (${broken}) cannot be sealed`);
  expect([...archive.index.all()].map(({ manifest }) => manifest.name)).toEqual(['sound']);
  expect(listSegments(directory)[0]).toBe(file);
  await archive.close();
});

async function drain(pieces: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return all;
}

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('an export whose session leaves the journal under it goes on from what was sealed', async () => {
  const session = await recordSession(recorder, 'nightly', 10);
  await recorder.turnSegment();
  const before = await exported(session);
  const outputPath = path.join(directory, 'raced.wacz');
  const racing = exportSession({ directory, session, outputPath, exportedBy: 'test', exporterKey });
  // The catalog is read before the first pause of the export; its segments are gone after it.
  await sealAll(directory, recorder);
  await racing;
  const after = readMembers(readFileSync(outputPath));
  for (const member of content) expect(after.get(member)!.equals(before.get(member)!), member).toBe(true);
});
