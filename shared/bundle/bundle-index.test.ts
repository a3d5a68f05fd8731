import { expect, it } from 'vitest';
import { findRecords } from './bundle-index.ts';
import { bundlePaths } from './format.ts';
import { createRandom } from './testing/create-random.ts';
import type { MemberArchive } from './zip-archive.ts';
import type { ZipEntry } from './zip-directory.ts';

const uuid = (number: number): string => `01952500-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** An index of exchanges with odd numbers, each with one to four records; `length` says how long a line is. */
function anIndex(
  exchanges: number,
  length: (line: number) => number,
): { zip: MemberArchive; index: ZipEntry; records: Map<string, number[]> } {
  const records = new Map<string, number[]>();
  let text = '';
  let offset = 0;
  for (let number = 1; number < 2 * exchanges; number += 2) {
    for (const record of ['conversion', 'metadata', 'request', 'response'].slice(0, 1 + (number % 4))) {
      const entry = { url: 'u'.repeat(length(offset)), mime: 'm', record, filename: 'f', offset: String(offset), length: '1' };
      text += `urn:uuid:${uuid(number)} 20260301000000 ${JSON.stringify(entry)}\n`;
      records.set(uuid(number), [...(records.get(uuid(number)) ?? []), offset]);
      offset += 1;
    }
  }
  const bytes = Buffer.from(text);
  const index: ZipEntry = {
    path: bundlePaths.index,
    method: 'store',
    crc32: 0,
    compressedBytes: bytes.length,
    bytes: bytes.length,
    start: 0,
  };
  const readAt = async (_entry: ZipEntry, at: number, wanted: number): Promise<Buffer> => bytes.subarray(at, at + wanted);
  return { zip: { entries: new Map(), readAt } as unknown as MemberArchive, index, records };
}

it.each([
  ['short lines', 3_000, () => 200],
  ['lines of every length', 400, (line: number) => (line * 7_919) % 3_000],
  ['a few of the longest lines', 40, (line: number) => (line % 5 === 0 ? 60_000 : 10)],
  ['one exchange', 1, () => 10],
])('finds the records of each exchange and of no other, in order and out of it: %s', async (_case, exchanges, length) => {
  const { zip, index, records } = anIndex(exchanges, length);
  const find = async (number: number): Promise<number[]> => (await findRecords(zip, index, uuid(number))).map(({ offset }) => offset);
  const random = createRandom(exchanges);
  const wanted = Array.from({ length: 2 * exchanges + 2 }, (_, number) => number);
  for (const number of wanted) expect([number, await find(number)]).toEqual([number, records.get(uuid(number)) ?? []]);
  for (const number of wanted.toReversed()) expect([number, await find(number)]).toEqual([number, records.get(uuid(number)) ?? []]);
  for (let round = 0; round < 300; round += 1) {
    const number = Math.floor(random() * wanted.length);
    expect([number, await find(number)]).toEqual([number, records.get(uuid(number)) ?? []]);
  }
});
