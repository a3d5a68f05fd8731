import type { FileHandle } from 'node:fs/promises';
import { BundleError } from './bundle-error.ts';
import { endRecords64, FLAG_DESCRIPTOR, type ZipMember } from './zip-records.ts';

/** A member of the ZIP: `start` is the first byte of its data. */
export type ZipEntry = ZipMember & { readonly start: number };

type CentralEntry = Omit<ZipEntry, 'start'> & {
  readonly flags: number;
  readonly offset: number;
  readonly isWide: boolean;
};

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_DIRECTORY_BYTES = 1_048_576;
const MAX_ENTRIES = 1_200;
/** Deflate cannot do better than 1032:1. */
const MAX_RATIO = 1_100;
const ALLOWED_FLAGS = FLAG_DESCRIPTOR | 0x0800;
/** What write-zip.ts writes: a plain file with mode 0644, made on Unix (ZIP 6.3), on the first day of ZIP time. */
const PLAIN_FILE = 0x81a40000;
const MADE_BY = 0x033f;
const TIME = 0x00210000;
const NEEDS = 20;
const NEEDS_WIDE = 45;

/**
 * The members of a ZIP under our strict profile: the local headers say what the directory says, field by field; no name twice; the members
 * follow each other without gaps or overlaps, and there is nothing before, between or after. Throws BundleError.
 */
export async function readZipDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const end = await readEnd(file, size);
  const central = parseCentral(await read(file, end.start, end.bytes), end.count);
  const names = new Set(central.map((entry) => entry.path.toLowerCase()));
  if (names.size !== central.length) throw damaged('two of its files have the same name');
  const entries: ZipEntry[] = [];
  let at = 0;
  for (const entry of [...central].sort((left, right) => left.offset - right.offset)) {
    if (entry.offset !== at) throw damaged(`${entry.path} does not begin where the file before it ends`);
    const start = await checkLocal(file, entry);
    at = await checkDescriptor(file, entry, start + entry.compressedBytes);
    entries.push({
      path: entry.path,
      method: entry.method,
      crc32: entry.crc32,
      compressedBytes: entry.compressedBytes,
      bytes: entry.bytes,
      start,
    });
  }
  if (at !== end.start) throw damaged('there are bytes between its files and its directory');
  return entries;
}

const damaged = (what: string): BundleError =>
  new BundleError('BUNDLE_DAMAGED', `The bundle is damaged or was tampered with: ${what}. Fetch it again from whoever exported it.`);

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw damaged('its directory points outside the file');
  return buffer;
}

async function readEnd(file: FileHandle, size: number): Promise<{ start: number; bytes: number; count: number }> {
  const tail = await read(file, Math.max(0, size - END_BYTES), Math.min(size, END_BYTES));
  if (tail.length < END_BYTES || tail.readUInt32LE(0) !== 0x06054b50) throw await withoutEnd(file, size);
  if (tail.readUInt16LE(20) !== 0 || tail.readUInt32LE(4) !== 0) throw damaged('its end record is not as Steno writes it');
  const short = { count: tail.readUInt16LE(10), bytes: tail.readUInt32LE(12), start: tail.readUInt32LE(16) };
  const needs64 = short.count === 0xffff || short.bytes === 0xffffffff || short.start === 0xffffffff;
  const end = needs64 ? await readEnd64(file, size) : { ...short, end: size - END_BYTES };
  if (!needs64 && tail.readUInt16LE(8) !== short.count) throw damaged('its end record contradicts itself');
  if (end.count === 0 || end.count > MAX_ENTRIES || end.bytes > MAX_DIRECTORY_BYTES)
    throw damaged('its directory is larger than any bundle needs');
  if (end.start + end.bytes !== end.end) throw damaged('its directory is not where its end record says');
  return end;
}

async function readEnd64(file: FileHandle, size: number): Promise<{ start: number; bytes: number; count: number; end: number }> {
  const at = size - END_BYTES - LOCATOR_BYTES - END64_BYTES;
  if (at < 0) throw damaged('its end record is not whole');
  const bytes = await read(file, at, END64_BYTES + LOCATOR_BYTES);
  const [count, directoryBytes, start] = [32, 40, 48].map((offset) => readSize(bytes, offset)) as [number, number, number];
  if (start + directoryBytes !== at || !bytes.equals(endRecords64(count, directoryBytes, start)))
    throw damaged('its end record is not as Steno writes it');
  return { count, bytes: directoryBytes, start, end: at };
}

/** No end record where it must be: cut off, appended to, or never a bundle. */
async function withoutEnd(file: FileHandle, size: number): Promise<BundleError> {
  if (size === 0)
    return new BundleError('BUNDLE_NOT_A_BUNDLE', 'This file is empty. Copy it again from its source, and compare the sizes.');
  const head = size >= 4 ? await read(file, 0, 4) : Buffer.alloc(4);
  if (head.readUInt32LE(0) !== 0x04034b50) {
    return new BundleError(
      'BUNDLE_NOT_A_BUNDLE',
      'This file is not a Steno bundle: it is no ZIP at all. Choose a .wacz file that "steno export" wrote.',
    );
  }
  const from = Math.max(0, size - END_BYTES - 65_535);
  const tail = await read(file, from, size - from);
  if (tail.includes(Buffer.from([0x50, 0x4b, 0x05, 0x06]))) return damaged('there are bytes after its end');
  const message = `The bundle was cut off after ${size} bytes: its directory is missing. Copy it again from its source, and compare the sizes.`;
  return new BundleError('BUNDLE_TRUNCATED', message);
}

