import { expect, test } from 'vitest';
import { keepHeapSmall, letHeapGrow, youngBytes } from './keep-heap-small.ts';

const kept: object[] = [];

/** Objects that live for a while: what makes V8 give the young more room. */
async function load(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (let count = 0; count < 50_000; count += 1) kept[count % 20_000] = { count, list: [count] };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the room for young objects stays as it is, then grows as far as is enough, and no further', async () => {
  keepHeapSmall();
  const before = youngBytes();
  await load(30);
  expect(youngBytes()).toBeLessThanOrEqual(before * 1.01);

  letHeapGrow();
  await load(150);
  expect(youngBytes()).toBeGreaterThan(before);
  expect(youngBytes()).toBeLessThanOrEqual(Math.max(before, 16 * 2 ** 20) * 1.01);
});
