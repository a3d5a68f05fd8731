import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { anEngine } from '../an-engine.ts';
import { createRestSurface, type RestSurface } from '../create-rest-surface.ts';

let surface: RestSurface;
let loaded: string[];
afterEach(() => surface.close());

function open(): void {
  loaded = [];
  const onLoad = async ({ sources: [source] }: { sources: readonly object[] }) => {
    loaded.push(await readFile((source as { path: string }).path, 'utf8'));
  };
  surface = createRestSurface(anEngine({ onLoad }));
}

const job = JSON.stringify({ configuration: { load: { destinationTable: { projectId: 'p', datasetId: 'd', tableId: 't' } } } });
const target = '/upload/bigquery/v2/projects/p/jobs';
const multipart = ['--b', 'content-type: application/json', '', job, '--b', 'content-type: text/csv', '', 'a,1\nb,2\n', '--b--', ''].join(
  '\r\n',
);

async function untilDone(jobId: string): Promise<string> {
  for (;;) {
    const { status } = (await surface.app.inject(`/projects/p/jobs/${jobId}`)).json();
    if (status.state === 'DONE') return status.state;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test.each([
  ['plain', {}, Buffer.from(multipart)],
  ['gzip', { 'content-encoding': 'gzip' }, gzipSync(multipart)],
])('a multipart upload (%s) is loaded as it was sent', async (_name, headers, payload) => {
  open();
  const response = await surface.app.inject({
    method: 'POST',
    url: `${target}?uploadType=multipart`,
    headers: { 'content-type': 'multipart/related; boundary=b', ...headers },
    payload,
  });
  await untilDone(response.json().jobReference.jobId);
  expect(loaded).toEqual(['a,1\nb,2\n']);
});

const send = (url: string, range: string, payload: string) =>
  surface.app.inject({ method: 'PUT', url, headers: { 'content-range': range }, payload });

test('a resumable upload is put together from its chunks, repeated ones included', async () => {
  open();
  const begun = await surface.app.inject({
    method: 'POST',
    url: `/s/ticket${target}?uploadType=resumable`,
    headers: { 'content-type': 'application/json', host: 'gw:80' },
    payload: job,
  });
  const location = begun.headers['location'] as string;
  expect([begun.statusCode, location]).toEqual([
    200,
    expect.stringMatching(/^http:\/\/gw:80\/s\/ticket\/upload\/bigquery\/v2\/projects\/p\/jobs\?/),
  ]);

  expect((await send(location, 'bytes */8', '')).statusCode).toBe(308);
  const first = await send(location, 'bytes 0-3/8', 'a,1\n');
  expect([first.statusCode, first.headers['range']]).toEqual([308, 'bytes=0-3']);
  const repeated = await send(location, 'bytes 2-5/*', '1\nb,');
  expect([repeated.statusCode, repeated.headers['range']]).toEqual([308, 'bytes=0-5']);
  const gap = await send(location, 'bytes 7-7/8', '\n');
  expect([gap.statusCode, gap.headers['range']]).toEqual([308, 'bytes=0-5']);
  const last = await send(location, 'bytes 6-7/8', '2\n');
  expect(last.statusCode).toBe(200);
  expect((await send(location, 'bytes 6-7/8', '2\n')).json()).toEqual(last.json());

  await untilDone(last.json().jobReference.jobId);
  expect(loaded).toEqual(['a,1\nb,2\n']);
});

test('an upload that nobody began is not found', async () => {
  open();
  expect((await send(`${target}?uploadType=resumable&upload_id=x`, 'bytes 0-0/1', 'a')).statusCode).toBe(404);
});

test('what is uploaded is removed when it is loaded', async () => {
  open();
  const headers = { 'content-type': 'multipart/related; boundary=b' };
  const response = await surface.app.inject({ method: 'POST', url: `${target}?uploadType=multipart`, headers, payload: multipart });
  await untilDone(response.json().jobReference.jobId);
  const refused = await surface.app.inject({
    method: 'POST',
    url: `${target}?uploadType=multipart`,
    headers,
    payload: multipart.slice(0, -6),
  });
  expect(refused.json().error.errors[0].reason).toBe('badRequest');
});
