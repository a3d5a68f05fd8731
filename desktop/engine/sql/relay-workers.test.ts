import { fork as forkProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryBundle } from '../../../fixtures/sessions/memory-bundle.ts';
import { createMemoryEvidence } from '../../../fixtures/sessions/memory-evidence.ts';
import { salesSession } from '../../../fixtures/sessions/sales-session.ts';
import { createReviewEngine, type ReviewEngine } from '../create-review-engine.ts';
import { createRelayedWorkers, createWorkerRelay, type RelayedProcess } from './relay-workers.ts';

const workerPath = fileURLToPath(new URL('./sql-worker.ts', import.meta.url));
const bundle = createMemoryBundle(salesSession());
let engine: ReviewEngine;
let started = 0;

/** A child process in the shape of Electron's. */
function fork(path: string): RelayedProcess {
  started++;
  const child = forkProcess(path, [], { env: {} });
  return {
    postMessage: (message) => child.send(message as object),
    on: (_, listener) => child.on('message', listener),
    once: (_, listener) => child.once('exit', listener),
    kill: () => child.kill('SIGKILL'),
  };
}

beforeAll(async () => {
  const workers = createRelayedWorkers((order) => queueMicrotask(() => relay.obey(order)));
  const relay = createWorkerRelay(fork, [workerPath], (report) => queueMicrotask(() => workers.receive(report)));
  engine = await createReviewEngine({
    evidence: createMemoryEvidence([bundle]),
    settingsDirectory: false,
    startWorker: workers.startWorker,
    workerPath,
    replayWorkerPath: '/bin/sh',
  });
  await engine.call('case:open', { paths: [bundle.path] });
});
afterAll(() => engine.close());

const untilReady = async (): Promise<void> => {
  for (;;) {
    const state = await engine.call('case:state', {});
    if (state.ok && (state.value as { phase: string }).phase !== 'opening') return;
    await new Promise((wake) => setTimeout(wake, 5));
  }
};

it('runs SQL through the relay, and kills what takes too long', async () => {
  await untilReady();
  expect(await engine.call('sql:run', { runId: 'a', sql: 'SELECT count(*) FROM exchange', maxRows: 1 })).toMatchObject({
    ok: true,
    value: { rows: [['10']] },
  });
  const endless = 'SELECT count(*) FROM range(10000000000) a, range(10000000000) b';
  expect(await engine.call('sql:run', { runId: 'b', sql: endless, maxRows: 1, timeoutMs: 400 })).toMatchObject({
    ok: false,
    error: { code: 'SQL_TIMEOUT' },
  });
  expect(started).toBe(2);
});

it('starts nothing but the workers it knows', async () => {
  await engine.call('replay:start', { target: 'recorded' });
  for (;;) {
    const state = (await engine.call('replay:state', { offset: 0, limit: 0 })) as { value: { phase: string; problem?: { code: string } } };
    if (state.value.phase !== 'preparing') {
      expect(state.value).toMatchObject({ phase: 'failed', problem: { code: 'REPLAY_PROCESS_DIED' } });
      break;
    }
    await new Promise((wake) => setTimeout(wake, 5));
  }
  expect(started).toBe(2);
});
