import { expect, test } from 'vitest';
import { NumberSorter } from './number-sorter.ts';
import { createRandom } from './testing/create-random.ts';

/** Everything that is in it, in order. */
function drain(sorter: NumberSorter): [high: number, low: number][] {
  const [sorted, numbers] = [sorter.sorted(), [] as [number, number][]];
  while (sorted.read()) numbers.push([sorted.high, sorted.low]);
  sorter.close();
  return numbers;
}

test.each([0, 1, 99, 100, 101, 12_345])('%d numbers come out in order, however many fit in memory', (count) => {
  const random = createRandom(count);
  const sorter = new NumberSorter(100);
  const numbers = Array.from({ length: count }, () => [Math.floor(random() * 50), Math.floor(random() * 2 ** 32)] as const);
  for (const [high, low] of numbers) sorter.add(high, low);
  expect(sorter.size).toBe(count);
  expect(drain(sorter)).toEqual(numbers.toSorted(([a, b], [c, d]) => a - c || b - d));
});

test('halves with their highest bit set are unsigned', () => {
  const sorter = new NumberSorter(2);
  for (const [high, low] of [
    [0xffff_ffff, 0],
    [1, 0xffff_ffff],
    [1, 0],
    [0x8000_0000, 7],
  ] as const)
    sorter.add(high, low);
  expect(drain(sorter)).toEqual([
    [1, 0],
    [1, 0xffff_ffff],
    [0x8000_0000, 7],
    [0xffff_ffff, 0],
  ]);
});
