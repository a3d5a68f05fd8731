import { expect, test } from 'vitest';
import { FaultyCalls, hasStrace } from './fault-calls.ts';

// Every call and every effect: npm run soak -- syscalls
test.skipIf(!hasStrace())(
  'a system call that fails, does half of its work or is the last: what was acknowledged is there, and the start needs nobody',
  async () => {
    const calls = new FaultyCalls(2);
    try {
      const all = calls.all();
      expect(all.length).toBeGreaterThan(300);
      const chosen = all.filter((_, index) => index % Math.ceil(all.length / 8) === 3);
      for (const fault of chosen) expect({ fault, broken: await calls.inject(fault) }).toEqual({ fault, broken: [] });
    } finally {
      calls.close();
    }
  },
  120_000,
);