function parseCentral(directory: Buffer, count: number): CentralEntry[] {
  const entries: CentralEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw damaged('its directory is not whole');
    const nameBytes = directory.readUInt16LE(at + 28);
    const extraBytes = directory.readUInt16LE(at + 30);
    const next = at + CENTRAL_BYTES + nameBytes + extraBytes;
    if (next > directory.length || directory.readUInt16LE(at + 32) !== 0 || directory.readUInt16LE(at + 34) !== 0)
      throw damaged('its directory is not whole');
    entries.push(parseEntry(directory.subarray(at, next), nameBytes));
    at = next;
  }
  if (at !== directory.length) throw damaged('its directory holds more than it counts');
  return entries;
}

function parseEntry(record: Buffer, nameBytes: number): CentralEntry {
  const path = parsePath(record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameBytes));
  const flags = record.readUInt16LE(8);
  const method = record.readUInt16LE(10);
  if ((flags & ~ALLOWED_FLAGS) !== 0) throw damaged(`${path} is encrypted or flagged in an unknown way`);
  if (method !== 0 && method !== 8) throw damaged(`${path} is compressed in an unknown way`);
  if (record.readUInt32LE(38) !== PLAIN_FILE) throw damaged(`${path} is a link, or no plain file`);
  const values = [record.readUInt32LE(24), record.readUInt32LE(20), record.readUInt32LE(42)];
  const wide = readWide(record.subarray(CENTRAL_BYTES + nameBytes), path, values);
  const [bytes, compressedBytes, offset] = (wide ?? values) as [number, number, number];
  if (method === 0 && bytes !== compressedBytes) throw damaged(`${path} is stored under two sizes`);
  if (bytes > compressedBytes * MAX_RATIO + 64) throw damaged(`${path} claims to unpack to more than its bytes can hold`);
  const isOurs = record.readUInt16LE(4) === MADE_BY && record.readUInt16LE(6) === (wide === undefined ? NEEDS : NEEDS_WIDE);
  if (!isOurs || record.readUInt32LE(12) !== TIME || record.readUInt16LE(36) !== 0)
    throw damaged(`${path} is described as no bundle describes it`);
  const sizes = { crc32: record.readUInt32LE(16), bytes, compressedBytes, offset, isWide: wide !== undefined };
  return { path, flags, method: method === 0 ? 'store' : 'deflate', ...sizes };
}

/** Names are never used to write a file; they must still be plain, so that nobody else is misled. */
function parsePath(bytes: Buffer): string {
  const path = bytes.toString('latin1');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(path) || path.length > 200)
    throw damaged('one of its files has a name no bundle uses');
  return path;
}

/** Either no extra field, or all three values are all ones and stand in a ZIP64 field. */
function readWide(extra: Buffer, path: string, values: readonly number[]): number[] | undefined {
  if (extra.length === 0) return undefined;
  const isZip64 = extra.length === 28 && extra.readUInt32LE(0) === 0x00180001 && values.every((value) => value === 0xffffffff);
  if (!isZip64) throw damaged(`${path} carries an extra field`);
  return [4, 12, 20].map((at) => readSize(extra, at));
}

/** No file is larger than a number can say exactly. */
function readSize(bytes: Buffer, at: number): number {
  const size = bytes.readBigUInt64LE(at);
  if (size > Number.MAX_SAFE_INTEGER / 2) throw damaged('it claims sizes that no file has');
  return Number(size);
}

/** Returns where the data begins. */
async function checkLocal(file: FileHandle, entry: CentralEntry): Promise<number> {
  const header = await read(file, entry.offset, LOCAL_BYTES + entry.path.length);
  const usesDescriptor = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  const sizes = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)];
  const expected = usesDescriptor ? [0, 0, 0] : [entry.crc32, entry.compressedBytes, entry.bytes];
  const isSame =
    header.readUInt32LE(0) === 0x04034b50 &&
    header.readUInt16LE(4) === NEEDS &&
    header.readUInt16LE(6) === entry.flags &&
    header.readUInt16LE(8) === (entry.method === 'store' ? 0 : 8) &&
    header.readUInt32LE(10) === TIME &&
    header.readUInt16LE(26) === entry.path.length &&
    header.readUInt16LE(28) === 0 &&
    header.toString('latin1', LOCAL_BYTES) === entry.path &&
    sizes.every((value, index) => value === expected[index]);
  if (!isSame) throw damaged(`${entry.path} is described in two different ways`);
  return entry.offset + header.length;
}

/** Returns where the member ends. */
async function checkDescriptor(file: FileHandle, entry: CentralEntry, at: number): Promise<number> {
  if ((entry.flags & FLAG_DESCRIPTOR) === 0) return at;
  const { isWide } = entry;
  const expected = Buffer.alloc(isWide ? 24 : 16);
  expected.writeUInt32LE(0x08074b50, 0);
  expected.writeUInt32LE(entry.crc32, 4);
  if (isWide) {
    expected.writeBigUInt64LE(BigInt(entry.compressedBytes), 8);
    expected.writeBigUInt64LE(BigInt(entry.bytes), 16);
  } else {
    expected.writeUInt32LE(entry.compressedBytes, 8);
    expected.writeUInt32LE(entry.bytes, 12);
  }
  if (!expected.equals(await read(file, at, expected.length))) throw damaged(`${entry.path} is described in two different ways`);
  return at + expected.length;
}
