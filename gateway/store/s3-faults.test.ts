import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ObjectDamaged, StoreUnavailable } from './recording-store.ts';
import { impatience, openS3UnderTest, type S3UnderTest } from './testing/open-s3-under-test.ts';
import type { FaultKind } from './testing/s3-faults.ts';
import { describeStore } from './testing/store-contract.ts';

const late = { ...impatience, attempts: 6, answerMs: 500 };
const faults: readonly (readonly [title: string, lock: 'compliance' | 'none', fault: FaultKind])[] = [
  ['an internal error', 'none', { kind: 'refuse', status: 500, code: 'InternalError' }],
  ['a plea to slow down', 'compliance', { kind: 'refuse', status: 503, code: 'SlowDown' }],
  ['a connection that breaks within the request', 'compliance', { kind: 'reset-request', bytes: 5 }],
  ['an answer that is lost after it happened', 'compliance', { kind: 'lose-answer' }],
  ['an answer that is lost after it happened', 'none', { kind: 'lose-answer' }],
  ['an answer that breaks off', 'none', { kind: 'reset-answer', bytes: 2 }],
  ['an answer that comes too late', 'compliance', { kind: 'late-answer', ms: 800 }],
];

/** The contract again, with one fault in each call: in its first request, its second or its third, in turns. */
describe.each(faults)('with %s, object lock: %s', (_title, lock, fault) => {
  let under: S3UnderTest;
  let calls = 0;
  const open = async (): Promise<S3UnderTest> => {
    under = await openS3UnderTest(
      { objectLock: lock === 'compliance' },
      { objectLock: lock },
      fault.kind === 'late-answer' ? late : impatience,
    );
    return under;
  };
  const disturb = (): void => {
    calls += 1;
    under.double.faults.clear();
    if (fault.kind !== 'late-answer' || calls % 8 === 0) under.double.faults.plan({ ...fault, skip: calls % 3 });
  };
  describeStore('a store', open, { disturb, leaveOut: ['a big object', 'many objects'] });
  test('it did happen', () => expect(under.double.faults.struck.length).toBeGreaterThan(5));
});

