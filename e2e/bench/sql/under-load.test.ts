import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../../shared/sandbox/create-sandbox.ts';
import { besideHeavy, connectClient, LOAD_PROJECT, measureLight, prepareLoad } from './load-clients.ts';
import { pageThrough } from './page-through.ts';

let sandbox: Sandbox;
let url: string;
beforeAll(async () => {
  sandbox = await createSandbox({ threads: 2 });
  url = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  await prepareLoad(connectClient(url), 100_000);
});
afterAll(async () => {
  delete process.env['BIGQUERY_EMULATOR_HOST'];
  await sandbox.close();
});

test('64 clients at once are answered, a heavy statement stops none of them, and it can be cancelled', async () => {
  await measureLight(url, 64, 1);
  const alone = await measureLight(url, 64, 2);
  const { value: beside, cancelMs } = await besideHeavy(connectClient(url), () => measureLight(url, 64, 2));
  expect(beside.count).toBe(128);
  expect(beside.p95 / alone.p95).toBeLessThan(6);
  expect(cancelMs).toBeLessThan(5000);
}, 120_000);

test('a large result is paged without being held', async () => {
  await pageThrough(url, LOAD_PROJECT, 100_000);
  const before = process.memoryUsage();
  const paged = await pageThrough(url, LOAD_PROJECT, 1_000_000);
  expect(paged.lastMs / paged.firstMs).toBeLessThan(10);
  expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(300e6);
}, 120_000);
