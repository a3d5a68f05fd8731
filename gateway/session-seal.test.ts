import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { listSessions } from './record/list-sessions.ts';
import { openRecorder } from './record/open-recorder.ts';
import type { Recorder } from './record/recorder.ts';
import { openStages, type Stages } from './stages.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
let directory: string;
/** The clock of sessions, moved by hand. */
let now = Date.now();

beforeAll(async () => {
  gateway = await startTestGateway();
  directory = mkdtempSync(join(tmpdir(), 'steno-seal-'));
});
afterAll(async () => {
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<{ recorder: Recorder; stages: Stages; url: string; close(): Promise<void> }> {
  const config: Config = { ...gateway.config, dataDirectory: directory, session: { idleMinutes: 30, maxHours: 12 } };
  const recorder = await openRecorder({ directory });
  const stages = await openStages(config, recorder, () => now);
  const app = await createApp({ config, recorder, stages });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { recorder, stages, url, close: () => app.close() };
}

async function query(url: string, session: string): Promise<number> {
  const token = await gateway.issuer.mint({ groups: ['analysts'] });
  const response = await fetch(`${url}/s/${session}/bigquery/v2/projects/acme/queries`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'SELECT x FROM acme.sales.orders', useLegacySql: false }),
  });
  await response.text();
  return response.status;
}

const states = (): Record<string, string> => Object.fromEntries(listSessions(directory).map(({ name, state }) => [name, state]));

test('a session that nobody comes back to is closed, signed, and can be sealed; the next of its name is another', async () => {
  const running = await start();
  expect(await query(running.url, 'ticket-1')).toBe(200);
  now += 30 * 60_000;
  running.stages.sessions.closeExpired();
  expect(running.recorder.state().openSessions).toBe(1);
  now += 1;
  running.stages.sessions.closeExpired();
  await expect.poll(states, { timeout: 25_000 }).toEqual({ 'ticket-1': 'closed' });
  expect(await query(running.url, 'ticket-1')).toBe(200);
  expect(running.recorder.state().openSessions).toBe(1);
  await running.close();
  await running.recorder.close();
  const sessions = listSessions(directory);
  expect(sessions.map(({ name, state }) => [name, state])).toEqual([
    ['ticket-1', 'closed'],
    ['ticket-1', 'closed'],
  ]);
  expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(2);
});
