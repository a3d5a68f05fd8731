import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { openStore } from './open-store.ts';
import { ObjectExists, ObjectLocked, type RecordingStore } from './recording-store.ts';

export type StoreCheck = { readonly name: string; readonly status: 'passed' | 'failed'; readonly detail: string };
type Step = readonly [name: string, run: () => Promise<string>];

const RETAINED_MS = 4_000;

/** Proves a store with small objects of its own under `checks/`, which it deletes. Goes on after a failure, unless the store does not open. */
export async function* checkStore(config: Pick<Config, 'storage' | 'dataDirectory'>): AsyncGenerator<StoreCheck> {
  let store: RecordingStore | undefined;
  const open = async (): Promise<string> => {
    store = await openStore(config);
    return describe(config);
  };
  yield await attempt(['open', open]);
  if (store === undefined) return;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-check-'));
  try {
    const probe = await makeProbe(folder);
    for (const step of [...stepsOf(store, probe), ...(await overwriteSteps(config, probe)), ...farewells(store, probe)])
      yield await attempt(step);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const describe = ({ storage, dataDirectory }: Pick<Config, 'storage' | 'dataDirectory'>): string => {
  if (storage === undefined) return `folder ${path.join(dataDirectory, 'store')}`;
  return 'folder' in storage ? `folder ${storage.folder}` : `bucket ${storage.s3.bucket}, object lock: ${storage.s3.objectLock}`;
};

async function attempt([name, run]: Step): Promise<StoreCheck> {
  try {
    return { name, status: 'passed', detail: await run() };
  } catch (error) {
    return { name, status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

type Probe = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly file: string;
  /** As long as `file`, other bytes. */
  readonly otherFile: string;
  /** More than one part of an upload. */
  readonly bigFile: string;
};

async function makeProbe(folder: string): Promise<Probe> {
  const [file, otherFile, bigFile] = ['probe', 'other', 'big'].map((each) => path.join(folder, each)) as [string, string, string];
  const bytes = randomBytes(10_000);
  await writeFile(file, bytes);
  await writeFile(otherFile, randomBytes(10_000));
  await writeFile(bigFile, randomBytes(17 * 2 ** 20));
  return { name: `checks/${randomUUID()}`, bytes, file, otherFile, bigFile };
}

function stepsOf(store: RecordingStore, { name, bytes, file, otherFile, bigFile }: Probe): Step[] {
  return [
    ['write', async () => `${(await store.put(name, file)).bytes} bytes as ${name}`],
    ['write the same again', () => store.put(name, file).then(() => 'nothing changed')],
    ['refuse other bytes', () => mustFail(ObjectExists, () => store.put(name, otherFile))],
    ['read', async () => same(await readAll(store, name), bytes)],
    ['read a range', async () => same(await readAll(store, name, { offset: 5000, length: 100 }), bytes.subarray(5000, 5100))],
    ['list', async () => listed(await Array.fromAsync(store.list(name)), name)],
    ['write in parts', async () => `${(await store.put(`${name}-big`, bigFile)).bytes} bytes`],
  ];
}

/** What the store does by itself is proven above; these send what must not succeed to the bucket, as two gateways at once would. */
async function overwriteSteps({ storage }: Pick<Config, 'storage'>, probe: Probe): Promise<Step[]> {
  if (storage === undefined || 'folder' in storage) return [];
  const { refuseToOverwrite } = await import('./check-s3.ts');
  return [
    ['bucket refuses to overwrite', () => refuseToOverwrite(storage.s3, probe.name, probe.otherFile)],
    ['bucket refuses to overwrite in parts', () => refuseToOverwrite(storage.s3, `${probe.name}-big`, probe.bigFile)],
  ];
}

function farewells(store: RecordingStore, { name, file }: Probe): Step[] {
  return [
    [
      'legal hold',
      () =>
        underLock(
          store,
          name,
          () => store.hold(name, true),
          () => store.hold(name, false),
        ),
    ],
    ['retention', () => retainBriefly(store, `${name}-retained`, file)],
    ['delete', () => deleteAll(store, name)],
  ];
}

async function retainBriefly(store: RecordingStore, name: string, file: string): Promise<string> {
  const put = async (): Promise<void> => void (await store.put(name, file, { retainUntil: new Date(Date.now() + RETAINED_MS) }));
  return underLock(store, name, put, () => sleep(RETAINED_MS + 1500));
}

async function deleteAll(store: RecordingStore, name: string): Promise<string> {
  for (const each of [name, `${name}-big`, `${name}-retained`]) await store.delete(each);
  const left = (await Array.fromAsync(store.list(name))).length;
  if (left > 0) throw new Error(`${left} of the objects are still there.`);
  return 'nothing is left';
}

async function underLock(store: RecordingStore, name: string, lock: () => Promise<void>, unlock: () => Promise<void>): Promise<string> {
  await lock();
  const facts = await store.head(name);
  if (facts === undefined || (!facts.legalHold && facts.retainUntil === undefined)) {
    throw new Error('The lock was set and does not show: grant s3:GetObjectRetention and s3:GetObjectLegalHold.');
  }
  const refused = await mustFail(ObjectLocked, () => store.delete(name));
  await unlock();
  return `${refused}; lifted`;
}

async function mustFail(kind: typeof ObjectExists | typeof ObjectLocked, action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof kind) return 'refused, as it must be';
    throw error;
  }
  throw new Error('It was not refused: this store does not protect what is written to it.');
}

const readAll = async (store: RecordingStore, name: string, range?: { offset: number; length: number }): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(store.read(name, range)));

function same(found: Buffer, wanted: Buffer): string {
  if (!found.equals(wanted)) throw new Error(`Other bytes came back than were written (${found.length} of ${wanted.length}).`);
  return `${found.length} bytes, as written`;
}

function listed(found: readonly { name: string }[], name: string): string {
  if (!found.some((each) => each.name === name)) throw new Error('What was written is not in the list.');
  return 'it is there';
}
