import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { decideContent } from './content-mode.ts';
import type { Exchange } from './exchange.ts';
import { listSegments } from './record/list-segments.ts';
import { openRecorder } from './record/open-recorder.ts';
import type { Recorder } from './record/recorder.ts';
import { openStages } from './stages.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { answerLikeBigQuery, type SeenRequest, sendJson } from './testing/upstream-double.ts';

const retention = `retention: { default: forever, rules: [{ groups: [analysts], content: content-free }] }`;
const queries = '/bigquery/v2/projects/acme/queries';
const rowsOf = (...values: string[]) => ({ jobComplete: true, rows: values.map((v) => ({ f: [{ v }] })) });

let gateway: TestGateway;
let directory: string;
let recorder: Recorder;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  gateway = await startTestGateway({ config: retention });
  directory = mkdtempSync(join(tmpdir(), 'steno-content-'));
  const config: Config = { ...gateway.config, dataDirectory: directory };
  recorder = await openRecorder({ directory });
  app = await createApp({ config, recorder, stages: await openStages(config, recorder) });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await recorder.close();
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  gateway.upstream.answer = answerLikeBigQuery;
});

const answerRows = (answer: (response: ServerResponse) => void): void => {
  gateway.upstream.answer = (request: SeenRequest, response) =>
    request.url.includes('/queries') ? answer(response) : answerLikeBigQuery(request, response);
};

async function query(sql: string, groups: string[] = ['analysts']): Promise<{ status: number; text: string }> {
  const token = await gateway.issuer.mint({ groups });
  const response = await fetch(url + queries, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: sql, useLegacySql: false }),
  });
  return { status: response.status, text: await response.text() };
}

const journal = (): string =>
  listSegments(directory)
    .map((file) => readFileSync(file, 'latin1'))
    .join('');

describe('a group whose content is not kept', () => {
  it('gets its rows; of them and of its literals the journal holds nothing', async () => {
    answerRows((response) => sendJson(response, 200, rowsOf('value-of-a-row', 'another-value')));
    const { status, text } = await query("SELECT * FROM acme.sales.orders WHERE customer = 'literal-in-sql' AND card = 4929111122223333");
    expect(status).toBe(200);
    expect(text).toContain('value-of-a-row');
    for (const content of ['value-of-a-row', 'another-value', 'literal-in-sql', '4929111122223333'])
      expect(journal()).not.toContain(content);
    expect(journal()).toContain('SELECT * FROM acme.sales.orders WHERE customer = ? AND card = ?');
    expect(journal()).toContain('"content":"content-free"');
  });

  it.each([
    ['denied by policy', "SELECT 'denied-literal' FROM acme.secret.t", 403],
    ['no SQL', "SELECT 'denied-literal' FRO FROM", 400],
  ])('a statement that is %s leaves no literal either', async (_, sql, expected) => {
    const { status } = await query(sql);
    expect(status).toBe(expected);
    expect(journal()).not.toContain('denied-literal');
  });

  it('what BigQuery says of a value is passed on, and not kept', async () => {
    const message = 'Bad double value: quoted-by-bigquery';
    answerRows((response) => sendJson(response, 400, { error: { code: 400, message, errors: [{ reason: 'invalidQuery', message }] } }));
    const { status, text } = await query('SELECT CAST(x AS FLOAT64) FROM acme.sales.orders');
    expect(status).toBe(400);
    expect(text).toContain('quoted-by-bigquery');
    expect(journal()).not.toContain('quoted-by-bigquery');
  });

  it.each([
    ['rows of another shape', '{"rows":[["shape-secret"]]}'],
    ['bytes that are no JSON', 'shape-secret'],
  ])('%s are answered with an error in BigQuery’s shape before the first byte', async (_, body) => {
    answerRows((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    const { status, text } = await query('SELECT x FROM acme.sales.orders');
    expect(status).toBeGreaterThanOrEqual(500);
    expect(JSON.parse(text).error.errors[0].reason).toBeTypeOf('string');
    expect(text).not.toContain('shape-secret');
    expect(journal()).not.toContain('shape-secret');
  });

  it('rows that go wrong on their way are cut, never delivered as whole', async () => {
    answerRows((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"rows":[{"f":[{"v":"first-row"}]},');
      setTimeout(() => response.end('{"f":["late-secret"]}]}'), 100);
    });
    await expect(query('SELECT x FROM acme.sales.orders')).rejects.toThrow();
    expect(journal()).not.toContain('late-secret');
    expect(journal()).toContain('its rows cannot be told apart');
  });

  it('rows that end too early are cut, though HTTP says they are whole', async () => {
    answerRows((response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"rows":[{"f":[{"v":"1"}]}'));
    await expect(query('SELECT x FROM acme.sales.orders')).rejects.toThrow();
  });
});

it('another group is recorded in full', async () => {
  answerRows((response) => sendJson(response, 200, rowsOf('open-value')));
  await query("SELECT 'open-literal' FROM acme.sales.orders", ['engineers']);
  expect(journal()).toContain('open-literal');
});

describe('what cannot be told yet counts as the strictest', () => {
  const rules = (text: string) => ({ ...gateway.config, retention: { ...gateway.config.retention!, rules: [JSON.parse(text)] } });
  const content = (config: Pick<Config, 'retention' | 'connections'>, exchange: Partial<Exchange>): string => {
    const some = { content: 'full', ...exchange } as Exchange;
    decideContent(some, config);
    return some.content;
  };
  const ada = { kind: 'agent', issuer: 'https://i', subject: 'ada', groups: ['sales'], actChain: [] } as const;

  it('who is not known may be in any group', () => {
    const byGroup = rules('{"groups":["privacy"],"content":"content-free"}');
    expect(content(byGroup, { connection: 'main' })).toBe('content-free');
    expect(content(byGroup, { connection: 'main', principal: ada })).toBe('full');
    expect(content(byGroup, { connection: 'main', principal: { ...ada, groups: ['privacy'] } })).toBe('content-free');
  });

  it('what reached no connection may have been meant for any', () => {
    const byConnection = rules('{"connections":["main"],"content":"content-free"}');
    expect(content(byConnection, { principal: ada })).toBe('content-free');
    expect(content(byConnection, { principal: ada, connection: 'other' })).toBe('full');
  });

  it('nothing is configured: all is kept', () => {
    expect(content({ connections: gateway.config.connections, retention: undefined }, {})).toBe('full');
  });
});
