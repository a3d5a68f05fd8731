import { expect, it } from 'vitest';
import { toZoom } from './to-zoom.ts';

const axis = { bucketMs: 1000, buckets: 100 };

it('looks closer at a dragged stretch, in either direction', () => {
  const span = { from: '2026-03-02T09:00:10.000Z', to: '2026-03-02T09:00:50.000Z' };
  expect(toZoom(axis, '2026-03-02T09:00:00Z', 0.1, 0.5)).toEqual(span);
  expect(toZoom(axis, '2026-03-02T09:00:00Z', 0.5, 0.1)).toEqual(span);
});

it('takes a click for a click', () => expect(toZoom(axis, '2026-03-02T09:00:00Z', 0.5, 0.501)).toBeUndefined());
