import { expect, test } from 'vitest';
import { PagedRecords } from './paged-records.ts';
import { createRandom } from './testing/create-random.ts';

test('records that do not fit in memory read as they were written, others are zeroes', () => {
  const records = new PagedRecords(48, 3);
  const random = createRandom(7);
  const written = new Map<number, string>();
  for (let turn = 0; turn < 20_000; turn += 1) {
    const index = Math.floor(random() * 50_000);
    const text = `${index} in turn ${turn}`;
    const record = records.edit(index);
    record.fill(0);
    record.write(text);
    written.set(index, text);
  }
  for (let index = 0; index < 60_000; index += 7)
    expect(records.at(index).toString('latin1').replaceAll('\0', '')).toBe(written.get(index) ?? '');
  records.close();
});

test('a page that was only read is read again from where it was written', () => {
  const records = new PagedRecords(32_768, 1);
  records.edit(1).write('one');
  expect(records.at(9)[0]).toBe(0);
  expect(records.at(1).toString('latin1', 0, 3)).toBe('one');
  expect(records.at(9)[0]).toBe(0);
  expect(records.at(1).toString('latin1', 0, 3)).toBe('one');
  records.close();
});