describe('each request of each operation', () => {
  let under: S3UnderTest;
  let folder: string;
  const small = randomBytes(5000);
  const big = randomBytes(17 * 2 ** 20);
  const file = (name: string): string => path.join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'steno-faults-'));
    await writeFile(file('small'), small);
    await writeFile(file('big'), big);
    under = await openS3UnderTest({ objectLock: true }, { objectLock: 'compliance' }, { ...impatience, answerMs: 2000 });
  });
  afterAll(async () => {
    await under.store.close();
    await under.close();
    await rm(folder, { recursive: true, force: true });
  });

  const writes: readonly (readonly [operation: string, source: 'small' | 'big', skip: number])[] = [
    ['PutObject', 'small', 0],
    ['CreateMultipartUpload', 'big', 0],
    ['UploadPart', 'big', 1],
    ['CompleteMultipartUpload', 'big', 0],
    ['ListObjectVersions', 'small', 0],
  ];
  const writeFaults: readonly FaultKind[] = [
    { kind: 'refuse', status: 500, code: 'InternalError' },
    { kind: 'refuse', status: 409, code: 'ConditionalRequestConflict' },
    { kind: 'reset-request', bytes: 1 },
    { kind: 'lose-answer' },
    { kind: 'late-answer', ms: 3000 },
    { kind: 'corrupt-request' },
  ];
  const matrix = writes.flatMap(([operation, source, skip]) =>
    writeFaults
      .filter(({ kind }) => !(operation === 'ListObjectVersions' && (kind === 'corrupt-request' || kind === 'refuse')))
      .map((fault) => ({ operation, source, skip, fault, what: fault.kind === 'refuse' ? fault.code : fault.kind })),
  );

  test.each(matrix)('$what at $operation: the object is there once and whole', async ({ operation, source, skip, fault, what }) => {
    const { double, store } = under;
    const name = `put/${operation}/${what}`;
    const bytes = source === 'small' ? small : big;
    double.faults.clear();
    double.faults.plan({ ...fault, operation, skip });
    const before = double.faults.struck.length;
    const facts = await store.put(name, file(source), { legalHold: true });
    expect(double.faults.struck.length).toBe(before + 1);
    expect(facts).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes), legalHold: true });
    expect(await store.head(name)).toEqual(facts);
    expect(double.bucket.all(`steno/${name}`)).toHaveLength(1);
    const hash = createHash('sha256');
    for await (const chunk of store.read(name)) hash.update(chunk);
    expect(hash.digest('hex')).toBe(sha256(bytes));
  });

  test('nothing half sent is left, but for uploads whose id was lost', () => {
    expect(under.double.bucket.uploads.size).toBeLessThanOrEqual(2);
  });

  test.each([0, 1, 2 ** 20, 17 * 2 ** 20 - 1])('a read whose connection breaks after %i bytes goes on there', async (bytes) => {
    const { double, store } = under;
    await store.put('read/big', file('big'));
    double.requests.length = 0;
    double.faults.clear();
    double.faults.plan({ kind: 'reset-answer', operation: 'GetObject', bytes, times: 3 });
    const hash = createHash('sha256');
    for await (const chunk of store.read('read/big')) hash.update(chunk);
    expect(hash.digest('hex')).toBe(sha256(big));
    expect(double.requests.filter((each) => each === 'GetObject').length).toBeGreaterThan(1);
  });

  test.each([1, 4999])('an answer that ends %i bytes in, tidily, is asked for again', async (bytes) => {
    under.double.faults.clear();
    await under.store.put('read/small', file('small'));
    under.double.faults.plan({ kind: 'cut-answer', operation: 'GetObject', bytes });
    expect(Buffer.concat(await Array.fromAsync(under.store.read('read/small')))).toEqual(small);
  });

  test('one flipped bit is noticed at the end of the read', async () => {
    under.double.faults.clear();
    await under.store.put('read/small', file('small'));
    under.double.faults.plan({ kind: 'corrupt-answer', operation: 'GetObject' });
    await expect(Array.fromAsync(under.store.read('read/small'))).rejects.toThrow(ObjectDamaged);
  });

  test.each(['PutObjectRetention', 'PutObjectLegalHold', 'DeleteObject', 'HeadObject'])('%s survives a lost answer', async (operation) => {
    const { double, store } = under;
    const name = `lost/${operation}`;
    await store.put(name, file('small'));
    double.faults.plan({ kind: 'lose-answer', operation });
    if (operation === 'PutObjectRetention') await store.retain(name, new Date(Date.now() + 60_000));
    if (operation === 'PutObjectLegalHold') await store.hold(name, true);
    if (operation === 'DeleteObject') await store.delete(name);
    const facts = await store.head(name);
    expect(facts === undefined).toBe(operation === 'DeleteObject');
    expect(facts?.legalHold ?? false).toBe(operation === 'PutObjectLegalHold');
    expect(facts?.retainUntil !== undefined).toBe(operation === 'PutObjectRetention');
    expect(double.faults.struck.at(-1)).toBe(`lose-answer ${operation}`);
  });

  test('what does not pass says so, and a later try succeeds', async () => {
    const { double, store } = under;
    double.faults.clear();
    double.faults.plan({ kind: 'refuse', status: 503, code: 'SlowDown', times: 100 });
    await expect(store.put('patience', file('small'))).rejects.toThrow(StoreUnavailable);
    await expect(store.head('patience')).rejects.toThrow(/SlowDown.*can be repeated/);
    double.faults.clear();
    expect(await store.put('patience', file('small'))).toMatchObject({ sha256: sha256(small) });
  });

  test('a clock that is wrong by an hour is put right from the answer', async () => {
    const { double, store } = under;
    double.skewMs = 3_600_000;
    try {
      await store.put('skewed', file('small'));
      expect(await store.head('skewed')).toMatchObject({ bytes: 5000 });
    } finally {
      double.skewMs = 0;
    }
  });
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
