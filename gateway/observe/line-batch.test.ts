import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LineBatch } from './line-batch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const collect = () => {
  const written: string[] = [];
  const batch = new LineBatch({ write: (text) => written.push(text), flushSync: () => written.push('synced') });
  return { written, batch };
};

test('lines leave together, in order, within a tenth of a second', () => {
  const { written, batch } = collect();
  batch.write('one\n');
  batch.write('two\n');
  expect(written).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(written).toEqual(['one\ntwo\n']);
  vi.advanceTimersByTime(1_000);
  expect(written).toHaveLength(1);
});

test('many lines do not wait for the time to pass', () => {
  const { written, batch } = collect();
  const line = `${'x'.repeat(999)}\n`;
  for (let count = 0; count < 70; count += 1) batch.write(line);
  expect(written).toEqual([line.repeat(66)]);
  vi.advanceTimersByTime(100);
  expect(written.join('')).toBe(line.repeat(70));
});

test('where the process is about to die, all of it is written at once', () => {
  const { written, batch } = collect();
  batch.write('last words\n');
  batch.flushSync();
  expect(written).toEqual(['last words\n', 'synced']);
});
