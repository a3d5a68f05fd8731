import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFolderStore } from './folder-store.ts';
import { ObjectDamaged, ObjectExists, ObjectLocked, type RecordingStore } from './recording-store.ts';
import { describeStore } from './testing/store-contract.ts';

describeStore('a store in a folder', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-store-'));
  return {
    store: await openFolderStore(folder),
    again: () => openFolderStore(folder),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('a folder that others touched', () => {
  let folder: string;
  let source: string;
  let store: RecordingStore;
  const inStore = (name: string): string => path.join(folder, 'store', name);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'steno-touched-'));
    source = path.join(folder, 'source');
    await writeFile(source, 'what was put');
    store = await openFolderStore(path.join(folder, 'store'));
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a changed byte is noticed when the object is read, a changed length at once', async () => {
    await store.put('a', source);
    await chmod(inStore('a'), 0o600);
    await writeFile(inStore('a'), 'what was puT');
    await expect(Array.fromAsync(store.read('a'))).rejects.toThrow(ObjectDamaged);
    await truncate(inStore('a'), 5);
    await expect(Array.fromAsync(store.read('a', { offset: 0, length: 2 }))).rejects.toThrow(/5 bytes, and 12 were put/);
  });

  test('facts that cannot be understood unlock nothing', async () => {
    await store.put('a', source, { legalHold: true });
    await writeFile(inStore('a~facts.json'), '{"sha256":');
    await expect(store.delete('a')).rejects.toThrow(ObjectDamaged);
    await expect(store.head('a')).rejects.toThrow(ObjectDamaged);
    expect(await readFile(inStore('a'), 'utf8')).toBe('what was put');
  });

  test('bytes that came without facts are an object that can be locked, and not overwritten', async () => {
    await mkdir(inStore('restored'));
    await writeFile(inStore('restored/b'), 'from a backup');
    expect((await Array.fromAsync(store.list('')))[0]).toMatchObject({ name: 'restored/b', bytes: 13, legalHold: false });
    await expect(store.put('restored/b', source)).rejects.toThrow(ObjectExists);
    await store.hold('restored/b', true);
    await expect(store.delete('restored/b')).rejects.toThrow(ObjectLocked);
  });

  test('a symbolic link is no object, and what it leads to is not read', async () => {
    await symlink(source, inStore('link'));
    await expect(store.head('link')).rejects.toThrow(ObjectDamaged);
    await expect(Array.fromAsync(store.read('link'))).rejects.toThrow(ObjectDamaged);
    await expect(store.put('link', source)).rejects.toThrow(ObjectDamaged);
  });

  test('a name cannot be a file and a folder at once', async () => {
    await store.put('a/b', source);
    await expect(store.put('a', source)).rejects.toThrow('cannot name an object');
    await expect(store.put('a/b/c', source)).rejects.toThrow('cannot name an object');
    expect(await readdir(inStore('.'))).toEqual(['.incoming', '.lock', 'a']);
  });

  test('files that are not ours are not listed', async () => {
    await store.put('a', source);
    for (const each of ['.DS_Store', 'b c', 'd~', 'a.tmp.']) await writeFile(inStore(each), 'x');
    expect((await Array.fromAsync(store.list(''))).map(({ name }) => name)).toEqual(['a']);
  });

  test('objects are readable by their owner alone, and written by nobody', async () => {
    await store.put('deep/er/a', source);
    expect((await stat(inStore('deep/er/a'))).mode & 0o777).toBe(0o400);
    expect((await stat(inStore('deep'))).mode & 0o777).toBe(0o700);
  });

  test('what a killed process left an hour ago is swept, what is being written is not', async () => {
    await writeFile(inStore('.incoming/old'), 'x');
    await utimes(inStore('.incoming/old'), 0, 0);
    await writeFile(inStore('.incoming/new'), 'x');
    await (await openFolderStore(path.join(folder, 'store'))).close();
    expect(await readdir(inStore('.incoming'))).toEqual(['new']);
  });

  test('a folder that went away while the store was open is an error, and is not made anew', async () => {
    await rename(path.join(folder, 'store'), path.join(folder, 'elsewhere'));
    await expect(store.put('a', source)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['elsewhere', 'source']);
  });
});
