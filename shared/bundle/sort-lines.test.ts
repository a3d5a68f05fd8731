import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LineSorter } from './sort-lines.ts';
import { createRandom } from './testing/create-random.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-sort-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sort(lines: readonly string[], runCharacters?: number): string[] {
  const sorter = new LineSorter(path.join(folder, 'run-'), runCharacters);
  for (const line of lines) sorter.add(line);
  const sorted = [...sorter.sorted()];
  expect(readdirSync(folder)).toEqual([]);
  return sorted;
}

const random = createRandom(1);
const someLines = (count: number): string[] =>
  Array.from({ length: count }, () => `urn:${Math.floor(random() * 500)} ${'x'.repeat(Math.floor(random() * 60))}`);

test.each([
  ['nothing', [], 100],
  ['a few lines in memory', ['b', 'a', 'c', 'a'], 1_000],
  ['lines over a few runs', someLines(1_000), 3_000],
  ['lines over so many runs that these are merged on the way', someLines(5_000), 500],
  ['lines that come in order', someLines(2_000).sort(), 1_000],
  ['a line larger than the block that is read', ['z', 'y'.repeat(200_000), 'a'], 10],
])('%s are sorted, and no temporary file stays', (_name, lines, runCharacters) => {
  expect(sort(lines, runCharacters)).toEqual(lines.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
});
