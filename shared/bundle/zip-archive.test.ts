import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yazl from 'yazl';
import { writeZip } from './write-zip.ts';
import { ZipArchive } from './zip-archive.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'steno-zip-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const content = Buffer.alloc(700_000, 'what the gateway saw ');
const fixed = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true } as const;

async function readAll(file: string): Promise<Record<string, boolean>> {
  const zip = await ZipArchive.open(file);
  const read: Record<string, boolean> = {};
  for (const [name, entry] of zip.entries) read[name] = (await zip.read(entry, 1_000_000)).equals(content);
  await zip.close();
  return read;
}

test('stored and deflated members, from memory and from files, read back', async () => {
  const source = path.join(folder, 'source');
  writeFileSync(source, content);
  const file = path.join(folder, 'plain.zip');
  await writeZip(file, [
    { path: 'a', bytes: content },
    { path: 'b', file: source, method: 'store' },
    { path: 'c', file: source, method: 'deflate' },
  ]);
  expect(await readAll(file)).toEqual({ a: true, b: true, c: true });
});

test('members and archives of more than 4 GiB have wide fields, which are read as well', async () => {
  const source = path.join(folder, 'source-64');
  writeFileSync(source, content);
  const zip = new yazl.ZipFile();
  zip.addBuffer(content, 'small', { ...fixed, compress: false });
  zip.addFile(source, 'stored', { ...fixed, compress: false, forceZip64Format: true });
  zip.addFile(source, 'deflated', { ...fixed, compress: true, forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  const file = path.join(folder, 'wide.zip');
  await pipeline(zip.outputStream, createWriteStream(file));
  expect(await readAll(file)).toEqual({ small: true, stored: true, deflated: true });
});

test('1,200 members are read, as a bundle with a thousand files of rows has; one more is refused', async () => {
  for (const [count, isRead] of [
    [1_200, true],
    [1_201, false],
  ] as const) {
    const file = path.join(folder, `${count}.zip`);
    await writeZip(
      file,
      Array.from({ length: count }, (_, member) => ({ path: `m${member}`, bytes: Buffer.from('x'), method: 'store' as const })),
    );
    const opened = await ZipArchive.open(file).catch(() => undefined);
    expect(opened !== undefined).toBe(isRead);
    await opened?.close();
  }
});

async function aZip(name: string, options: Partial<yazl.Options>, end: Partial<yazl.EndOptions> = {}): Promise<string> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(content, 'a', { ...fixed, compress: false, ...options });
  zip.end({ forceZip64Format: false, comment: '', ...end });
  const file = path.join(folder, name);
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

test.each([
  ['a link', () => aZip('link.zip', { mode: 0o120777 })],
  ['another time', () => aZip('time.zip', { mtime: new Date(2020, 1, 1) })],
  ['an extra field', () => aZip('extra.zip', { forceDosTimestamp: false })],
  ['a comment', () => aZip('comment.zip', {}, { comment: 'hello' })],
])('%s is refused', async (_, make) => {
  await expect(readAll(await make())).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
});

test.each([
  ['../evil', 'a/../../x', 'up'],
  ['an absolute name', '/etc/passwd', 'absolute'],
  ['a backslash', 'a\\b', 'backslash'],
])('the name %s is refused', async (_, name, file) => {
  const plain = path.join(folder, `${file}.zip`);
  const stand = 'n'.repeat(name.length);
  await writeZip(plain, [{ path: stand, bytes: content }]);
  writeFileSync(plain, Buffer.from(readFileSync(plain).toString('latin1').replaceAll(stand, name), 'latin1'));
  await expect(readAll(plain)).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED' });
});

test('a member that unpacks to more than it says is stopped there', async () => {
  const source = path.join(folder, 'bomb-source');
  writeFileSync(source, Buffer.alloc(50_000_000));
  const file = path.join(folder, 'bomb.zip');
  await writeZip(file, [{ path: 'bomb', file: source, method: 'deflate' }]);
  const bytes = readFileSync(file);
  // The sizes in directory and descriptor, 50,000,000 → 1,000.
  for (let at = bytes.indexOf(Buffer.from('80f0fa02', 'hex')); at >= 0; at = bytes.indexOf(Buffer.from('80f0fa02', 'hex')))
    bytes.writeUInt32LE(1_000, at);
  writeFileSync(file, bytes);
  await expect(readAll(file)).rejects.toMatchObject({ code: 'BUNDLE_DAMAGED', message: expect.stringContaining('more than it should') });
});
