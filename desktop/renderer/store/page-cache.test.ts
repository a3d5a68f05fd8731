import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../shared/base/result.ts';
import { createPageCache, type LoadPage } from './page-cache.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A list of `total` numbers, and the windows that were asked for. */
function aList(total: number) {
  const asked: number[] = [];
  const load: LoadPage<number> = async (offset, limit) => {
    asked.push(offset);
    return ok({ total, rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => offset + index) });
  };
  return { asked, load };
}

describe('a page cache', () => {
  it('asks for the page on screen, once', async () => {
    const { asked, load } = aList(1_000_000);
    const cache = createPageCache({ load, pageSize: 100 });
    cache.want(0, 40);
    cache.want(5, 45);
    await settle();
    expect(asked).toEqual([0]);
    expect(cache.total()).toBe(1_000_000);
    expect(cache.rowAt(42)).toBe(42);
    expect(cache.rowAt(100)).toBeUndefined();
  });

  it('loads both pages when the screen lies across their border', async () => {
    const { asked, load } = aList(1000);
    const cache = createPageCache({ load, pageSize: 100, total: 1000 });
    cache.want(95, 130);
    await settle();
    expect(asked).toEqual([0, 100]);
    expect([cache.rowAt(99), cache.rowAt(100)]).toEqual([99, 100]);
  });

  it('skips pages that were scrolled past before their turn', async () => {
    const { asked, load } = aList(100_000);
    const cache = createPageCache({ load, pageSize: 100, total: 100_000 });
    for (let row = 0; row < 50_000; row += 1000) cache.want(row, row + 30);
    await settle();
    await settle();
    expect(asked.length).toBeLessThan(5);
    expect(cache.rowAt(49_000)).toBe(49_000);
  });

  it('keeps a bounded number of pages', async () => {
    const { load } = aList(10_000);
    const cache = createPageCache({ load, pageSize: 10, maxPages: 3, total: 10_000 });
    for (let row = 0; row < 100; row += 10) {
      cache.want(row, row + 5);
      await settle();
    }
    expect([0, 10, 20, 30, 40, 50, 60, 70, 80, 90].filter((row) => cache.rowAt(row) !== undefined)).toEqual([70, 80, 90]);
  });

  it('tells a failure once and asks again on retry', async () => {
    let broken = true;
    const failure = { code: 'ENGINE_UNREACHABLE', message: 'The engine did not answer.' };
    const cache = createPageCache<number>({ load: async () => (broken ? err(failure) : ok({ rows: [7], total: 1 })) });
    cache.want(0, 10);
    await settle();
    expect(cache.failure()).toEqual(failure);
    broken = false;
    cache.retry();
    await settle();
    expect(cache.failure()).toBeUndefined();
    expect(cache.rowAt(0)).toBe(7);
  });
});
