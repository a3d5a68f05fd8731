import { expect, test } from 'vitest';
import { fillDisk, mountDisk } from './fill-disk.ts';

const disk = mountDisk(1);
disk?.unmount();

// 100 fills: npm run soak -- full-disk
test.skipIf(disk === undefined)(
  'a full disk: 503 before the query, nothing acknowledged lost, and on it goes by itself when room returns',
  async () => {
    const outcome = await fillDisk(3, 3);
    expect(outcome.faults).toEqual([]);
    expect(outcome.acknowledged).toBeGreaterThan(20);
    expect(outcome.refused).toBeGreaterThan(20);
  },
  90_000,
);
