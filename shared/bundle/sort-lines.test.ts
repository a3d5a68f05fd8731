import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LineSorter } from './sort-lines.ts';
import { createRandom } from './testing/create-random.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steno-sort-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sort(lines: readonly string[], runBytes: number): string {
  const sorter = new LineSorter(path.join(folder, 'run-'), { runBytes, maxRuns: 8 });
  for (const line of lines) sorter.add(line);
  let sorted = '';
  for (const line of sorter.sorted()) sorted += line.toString();
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
  ['lines over so many runs that these are merged on the way', someLines(500), 500],
  ['lines that come in order', someLines(2_000).sort(), 1_000],
  ['lines over so many runs that what was merged is merged again', someLines(500), 100],
  ['a line larger than the block that is read', ['z', 'y'.repeat(200_000), 'a'], 10],
  ['a line of which another is the beginning', ['ab', 'a', 'abc', 'a\u0001'], 1_000],
  ['lines beyond ASCII, by their bytes', ['ü', '\u{1f600}', '\uffee', 'u', 'é'], 12],
])('%s are sorted, and no temporary file stays', (_name, lines, runBytes) => {
  const sorted = lines.map((line) => Buffer.from(line)).sort(Buffer.compare);
  expect(sort(lines, runBytes)).toBe(sorted.map((line) => `${line}\n`).join(''));
});
