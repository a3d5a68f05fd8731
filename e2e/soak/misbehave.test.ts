import { expect, test } from 'vitest';
import { misbehave } from './misbehave.ts';

// All twenty offsets: npm run soak -- misbehaviours
test('whatever BigQuery’s side of the wire does, no cut answer looks whole, and the record says what came and how it ended', async () => {
  const { cells, right, faults } = await misbehave([1, 7, 15]);
  expect(faults).toEqual([]);
  expect(right).toBe(cells);
  expect(cells).toBe(75);
}, 90_000);
