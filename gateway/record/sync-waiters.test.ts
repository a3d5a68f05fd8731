import { describe, expect, it } from 'vitest';
import { SyncWaiters } from './sync-waiters.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('who waits for a sync', () => {
  it('is not kept waiting where the last sync was for one alone', () => {
    const waiters = new SyncWaiters();
    waiters.join(10);
    expect(waiters.gathers(1, () => undefined)).toBe(false);
  });

  it('waits for the others of the next turns, while there are any', async () => {
    const waiters = new SyncWaiters();
    let asked = 0;
    const ask = (): boolean =>
      waiters.gathers(2, () => {
        asked += 1;
      });
    waiters.join(10);
    expect(ask()).toBe(true);
    waiters.join(20);
    expect(ask()).toBe(true);
    await nextTurn();
    expect(asked).toBe(1);
    expect(ask()).toBe(true);
    await nextTurn();
    expect([asked, ask(), waiters.upTo, waiters.count]).toEqual([2, false, 20, 2]);
  });

  it('waits no longer than two turns, however many come', async () => {
    const waiters = new SyncWaiters();
    let turns = 0;
    const ask = (): void => {
      if (waiters.gathers(2, ask)) turns += 1;
      waiters.join(turns);
    };
    ask();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(turns).toBe(2);
  });
});
