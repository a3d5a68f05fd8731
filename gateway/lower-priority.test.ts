import { once } from 'node:events';
import { getPriority } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.runIf(process.platform === 'linux')('a thread lowers its own priority and no other', async () => {
  const before = getPriority();
  const file = path.join(import.meta.dirname, 'lower-priority.ts');
  const code = `
    const { getPriority } = require('node:os');
    import(${JSON.stringify(file)}).then(({ lowerPriority }) => {
      lowerPriority(${before + 3});
      require('node:worker_threads').parentPort.postMessage(getPriority());
    });`;
  const worker = new Worker(code, { eval: true });
  expect(await once(worker, 'message')).toEqual([before + 3]);
  expect(getPriority()).toBe(before);
  await worker.terminate();
});
