import { describe, expect, it } from 'vitest';
import { OVERSCAN, scrollTopFor, toRowWindow } from './row-window.ts';

const view = { scrollTop: 0, viewHeight: 560, rowHeight: 28 };

describe('a window on rows', () => {
  it('shows a short list whole', () => {
    expect(toRowWindow({ ...view, count: 3 })).toEqual({ height: 84, scale: 1, first: 0, last: 2, top: 0 });
    expect(toRowWindow({ ...view, count: 0 }).last).toBe(-1);
  });

  it('renders what is on screen and a little more', () => {
    const window = toRowWindow({ ...view, count: 10_000, scrollTop: 2800 });
    expect(window.first).toBe(100 - OVERSCAN);
    expect(window.last).toBe(120 + OVERSCAN);
    expect(window.top).toBe((100 - OVERSCAN) * 28);
  });

  it.each([1_000_000, 5_000_000, 50_000_000])('reaches the last of %d rows', (count) => {
    const end = toRowWindow({ ...view, count }).height - view.viewHeight;
    const window = toRowWindow({ ...view, count, scrollTop: end });
    expect(window.last).toBe(count - 1);
    // The last row's lower edge lies on the lower edge of the view.
    expect(window.top + (count - window.first) * 28).toBeCloseTo(end + view.viewHeight, 3);
    expect(window.height).toBeLessThan(17_895_697);
  });

  it.each([1000, 1_000_000, 5_000_000])('brings any of %d rows into view, and only as far as needed', (count) => {
    for (const row of [0, 7, Math.floor(count / 2), count - 1]) {
      const scrollTop = scrollTopFor(row, { ...view, count });
      const window = toRowWindow({ ...view, count, scrollTop });
      const y = window.top + (row - window.first) * 28 - scrollTop;
      expect(y).toBeGreaterThanOrEqual(-0.001);
      expect(y + 28).toBeLessThanOrEqual(view.viewHeight + 0.001);
      expect(scrollTopFor(row, { ...view, count, scrollTop })).toBeCloseTo(scrollTop, 6);
    }
  });
});
