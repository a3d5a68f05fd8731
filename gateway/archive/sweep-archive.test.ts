import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundlePaths } from '../../shared/bundle/format.ts';
import { openRecorder } from '../record/open-recorder.ts';
import type { Recorder } from '../record/recorder.ts';
import { aDirectory, readBack } from '../record/testing/an-exchange.ts';
import type { RecordingStore } from '../store/recording-store.ts';
import { type Archive, openArchive } from './archive.ts';
import { type Revision, reviseRecording } from './revise-recording.ts';
import { stagingFolder } from './seal-session.ts';
import { sweepArchive } from './sweep-archive.ts';
import { sealWith } from './testing/an-archive.ts';
import { recordSession } from './testing/record-session.ts';

type Gateway = { readonly directory: string; readonly recorder: Recorder; readonly archive: Archive; readonly remove: () => void };
let shared: { readonly directory: string; readonly remove: () => void };
let one: Gateway;
let two: Gateway;

async function aGateway(): Promise<Gateway> {
  const { directory, remove } = aDirectory();
  const archive = await openArchive(directory, { folder: path.join(shared.directory, 'store') });
  return { directory, recorder: await openRecorder({ directory, segmentBytes: 50_000 }), archive, remove };
}

beforeEach(async () => {
  shared = aDirectory();
  [one, two] = [await aGateway(), await aGateway()];
});
afterEach(async () => {
  for (const { archive, recorder, remove } of [one, two]) {
    await archive.close();
    await recorder.close();
    remove();
  }
  shared.remove();
});

async function objects({ store }: Archive): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.list('objects/')) names.push(name);
  return names;
}

test('what a killed process put and nobody names is deleted; what another gateway put in the same store stays', async () => {
  await recordSession(two.recorder, 'of two', 3);
  await sealWith(two.archive, two.recorder);
  const ofTwo = await objects(one.archive);
  const draft = path.join(one.directory, 'draft');
  writeFileSync(draft, 'half a recording');
  const orphan = `objects/${'a'.repeat(64)}`;
  one.archive.index.announce([orphan]);
  await one.archive.store.put(orphan, draft);
  mkdirSync(path.join(stagingFolder(one.directory), 'x'), { recursive: true });

  expect(await sweepArchive(one.archive)).toEqual({ adopted: 0, swept: 1, locked: 0 });
  expect(await objects(one.archive)).toEqual(ofTwo);
  expect([...one.archive.index.all()]).toEqual([]);
  expect(readdirSync(one.directory)).not.toContain('staging');
});

test('what was announced after the sweep began is not touched', async () => {
  const began = Date.now() - 1_000;
  one.archive.index.announce(['objects/new']);
  expect(await sweepArchive(one.archive, began)).toEqual({ adopted: 0, swept: 0, locked: 0 });
  expect(one.archive.index.pending()).toEqual(['objects/new']);
});

test('what is locked stays announced, and goes when the lock does', async () => {
  const draft = path.join(one.directory, 'draft');
  writeFileSync(draft, 'held');
  one.archive.index.announce(['objects/held']);
  await one.archive.store.put('objects/held', draft, { legalHold: true });
  expect(await sweepArchive(one.archive)).toEqual({ adopted: 0, swept: 0, locked: 1 });
  await one.archive.store.hold('objects/held', false);
  expect(await sweepArchive(one.archive)).toEqual({ adopted: 0, swept: 1, locked: 0 });
});

test('two gateways that share a store seal, retire and export each their own', async () => {
  for (const { recorder, archive } of [one, two]) {
    await recordSession(recorder, 'same name', 6);
    await recorder.turnSegment();
    expect((await sealWith(archive, recorder)).retired).toBeGreaterThan(0);
  }
  const storage = { folder: path.join(shared.directory, 'store') };
  for (const { directory } of [one, two]) expect((await readBack(directory, 'latest', false, storage)).size).toBe(6);
});

test('a revision that a crash cut off anywhere is there wholly or not at all, and nothing of the other stays', async () => {
  const session = await recordSession(one.recorder, 'redacted', 3);
  await sealWith(one.archive, one.recorder);
  const first = await objects(one.archive);
  for (const dieAt of ['before the manifest', 'after the manifest', 'after the index'] as const) {
    const { revision } = one.archive.index.byId(session)!.manifest;
    const dying = dieWhere(one.archive, dieAt);
    await expect(reviseRecording(dying, session, aRevision(`${dieAt}\n`))).rejects.toThrow('died');
    await sweepArchive(one.archive);
    await sealWith(one.archive, one.recorder);
    const { manifest, isLogged } = one.archive.index.byId(session)!;
    expect(manifest.revision, dieAt).toBe(dieAt === 'before the manifest' ? revision : revision + 1);
    expect(isLogged).toBe(true);
    expect(new Set(await objects(one.archive))).toEqual(new Set(manifest.files.map((file) => file.object)));
    expect(one.archive.index.pending()).toEqual([]);
    const manifests: string[] = [];
    for await (const { name } of one.archive.store.list('recordings/')) manifests.push(name);
    expect(manifests).toHaveLength(1);
  }
  expect(await objects(one.archive)).toHaveLength(first.length);
});

const aRevision = (text: string): Revision => ({
  rebuild: async (_recording, folder) => {
    const file = path.join(folder, 'disclosures');
    writeFileSync(file, text);
    return [{ path: bundlePaths.disclosures, file, bytes: text.length, sha256: hash('sha256', text, 'hex') }];
  },
  custody: { action: 'redacted', by: 'ann', tool: 'test', at: '2026-01-01T00:00:00.000Z' },
  enter: async () => {
    throw new Error('died');
  },
});

/** The same archive, in a process that dies at this point. */
function dieWhere(archive: Archive, point: 'before the manifest' | 'after the manifest' | 'after the index'): Archive {
  const isManifest = (name: string): boolean => name.startsWith('recordings/');
  const store = Object.create(archive.store) as RecordingStore;
  store.put = async (name, file, options) => {
    if (point === 'before the manifest' && isManifest(name)) throw new Error('died');
    const facts = await archive.store.put(name, file, options);
    if (point === 'after the manifest' && isManifest(name)) throw new Error('died');
    return facts;
  };
  store.read = (name, range) => archive.store.read(name, range);
  store.head = (name) => archive.store.head(name);
  return { ...archive, store };
}
