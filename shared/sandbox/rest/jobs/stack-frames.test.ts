import { expect, test } from 'vitest';
import { createFrameFinder } from './stack-frames.ts';

test('statements are found in their script, repeated ones of a loop too', () => {
  const script = 'SELECT 1;\nLOOP\n  SELECT 2;\n  SELECT 1;\nEND LOOP';
  const frames = ['SELECT 1', 'SELECT 2', 'SELECT 1', 'SELECT 2'].map(createFrameFinder(script));
  expect(frames.map(({ startLine, startColumn, endLine, endColumn }) => [startLine, startColumn, endLine, endColumn])).toEqual([
    [1, 1, 1, 9],
    [3, 3, 3, 11],
    [4, 3, 4, 11],
    [3, 3, 3, 11],
  ]);
});
