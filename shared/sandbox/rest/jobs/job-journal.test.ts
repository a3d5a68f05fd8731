import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../create-sandbox.ts';

let directory: string;
let sandbox: Sandbox;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'job-journal-test-'));
  sandbox = await createSandbox({ directory });
});
afterEach(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true });
});

const restart = async (): Promise<void> => {
  await sandbox.close();
  sandbox = await createSandbox({ directory });
};

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types would
type Json = Record<string, any>;

async function send(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object): Promise<Json> {
  const response = await sandbox.app.inject({ method, url: `/bigquery/v2/projects/p${url}`, ...(payload && { payload }) });
  return response.payload === '' ? {} : response.json();
}

const query = (sql: string) => send('POST', '/queries', { query: sql });

test('jobs, their statistics and their rows are there after a restart', async () => {
  const { jobReference } = await query('CREATE TABLE d.t AS SELECT 1 AS a; SELECT a, TIMESTAMP "2024-01-01" AS t FROM d.t');
  const failed = await query('SELECT 1 / 0');
  const path = `/jobs/${jobReference.jobId}`;
  const before = await send('GET', path);
  const children = await send('GET', `/jobs?parentJobId=${jobReference.jobId}`);
  const all = await send('GET', '/jobs?projection=full');
  await restart();
  expect(await send('GET', path)).toEqual(before);
  expect((await send('GET', `/queries/${jobReference.jobId}`))['rows']).toEqual([{ f: [{ v: '1' }, { v: '1.7040672E9' }] }]);
  expect(await send('GET', `/jobs?parentJobId=${jobReference.jobId}`)).toEqual(children);
  expect(await send('GET', '/jobs?projection=full')).toEqual(all);
  expect(children['jobs']).toHaveLength(2);
  expect(failed['error']).toMatchObject({ message: expect.stringContaining('division by zero') });
  const names = await query('SELECT job_id FROM `region-us`.INFORMATION_SCHEMA.JOBS WHERE statement_type = "SCRIPT"');
  expect(names['rows']).toEqual([{ f: [{ v: jobReference.jobId }] }]);
});

test('what was deleted stays so; what was cut off by a crash has failed, and so has a line cut short', async () => {
  const { jobReference } = await query('SELECT 1');
  await send('DELETE', `/jobs/${jobReference.jobId}/delete`);
  const reference = { projectId: 'p', jobId: 'cut', location: 'US' };
  const running = {
    reference,
    userEmail: 'me',
    creationTime: 1,
    startTime: 2,
    configuration: { query: { query: 'SELECT' } },
    state: 'RUNNING',
    childCount: 0,
  };
  await appendFile(join(directory, 'jobs.ndjson'), `${JSON.stringify(running)}\n{"reference":{"proj`);
  await restart();
  expect((await send('GET', `/jobs/${jobReference.jobId}`))['error'].code).toBe(404);
  expect((await send('GET', '/jobs/cut'))['status']).toMatchObject({ state: 'DONE', errorResult: { reason: 'stopped' } });
  expect((await readFile(join(directory, 'jobs.ndjson'), 'utf8')).trim().split('\n')).toHaveLength(1);
});
