import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnusableName } from '../object-name.ts';
import { ObjectExists, type ObjectFacts, ObjectLocked, ObjectMissing, type ObjectRange, type RecordingStore } from '../recording-store.ts';

export type StoreUnderTest = {
  readonly store: RecordingStore;
  /** Another door to the same objects, as another process would open it. */
  again(): Promise<RecordingStore>;
  /** Lays copies of a file under many names faster than by putting each, where there is a way. */
  readonly seed?: (names: readonly string[], file: string) => Promise<void>;
  close(): Promise<void>;
};
export type ContractOptions = {
  /** What only costs time where another store of the same kind shows it already. */
  readonly leaveOut?: readonly ('a big object' | 'many objects')[];
  /** Called before each call, for a store that shall suffer. */
  readonly disturb?: () => void;
};

const seconds = (count: number): Date => new Date(Date.now() + count * 1000);

/** What every store promises, whatever it keeps its objects in and whatever happens on the way there. */
export function describeStore(
  title: string,
  open: () => Promise<StoreUnderTest>,
  { leaveOut = [], disturb = () => {} }: ContractOptions = {},
): void {
  describe(title, () => {
    let opened: StoreUnderTest;
    let folder: string;
    let count = 0;
    let store: RecordingStore;
    const read = async (name: string, range?: ObjectRange): Promise<Buffer> => {
      return Buffer.concat(await Array.fromAsync(store.read(name, range)));
    };
    const names = async (prefix: string): Promise<string[]> => {
      return (await Array.fromAsync(store.list(prefix))).map(({ name }) => name);
    };
    const aFile = async (content: string | Buffer): Promise<string> => {
      count += 1;
      const file = path.join(folder, String(count));
      await writeFile(file, content);
      return file;
    };

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'steno-contract-'));
      opened = await open();
      store = withEachCall(opened.store, disturb);
    });
    afterAll(async () => {
      await store.close();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    });

    test('what is put is there, byte for byte, with its digest', async () => {
      const bytes = randomBytes(100_000);
      const facts: ObjectFacts = { name: 'objects/one', bytes: 100_000, sha256: sha256(bytes), legalHold: false, retainUntil: undefined };
      expect(await store.put('objects/one', await aFile(bytes))).toEqual(facts);
      expect(await store.head('objects/one')).toEqual(facts);
      expect(await read('objects/one')).toEqual(bytes);
    });

    test('the same bytes again change nothing, other bytes are refused', async () => {
      const first = await store.put('same/name', await aFile('first'));
      expect(await store.put('same/name', await aFile('first'))).toEqual(first);
      await expect(store.put('same/name', await aFile('other'))).rejects.toThrow(ObjectExists);
      await expect(store.put('same/name', await aFile('longer than first'))).rejects.toThrow(ObjectExists);
      expect(String(await read('same/name'))).toBe('first');
    });

    test('an empty object is an object', async () => {
      await store.put('empty', await aFile(''));
      expect(await store.head('empty')).toMatchObject({ bytes: 0, sha256: sha256(Buffer.alloc(0)) });
      expect(await read('empty')).toEqual(Buffer.alloc(0));
      expect(await names('empty')).toEqual(['empty']);
    });

    test('a range gives these bytes and no others', async () => {
      await store.put('ranges', await aFile('0123456789'));
      expect(String(await read('ranges', { offset: 0, length: 1 }))).toBe('0');
      expect(String(await read('ranges', { offset: 3, length: 4 }))).toBe('3456');
      expect(String(await read('ranges', { offset: 9, length: 1 }))).toBe('9');
      expect(String(await read('ranges', { offset: 10, length: 0 }))).toBe('');
      for (const range of [
        { offset: 9, length: 2 },
        { offset: -1, length: 2 },
        { offset: 0, length: -1 },
        { offset: Number.NaN, length: 1 },
      ]) {
        await expect(read('ranges', range)).rejects.toThrow(RangeError);
      }
    });

    test('what is not there is missing, and deleting it is no mistake', async () => {
      expect(await store.head('nothing/here')).toBeUndefined();
      await expect(read('nothing/here')).rejects.toThrow(ObjectMissing);
      await expect(store.retain('nothing/here', seconds(60))).rejects.toThrow(ObjectMissing);
      await expect(store.hold('nothing/here', true)).rejects.toThrow(ObjectMissing);
      await store.delete('nothing/here');
      expect(await store.head('nothing')).toBeUndefined();
    });

    test.each(['', '/a', 'a/', '..', '../a', 'a/../b', '.facts/a', '.lock', 'a~facts.json', 'a\0b', 'a\\b'])(
      'the name %j is refused',
      async (name) => {
        const file = await aFile('x');
        await expect(store.put(name, file)).rejects.toThrow(UnusableName);
        await expect(store.head(name)).rejects.toThrow(UnusableName);
        await expect(read(name)).rejects.toThrow(UnusableName);
        await expect(store.delete(name)).rejects.toThrow(UnusableName);
        await expect(store.retain(name, seconds(60))).rejects.toThrow(UnusableName);
        await expect(store.hold(name, true)).rejects.toThrow(UnusableName);
      },
    );

    test('a list is in order of whole names, and begins with the prefix', async () => {
      const all = ['l/a-b', 'l/a/b', 'l/a/b-c', 'l/a.b', 'l/a0', 'l/B', 'l/b/c/d', 'l/_', 'l/k=v/x'];
      const file = await aFile('x');
      for (const name of all) await store.put(name, file);
      expect(await names('l/')).toEqual([...all].sort());
      expect(await names('l/a/')).toEqual(['l/a/b', 'l/a/b-c']);
      expect(await names('l/a/b')).toEqual(['l/a/b', 'l/a/b-c']);
      expect(await names('l/a')).toEqual(['l/a-b', 'l/a.b', 'l/a/b', 'l/a/b-c', 'l/a0']);
      expect(await names('l/zzz')).toEqual([]);
      expect(await names('zzz/zzz')).toEqual([]);
      expect(await names('')).toEqual(expect.arrayContaining(all));
      for (const prefix of ['../', '/', 'a//', 'l/../l']) await expect(names(prefix)).rejects.toThrow(UnusableName);
    });

    test('a retention only grows, and a retained object cannot be deleted', async () => {
      const [until, longer, longest] = [whole(seconds(3600)), whole(seconds(7200)), whole(seconds(9000))];
      await store.put('retained', await aFile('x'), { retainUntil: until });
      expect((await store.head('retained'))?.retainUntil).toEqual(until);
      await expect(store.delete('retained')).rejects.toThrow(ObjectLocked);
      await store.retain('retained', seconds(60));
      expect((await store.head('retained'))?.retainUntil).toEqual(until);
      await store.retain('retained', longer);
      expect((await store.head('retained'))?.retainUntil).toEqual(longer);
      expect((await store.put('retained', await aFile('x'), { retainUntil: seconds(60) })).retainUntil).toEqual(longer);
      expect((await store.put('retained', await aFile('x'), { retainUntil: longest })).retainUntil).toEqual(longest);
      expect(String(await read('retained'))).toBe('x');
    });

    test('a retention that ended lets go, in the second after', async () => {
      await store.put('brief', await aFile('x'));
      await store.retain('brief', seconds(-5));
      const until = whole(seconds(3));
      await store.retain('brief', until);
      await expect(store.delete('brief')).rejects.toThrow(ObjectLocked);
      await sleep(until.getTime() - Date.now() + 50);
      await store.delete('brief');
      expect(await store.head('brief')).toBeUndefined();
      expect(await names('brief')).toEqual([]);
    }, 60_000);

    test('a legal hold beats everything, and lifting it leaves the retention', async () => {
      await store.put('held', await aFile('x'), { legalHold: true });
      expect((await store.head('held'))?.legalHold).toBe(true);
      await expect(store.delete('held')).rejects.toThrow(/legal hold/);
      await store.retain('held', whole(seconds(3600)));
      await store.hold('held', true);
      await store.hold('held', false);
      expect(await store.head('held')).toMatchObject({ legalHold: false, retainUntil: expect.any(Date) });
      await expect(store.delete('held')).rejects.toThrow(/retained until/);
      await store.put('released', await aFile('x'), { legalHold: true });
      await store.hold('released', false);
      await store.delete('released');
      expect(await store.head('released')).toBeUndefined();
    });

    test('a deleted name is free for other bytes', async () => {
      await store.put('again/and/again', await aFile('one'));
      await store.delete('again/and/again');
      await store.delete('again/and/again');
      await store.put('again/and/again', await aFile('two'), { legalHold: true });
      expect(String(await read('again/and/again'))).toBe('two');
      await store.hold('again/and/again', false);
      await store.delete('again/and/again');
      expect(await names('again/')).toEqual([]);
    });

    test('of many who put other bytes under one name, exactly one wins', async () => {
      const second = await opened.again();
      const files = await Promise.all(Array.from({ length: 12 }, (_, index) => aFile(`writer ${index}`)));
      const ends = await Promise.allSettled(files.map((file, index) => (index % 2 === 0 ? store : second).put('contested', file)));
      const won = ends.flatMap((each, index) => (each.status === 'fulfilled' ? [index] : []));
      expect(won).toHaveLength(1);
      for (const each of ends) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(ObjectExists);
      expect(String(await read('contested'))).toBe(`writer ${won[0]}`);
      await second.close();
    });

    test('many who put the same bytes all succeed', async () => {
      const second = await opened.again();
      const file = await aFile('the same');
      const ends = await Promise.all(Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? store : second).put('agreed', file)));
      expect(new Set(ends.map(({ sha256: digest }) => digest)).size).toBe(1);
      await second.close();
    });

    test('many who retain at once leave the longest, and a hold among them stays', async () => {
      const second = await opened.again();
      await store.put('busy', await aFile('x'));
      const base = whole(seconds(3600)).getTime();
      const later = [5, 2, 9, 1, 7, 3, 8, 4, 6, 0].map((each) => new Date(base + each * 60_000));
      await Promise.all([
        ...later.map((each, index) => (index % 2 === 0 ? store : second).retain('busy', each)),
        second.hold('busy', true),
      ]);
      expect(await store.head('busy')).toMatchObject({ retainUntil: new Date(base + 9 * 60_000), legalHold: true });
      await second.close();
    });

    test.skipIf(leaveOut.includes('a big object'))(
      '300 MB come and go in constant memory',
      async () => {
        const { file, digest } = await aBigFile(path.join(folder, 'big'), 300);
        const before = process.memoryUsage().rss;
        let peak = before;
        const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
        await store.put('big', file);
        const hash = createHash('sha256');
        for await (const chunk of store.read('big')) hash.update(chunk);
        clearInterval(watch);
        expect(hash.digest('hex')).toBe(digest);
        expect(await store.head('big')).toMatchObject({ bytes: 300 * 2 ** 20, sha256: digest });
        expect(await read('big', { offset: 200 * 2 ** 20 - 3, length: 6 })).toHaveLength(6);
        expect((peak - before) / 2 ** 20).toBeLessThan(150);
        await expect(store.put('big', await aFile('small'))).rejects.toThrow(ObjectExists);
        await store.delete('big');
      },
      240_000,
    );

    test.skipIf(leaveOut.includes('many objects'))(
      '5,000 objects are listed, each once and in order',
      async () => {
        const file = await aFile('one of many');
        const all = Array.from({ length: 5000 }, (_, index) => `many/${sha256(Buffer.from(String(index)))}`);
        if (opened.seed !== undefined) await opened.seed(all, file);
        else for (let at = 0; at < all.length; at += 20) await Promise.all(all.slice(at, at + 20).map((name) => store.put(name, file)));
        expect(await names('many/')).toEqual([...all].sort());
        expect(await names('many/a')).toEqual(all.filter((each) => each.startsWith('many/a')).sort());
      },
      240_000,
    );

    test('a file that is not there is the mistake of who asked', async () => {
      await expect(store.put('no/file', path.join(folder, 'missing'))).rejects.toThrow('ENOENT');
      expect(await store.head('no/file')).toBeUndefined();
    });
  });
}

const withEachCall = (store: RecordingStore, before: () => void): RecordingStore =>
  new Proxy(store, {
    get:
      (target, name: keyof RecordingStore) =>
      (...values: never[]) => {
        before();
        return (target[name] as (...all: never[]) => unknown)(...values);
      },
  });

async function aBigFile(file: string, megabytes: number): Promise<{ file: string; digest: string }> {
  const hash = createHash('sha256');
  const target = createWriteStream(file);
  for (let at = 0; at < megabytes; at += 1) {
    const chunk = randomBytes(2 ** 20);
    hash.update(chunk);
    if (!target.write(chunk)) await new Promise<void>((resolve) => target.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => target.end(() => resolve()));
  return { file, digest: hash.digest('hex') };
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const whole = (moment: Date): Date => new Date(Math.floor(moment.getTime() / 1000) * 1000);
