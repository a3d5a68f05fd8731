import { expect, test } from 'vitest';
import { killOnce } from './testing/kill-once.ts';

let acknowledged = 0;

// The same with 500 seeds and 200 agents: e2e/soak/kill.ts
test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
  'a killed recorder loses nothing acknowledged and invents nothing (seed %i)',
  async (seed) => {
    const outcome = await killOnce(seed);
    expect(outcome.faults).toEqual([]);
    acknowledged += outcome.acknowledged;
  },
  60_000,
);

test('the kills above hit recorders at work', () => {
  expect(acknowledged).toBeGreaterThan(50);
});
