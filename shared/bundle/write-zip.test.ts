import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, test } from 'vitest';
import yazl from 'yazl';
import { writeZip, type ZipMember } from './write-zip.ts';
import { ZipArchive } from './zip-archive.ts';
import { centralRecord, descriptor, endRecords, localHeader, type ZipRecord } from './zip-records.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-write-zip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixed = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true, compress: false } as const;
const lines = Buffer.from(Array.from({ length: 60_000 }, (_, number) => `{"line":${number},"square":${number * number}}\n`).join(''));

test('a ZIP of stored members is the one that yazl writes, byte for byte', async () => {
  const [source, ours, theirs] = ['source', 'ours.zip', 'theirs.zip'].map((name) => path.join(folder, name)) as [string, string, string];
  writeFileSync(source, lines);
  await writeZip(ours, [
    { path: 'a/text.json', bytes: Buffer.from('{}') },
    { path: 'b.ndjson', file: source, method: 'store' },
  ]);
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from('{}'), 'a/text.json', fixed);
  zip.addFile(source, 'b.ndjson', fixed);
  zip.end({ forceZip64Format: false, comment: '' });
  await pipeline(zip.outputStream, createWriteStream(theirs));
  expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
});

test.each([
  ['lines in small pieces', lines, 1_000],
  ['lines in one piece', lines, lines.length],
  ['no lines at all', Buffer.alloc(3_000_000, 'x'), 700_000],
  ['nothing', Buffer.alloc(0), 1],
])('%s, packed in segments, are read by us and by unzip', async (name, content, pieceBytes) => {
  const file = path.join(folder, `${name}.zip`);
  async function* read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
  }
  await writeZip(file, [{ path: 'packed', read, length: content.length, method: 'deflate' }]);
  const zip = await ZipArchive.open(file);
  expect((await zip.read(zip.entries.get('packed')!, content.length)).equals(content)).toBe(true);
  await zip.close();
  const { stdout, status } = spawnSync('unzip', ['-p', file], { maxBuffer: 2 * content.length + 1_024 });
  expect([status, stdout.equals(content)]).toEqual([0, true]);
});

test('a member that yields other than was announced ends the writing', async () => {
  async function* read(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('short');
  }
  const member: ZipMember = { path: 'a', read, length: 6, method: 'store' };
  await expect(writeZip(path.join(folder, 'short.zip'), [member])).rejects.toThrow('5 bytes where 6 were announced');
});

test('what is larger than 4 GiB has wide fields, as the reader wants them', async () => {
  // A sparse file: zeros up to where the second member begins.
  const far = 5 * 2 ** 30;
  const first: ZipRecord = { path: 'far', method: 'store', crc32: 0, compressedBytes: far, bytes: far, offset: 0, hasDescriptor: true };
  const begin = localHeader(first);
  const text = Buffer.from('near');
  const second: ZipRecord = {
    ...{ path: 'near', method: 'store', crc32: 0, compressedBytes: 4, bytes: 4, hasDescriptor: false },
    offset: begin.length + far + descriptor(first).length,
  } as ZipRecord;
  const tail = Buffer.concat([descriptor(first), localHeader(second), text]);
  const directory = Buffer.concat([centralRecord(first), centralRecord(second)]);
  const start = begin.length + far + tail.length;
  const file = path.join(folder, 'wide.zip');
  const { open } = await import('node:fs/promises');
  const handle = await open(file, 'wx');
  await handle.write(begin, 0, begin.length, 0);
  await handle.write(tail, 0, tail.length, begin.length + far);
  const end = Buffer.concat([directory, endRecords(2, directory.length, start)]);
  await handle.write(end, 0, end.length, start);
  await handle.close();
  const zip = await ZipArchive.open(file);
  expect([...zip.entries.values()].map(({ path: name, bytes }) => [name, bytes])).toEqual([
    ['far', far],
    ['near', 4],
  ]);
  expect((await zip.read(zip.entries.get('near')!, 4)).toString()).toBe('near');
  await zip.close();
});
