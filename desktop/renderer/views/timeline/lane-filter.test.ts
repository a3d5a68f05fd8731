import { expect, it } from 'vitest';
import { laneFilter, spanFilter } from './lane-filter.ts';

it('shows a lane beside what is filtered already', () => {
  expect(laneFilter('principal', 'ci@acme.example', '')).toBe('who:ci@acme.example');
  expect(laneFilter('table', 'acme.sales.orders', 'bytes>1GB')).toBe('bytes>1GB tables:acme.sales.orders');
  expect(laneFilter('principal', 'Ann "A" B', '')).toBe('who:"Ann \\"A\\" B"');
});

it('shows a stretch of time', () =>
  expect(spanFilter('2026-03-02T09:00:00Z', '2026-03-02T10:00:00Z', 'who:ci')).toBe(
    'who:ci at>=2026-03-02T09:00:00Z at<=2026-03-02T10:00:00Z',
  ));
