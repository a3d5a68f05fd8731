// ZIP files that no writer makes, byte by byte (APPNOTE.TXT 4.3 and 4.5.3).
import { deflateRawSync } from 'node:zlib';
import { bundlePaths } from '../format.ts';

/** Puts `slack` behind the deflate stream of the leaves; sizes and places follow, CRC-32 and content stay. */
export function withSlack(zip: Buffer, slack: Buffer): Buffer {
  const end = zip.length - 22;
  const [count, from] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 16)];
  const directory = Buffer.from(zip.subarray(from, end));
  let cut = 0;
  for (let at = 0, seen = 0; seen < count; seen += 1) {
    const [packed, name, offset] = [directory.readUInt32LE(at + 20), directory.readUInt16LE(at + 28), directory.readUInt32LE(at + 42)];
    if (cut > 0) directory.writeUInt32LE(offset + slack.length, at + 42);
    if (directory.toString('latin1', at + 46, at + 46 + name) === bundlePaths.leaves) {
      cut = offset + 30 + name + packed;
      directory.writeUInt32LE(packed + slack.length, at + 20);
      if ((zip.readUInt16LE(offset + 6) & 8) === 0) zip.writeUInt32LE(packed + slack.length, offset + 18);
      else zip.writeUInt32LE(packed + slack.length, cut + 8);
    }
    at += 46 + name + directory.readUInt16LE(at + 30);
  }
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt32LE(from + slack.length, 16);
  return Buffer.concat([zip.subarray(0, cut), slack, zip.subarray(cut, from), directory, tail]);
}

/** One packed file with a descriptor, whose directory entry claims `size` packed bytes. */
export function wideZip(size: bigint): Buffer {
  const name = Buffer.from(bundlePaths.manifest);
  const packed = deflateRawSync(Buffer.alloc(0));
  const local = header(30, { 0: u32(0x04034b50), 4: u16(20), 6: u16(8), 8: u16(8), 10: u32(DAY), 26: u16(name.length) });
  const central = header(46, {
    ...{ 0: u32(0x02014b50), 4: u16(0x033f), 6: u16(45), 8: u16(8), 10: u16(8), 12: u32(DAY) },
    ...{ 20: IN_EXTRA, 24: IN_EXTRA, 28: u16(name.length), 30: u16(28), 38: u32(0x81a40000), 42: IN_EXTRA },
  });
  const extra = header(28, { 0: u32(0x00180001), 12: u64(size) });
  const directory = Buffer.concat([central, name, extra]);
  const body = Buffer.concat([local, name, packed]);
  const counts = { 8: u16(1), 10: u16(1), 12: u32(directory.length), 16: u32(body.length) };
  return Buffer.concat([body, directory, header(22, { 0: u32(0x06054b50), ...counts })]);
}

/** Only the ends, and a count of `count` files. */
export function wideEnd(count: bigint): Buffer {
  const wide = { 0: u32(0x06064b50), 4: u64(44n), 12: u16(0x033f), 14: u16(45), 24: u64(count), 32: u64(count) };
  return Buffer.concat([
    header(56, wide),
    header(20, { 0: u32(0x07064b50), 16: u32(1) }),
    header(22, { 0: u32(0x06054b50), 8: IN_EXTRA, 12: IN_EXTRA, 16: IN_EXTRA }),
  ]);
}

/** 1 January 1980. */
const DAY = 0x00210000;

/** The value stands in the ZIP64 parts. */
const IN_EXTRA = Buffer.alloc(4, 0xff);

/** Zeros but for `fields`, by their places. */
function header(length: number, fields: Readonly<Record<number, Buffer>>): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [at, field] of Object.entries(fields)) field.copy(bytes, Number(at));
  return bytes;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
