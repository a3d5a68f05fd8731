import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobRecord } from './job-record.ts';
import { waitForLook, waitForResults } from './wait-for-job.ts';

const { signal } = new AbortController();
const runningJob = () => ({ state: 'RUNNING', settled: new Promise(() => undefined) }) as unknown as JobRecord;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function heldMs(wait: () => Promise<void>): Promise<number> {
  const startedAt = Date.now();
  const waiting = wait();
  await vi.runAllTimersAsync();
  await waiting;
  return Date.now() - startedAt;
}

test.each([
  [undefined, 10_000],
  [3_000, 3_000],
  [0, 0],
  [999_999, 200_000],
])('a request for results with timeoutMs %s is held for %d ms', async (timeoutMs, expected) => {
  const job = runningJob();
  expect(await heldMs(() => waitForResults(job, timeoutMs, signal))).toBe(expected);
});

test('a second between two answers that a job is not done', async () => {
  const job = runningJob();
  await heldMs(() => waitForResults(job, 0, signal));
  expect(await heldMs(() => waitForResults(job, 0, signal))).toBe(1_000);
  expect(await heldMs(() => waitForResults(job, 2_000, signal))).toBe(2_000);
});

test('the first look is answered at once, the next ones are held', async () => {
  const job = runningJob();
  expect(await heldMs(() => waitForLook(job, signal))).toBe(0);
  expect(await heldMs(() => waitForLook(job, signal))).toBe(5_000);
});

test('a job that is done is nothing to wait for', async () => {
  const job = { ...runningJob(), state: 'DONE' } as JobRecord;
  for (let ask = 0; ask < 3; ask++) expect(await heldMs(() => waitForResults(job, 5_000, signal))).toBe(0);
});
