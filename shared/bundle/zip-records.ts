// The records of a ZIP (APPNOTE 6.3) as we write them: UTF-8 names, fixed time and mode, ZIP64 where a size or place needs it.

/** What both headers of a member say of it. */
export type ZipMember = {
  readonly path: string;
  readonly method: 'store' | 'deflate';
  readonly crc32: number;
  readonly compressedBytes: number;
  readonly bytes: number;
};

export type ZipRecord = ZipMember & {
  /** Of the local header. */
  readonly offset: number;
  /** Sizes and CRC were not known when the local header was written: they follow the data. */
  readonly hasDescriptor: boolean;
};

const MADE_BY = 0x033f;
const TIME = 0x00210000;
const PLAIN_FILE = 0x81a40000;
const [NEEDS, NEEDS_WIDE] = [20, 45];
export const FLAG_DESCRIPTOR = 0x0008;
const FLAG_UTF8 = 0x0800;
const ALL_ONES = 0xffffffff;

export const isWide = ({ bytes, compressedBytes, offset }: ZipRecord): boolean => Math.max(bytes, compressedBytes, offset) >= ALL_ONES;

export function localHeader({ path, method, crc32, compressedBytes, bytes, hasDescriptor }: Omit<ZipRecord, 'offset'>): Buffer {
  const record = Buffer.alloc(30);
  record.writeUInt32LE(0x04034b50, 0);
  record.writeUInt16LE(NEEDS, 4);
  record.writeUInt16LE(flagsOf(hasDescriptor), 6);
  record.writeUInt16LE(codeOf(method), 8);
  record.writeUInt32LE(TIME, 10);
  const sizes = hasDescriptor ? [0, 0, 0] : [crc32, compressedBytes, bytes];
  for (const [index, value] of sizes.entries()) record.writeUInt32LE(value, 14 + index * 4);
  record.writeUInt16LE(path.length, 26);
  return Buffer.concat([record, Buffer.from(path, 'latin1')]);
}

/** Follows the data of a member whose header did not know its sizes. */
export function descriptor(member: ZipRecord): Buffer {
  const { crc32, compressedBytes, bytes } = member;
  const record = Buffer.alloc(isWide(member) ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(crc32, 4);
  if (isWide(member)) writeWide(record, 8, [compressedBytes, bytes]);
  else for (const [index, value] of [compressedBytes, bytes].entries()) record.writeUInt32LE(value, 8 + index * 4);
  return record;
}

export function centralRecord(member: ZipRecord): Buffer {
  const { path, method, crc32, compressedBytes, bytes, offset, hasDescriptor } = member;
  const wide = isWide(member);
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(MADE_BY, 4);
  record.writeUInt16LE(wide ? NEEDS_WIDE : NEEDS, 6);
  record.writeUInt16LE(flagsOf(hasDescriptor), 8);
  record.writeUInt16LE(codeOf(method), 10);
  record.writeUInt32LE(TIME, 12);
  record.writeUInt32LE(crc32, 16);
  record.writeUInt32LE(wide ? ALL_ONES : compressedBytes, 20);
  record.writeUInt32LE(wide ? ALL_ONES : bytes, 24);
  record.writeUInt16LE(path.length, 28);
  record.writeUInt16LE(wide ? 28 : 0, 30);
  record.writeUInt32LE(PLAIN_FILE, 38);
  record.writeUInt32LE(wide ? ALL_ONES : offset, 42);
  return Buffer.concat([record, Buffer.from(path, 'latin1'), wide ? wideField([bytes, compressedBytes, offset]) : Buffer.alloc(0)]);
}

/** What ends the file; `start`: where the directory of `bytes` bytes and `count` records begins. */
export function endRecords(count: number, bytes: number, start: number): Buffer {
  const needs64 = start >= ALL_ONES;
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(needs64 ? ALL_ONES : start, 16);
  return needs64 ? Buffer.concat([endRecords64(count, bytes, start), record]) : record;
}

/** The end record with 64 bits, and where it is. */
export function endRecords64(count: number, bytes: number, start: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  writeWide(record, 4, [56 - 12]);
  record.writeUInt16LE(MADE_BY, 12);
  record.writeUInt16LE(NEEDS_WIDE, 14);
  writeWide(record, 24, [count, count, bytes, start]);
  record.writeUInt32LE(0x07064b50, 56);
  writeWide(record, 56 + 8, [start + bytes]);
  record.writeUInt32LE(1, 56 + 16);
  return record;
}

function wideField(values: readonly number[]): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt32LE(0x00180001, 0);
  writeWide(field, 4, values);
  return field;
}

function writeWide(record: Buffer, at: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) record.writeBigUInt64LE(BigInt(value), at + index * 8);
}

const flagsOf = (hasDescriptor: boolean): number => FLAG_UTF8 | (hasDescriptor ? FLAG_DESCRIPTOR : 0);
const codeOf = (method: ZipRecord['method']): number => (method === 'store' ? 0 : 8);
