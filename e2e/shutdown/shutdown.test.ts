// A real process is told to end while fifty exchanges are under way: answers that stream, long polls, uploads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Dispatcher, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRecords } from '../soak/ledgers/read-records.ts';
import { type DoorName, doorNames, type OpenDoors, openDoors } from './doors.ts';
import { type SlowBigQuery, startSlowBigQuery } from './slow-bigquery.ts';

let directory: string;
let bigQuery: SlowBigQuery;
let doors: OpenDoors;
let uploadsMayEnd: () => void;
let mayUploadsEnd: Promise<void>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-shutdown-'));
  bigQuery = await startSlowBigQuery();
  mayUploadsEnd = new Promise((resolve) => {
    uploadsMayEnd = resolve;
  });
});
afterEach(async () => {
  uploadsMayEnd();
  await doors?.close();
  await bigQuery.close();
  rmSync(directory, { recursive: true });
});

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly text: string };
type Through = ReturnType<OpenDoors['through']>;

async function send({ origin, dispatcher }: Through, path: string, options: Partial<Dispatcher.RequestOptions> = {}): Promise<Answer> {
  const { statusCode, headers, body } = await request(`${origin}${path}`, {
    ...(options as object),
    dispatcher,
    headers: { authorization: `Bearer ${doors.token}`, 'content-type': 'application/json', ...(options.headers as object) },
  });
  return { status: statusCode, headers, text: await body.text() };
}

const query = (through: Through, id: string): Promise<Answer> =>
  send(through, '/bigquery/v2/projects/acme/queries', {
    method: 'POST',
    body: JSON.stringify({ query: 'SELECT 1 AS x', useLegacySql: false, requestId: id }),
  });
const poll = (through: Through, id: string): Promise<Answer> => send(through, `/bigquery/v2/projects/acme/queries/${id}?timeoutMs=60000`);
const insert = (through: Through, id: string): Promise<Answer> =>
  send(through, '/bigquery/v2/projects/acme/jobs', {
    method: 'POST',
    body: JSON.stringify({
      jobReference: { projectId: 'acme', jobId: id },
      configuration: { query: { query: 'SELECT 1', useLegacySql: false } },
    }),
  });

/** Its last part comes when uploads may end. */
async function* multipart(): AsyncGenerator<string> {
  const load = { destinationTable: { projectId: 'acme', datasetId: 'd', tableId: 't' }, sourceFormat: 'CSV' };
  yield `--b\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ configuration: { load } })}\r\n--b\r\nContent-Type: text/csv\r\n\r\n`;
  yield 'a,1\n'.repeat(10_000);
  await mayUploadsEnd;
  yield `${'b,2\n'.repeat(10_000)}\r\n--b--\r\n`;
}
const upload = (through: Through): Promise<Answer> =>
  send(through, '/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart', {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; boundary=b' },
    body: Readable.from(multipart()),
  });

