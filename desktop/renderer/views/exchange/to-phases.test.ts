import { expect, it } from 'vitest';
import { toPhases } from './to-phases.ts';

it('lasts from mark to mark', () => {
  const marks = [
    { name: 'identity', ms: 1 },
    { name: 'policy', ms: 3 },
    { name: 'upstreamFirstByte', ms: 43 },
  ];
  expect(toPhases(marks, 50)).toEqual([
    { name: 'identity', startMs: 0, ms: 1 },
    { name: 'policy', startMs: 1, ms: 2 },
    { name: 'upstreamFirstByte', startMs: 3, ms: 40 },
    { name: 'rest', startMs: 43, ms: 7 },
  ]);
});

it('has no rest when nothing is left, and no phases without marks', () => {
  expect(toPhases([{ name: 'identity', ms: 5 }], 5).map((phase) => phase.name)).toEqual(['identity']);
  expect(toPhases([], 80)).toEqual([]);
});
