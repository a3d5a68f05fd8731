import { expect, test } from 'vitest';
import { killGateway } from './kill-gateway.ts';

// 500 kills under 200 clients: npm run soak -- kill
test('a gateway that is killed and killed again loses nothing acknowledged, invents nothing, and comes up by itself', async () => {
  const outcome = await killGateway(7, 4, 40);
  expect(outcome.faults).toEqual([]);
  expect(outcome.started).toBe(outcome.kills - outcome.killedStarting + 1);
  expect(outcome.acknowledged).toBeGreaterThan(20);
  expect(outcome.reconciled).toBeGreaterThan(5);
}, 240_000);