const settled = (answers: readonly Promise<Answer>[]): Promise<(Answer | Error)[]> =>
  Promise.all(answers.map((each) => each.catch((error: Error) => error)));
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition(); ) {
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(bigQuery.waiting)}; ${doors.process.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Fifty at once, all of them in the middle of their answer or of their request. */
async function beginFifty(door: DoorName): Promise<Promise<Answer>[]> {
  const through = doors.through(door);
  await Promise.all(Array.from({ length: 15 }, (_, index) => insert(through, `job-${index}`)));
  const answers = [
    ...Array.from({ length: 20 }, (_, index) => query(through, `q-${index}`)),
    ...Array.from({ length: 15 }, (_, index) => poll(through, `job-${index}`)),
    ...Array.from({ length: 15 }, () => upload(through)),
  ];
  for (const each of answers) each.catch(() => undefined);
  await until(() => bigQuery.waiting.stream === 20 && bigQuery.waiting.poll === 15 && bigQuery.waiting.upload === 15);
  return answers;
}

describe.each(doorNames)('%s', (door) => {
  test('what is under way finishes, what comes is refused and sent away, and the record has all of it', { timeout: 120_000 }, async () => {
    doors = await openDoors(directory, bigQuery.url, 60);
    const keptAlive = doors.through(door);
    expect((await insert(keptAlive, 'before')).status).toBe(200);
    const answers = await beginFifty(door);
    const stopped = doors.process.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(await (await fetch(`http://127.0.0.1:${doors.adminPort}/readyz`)).json()).toMatchObject({
      ready: false,
      reasons: [expect.stringContaining('shutting down')],
    });
    const late = await insert(keptAlive, 'late');
    expect(late).toMatchObject({ status: 503, headers: { connection: 'close', 'retry-after': '5' } });
    expect(JSON.parse(late.text)).toMatchObject({ error: { code: 503, errors: [{ reason: 'backendError' }] } });
    const anew = await insert(doors.through(door), 'later').catch((error: Error) => error);
    if (door === 'CONNECT proxy') expect(String((anew as Error).message)).toMatch(/503/);
    else expect(anew).toMatchObject({ status: 503, headers: { connection: 'close' } });

    bigQuery.goOn();
    uploadsMayEnd();
    const all = await settled(answers);
    expect(all.map((each) => ('status' in each ? each.status : each.message))).toEqual(Array(50).fill(200));
    for (const each of all.slice(0, 20)) {
      const { rows } = JSON.parse((each as Answer).text) as { rows: { f: { v: string }[] }[] };
      expect(rows).toHaveLength(200);
      expect(rows.at(-1)!.f[0]!.v).toMatch(/-199-x{200}$/);
    }
    await stopped;
    expect(await doors.process.exited).toBe(0);

    const { exchanges, faults } = await readRecords(doors.dataDirectory);
    expect(faults).toEqual([]);
    const clients = exchanges.filter(({ door: by }) => by !== 'gateway');
    const outcomes = Object.groupBy(clients, ({ end }) => (end?.kind === 'end' ? `${end.outcome} ${end.reason ?? ''}`.trim() : 'no end'));
    expect(Object.fromEntries(Object.entries(outcomes).map(([outcome, each]) => [outcome, each!.length]))).toEqual({
      answered: 66,
      'refused GATEWAY_CLOSING': door === 'CONNECT proxy' ? 1 : 2,
    });
  });

  test('a second signal cuts off what is left at once, and the record says so', { timeout: 120_000 }, async () => {
    doors = await openDoors(directory, bigQuery.url, 60);
    const answers = await beginFifty(door);
    const startedAt = performance.now();
    const stopped = doors.process.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    void doors.process.stop();
    await stopped;
    expect(await doors.process.exited).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await settled(answers)).filter((each) => each instanceof Error)).toHaveLength(50);
    await expectCutOff();
  });
});

test('what is not over at the deadline is cut off, and the record says so', { timeout: 120_000 }, async () => {
  doors = await openDoors(directory, bigQuery.url, 1);
  const answers = await beginFifty('direct TLS');
  await doors.process.stop();
  expect(await doors.process.exited).toBe(0);
  expect((await settled(answers)).filter((each) => each instanceof Error)).toHaveLength(50);
  await expectCutOff();
});

/** Every one of the fifty has one end: cut off. None looks answered, and none is missing. */
async function expectCutOff(): Promise<void> {
  const { exchanges, faults } = await readRecords(doors.dataDirectory);
  expect(faults).toEqual([]);
  const clients = exchanges.filter(({ door: by }) => by !== 'gateway');
  const ends = clients.map(({ end }) => (end?.kind === 'end' ? `${end.outcome} ${end.reason ?? ''}`.trim() : `no end: ${end?.kind}`));
  expect(Object.fromEntries(Object.entries(Object.groupBy(ends, (each) => each)).map(([end, all]) => [end, all!.length]))).toEqual({
    answered: 15,
    'aborted the gateway was stopped': 50,
  });
}
