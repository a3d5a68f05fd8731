import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { findRecords } from './bundle-index.ts';
import { bundlePaths, INDEX_META, olderPaths } from './format.ts';
import { keyOf, renderBlock } from './index-writer.ts';
import { createRandom } from './testing/create-random.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const uuid = (number: number): string => `01952500-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

type Records = Map<string, number[]>;

/** The lines of an index of exchanges with odd numbers, each with one to four records; `length` says how long a line is. */
function indexLines(exchanges: number, length: (line: number) => number): { lines: string[]; records: Records } {
  const records: Records = new Map();
  const lines: string[] = [];
  for (let number = 1; number < 2 * exchanges; number += 2) {
    for (const record of ['conversion', 'metadata', 'request', 'response'].slice(0, 1 + (number % 4))) {
      const offset = lines.length;
      const entry = { url: 'u'.repeat(length(offset)), mime: 'm', record, filename: 'f', offset: String(offset), length: '1' };
      lines.push(`urn:uuid:${uuid(number)} 20260301000000 ${JSON.stringify(entry)}\n`);
      records.set(uuid(number), [...(records.get(uuid(number)) ?? []), offset]);
    }
  }
  return { lines, records };
}

const olderArchive = (lines: readonly string[]): MemberArchive => anArchive([[olderPaths.index, Buffer.from(lines.join(''))]]);

/** In blocks of so few lines that exchanges begin in one and end in the next. */
function archiveOfBlocks(lines: readonly string[], perBlock: number): MemberArchive {
  const addresses = Array.from({ length: 7 }, (_, at) => `com,example)/ 2026030100000000${at} {}\n`);
  const all = [...addresses, ...lines];
  let list = `${INDEX_META}\n`;
  const blocks: Buffer[] = [];
  let offset = 0;
  for (let at = 0; at < all.length; at += perBlock) {
    const block = gzipSync(all.slice(at, at + perBlock).join(''));
    const digest = `sha256:${createHash('sha256').update(block).digest('hex')}`;
    list += `${renderBlock({ key: keyOf(all[at]!), offset, length: block.length, digest })}\n`;
    blocks.push(block);
    offset += block.length;
  }
  return anArchive([
    [bundlePaths.indexBlocks, Buffer.from(list)],
    [bundlePaths.index, Buffer.concat(blocks)],
  ]);
}

function anArchive(members: readonly (readonly [string, Buffer])[]): MemberArchive {
  const contents = new Map(members);
  const entries = members.map(([path, { length: bytes }]): [string, ZipEntry] => [
    path,
    { path, method: 'store', crc32: 0, compressedBytes: bytes, bytes, start: 0 },
  ]);
  const readAt = async ({ path }: ZipEntry, at: number, wanted: number): Promise<Buffer> => contents.get(path)!.subarray(at, at + wanted);
  return { entries: new Map(entries), readAt } as unknown as MemberArchive;
}

const versions: readonly [string, (lines: readonly string[]) => MemberArchive][] = [
  ['version 2', olderArchive],
  ['blocks of 7 lines', (lines) => archiveOfBlocks(lines, 7)],
  ['blocks of 100 lines', (lines) => archiveOfBlocks(lines, 100)],
];

it.each([
  ['short lines', 600, () => 200],
  ['lines of every length', 400, (line: number) => (line * 7_919) % 3_000],
  ['a few of the longest lines', 40, (line: number) => (line % 5 === 0 ? 60_000 : 10)],
  ['one exchange', 1, () => 10],
])(
  'finds the records of each exchange and of no other, in order and out of it: %s',
  async (_case, exchanges, length) => {
    const { lines, records } = indexLines(exchanges, length);
    for (const [version, archive] of versions) await findAll(version, archive(lines), exchanges, records);
  },
  60_000,
);

async function findAll(version: string, zip: MemberArchive, exchanges: number, records: Records): Promise<void> {
  const find = async (number: number): Promise<number[]> => (await findRecords(zip, uuid(number))).map(({ offset }) => offset);
  const random = createRandom(exchanges);
  const wanted = Array.from({ length: 2 * exchanges + 2 }, (_, number) => number);
  const anywhere = Array.from({ length: 300 }, () => Math.floor(random() * wanted.length));
  for (const order of [wanted, wanted.toReversed(), anywhere]) {
    const found: [number, number[]][] = [];
    for (const number of order) found.push([number, await find(number)]);
    expect([version, found]).toEqual([version, order.map((number) => [number, records.get(uuid(number)) ?? []])]);
  }
}
