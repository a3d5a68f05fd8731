import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { crashStates } from './crash-states.ts';

// The trace is strace's; without it the test is skipped. 10,000 states: npm run soak -- states
const hasStrace = spawnSync('strace', ['-V'], { stdio: 'ignore' }).error === undefined;

test.skipIf(!hasStrace)(
  'whatever part of the unsynced a power loss leaves: what was acknowledged is there, nothing is invented, and the start needs nobody',
  async () => {
    const outcome = await crashStates(1, 150);
    expect(outcome.faults).toEqual([]);
    expect(outcome.states).toBe(150);
    expect(Object.keys(outcome.byMode).sort()).toEqual(['damaged', 'durable', 'garbage', 'process', 'sectors', 'torn']);
  },
  120_000,
);
