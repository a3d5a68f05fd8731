import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import { pourBytes } from '../testing/pour-bytes.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { answerLikeBigQuery, type SeenRequest } from '../testing/upstream-double.ts';

const path = '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data';
let gateway: TestGateway;
let token: string;

gatewayForFile((started, minted) => {
  gateway = started;
  token = minted;
});

const lastEnd = () => gateway.recorder.exchanges.at(-1)?.end;
const upstream = (answer: (response: ServerResponse, request: SeenRequest) => void): void => {
  gateway.upstream.answer = (request, response) => answer(response, request);
};

/** A client close to the wire: sees a cut answer as what it is. */
function receive(
  onChunk?: (chunk: Buffer, response: IncomingMessage) => void,
  at = { url: gateway.url, token },
): Promise<{ status: number; headers: IncomingMessage['headers']; length: number; complete: boolean; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const request = get(at.url + path, { headers: { authorization: `Bearer ${at.token}` }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length < 1_000_000) chunks.push(chunk);
        onChunk?.(chunk, response);
      });
      response.on('error', () => undefined);
      response.on('close', () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          length,
          complete: response.complete,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', reject);
  });
}

const until = async (condition: () => boolean, ms = 25_000): Promise<void> => {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

test('a slow client slows BigQuery down, instead of filling memory', async () => {
  let written = 0;
  upstream((response) => {
    response.writeHead(200, { 'content-length': 100_000_000 });
    const block = Buffer.alloc(65_536);
    const more = (): void => {
      while (written < 100_000_000 && !response.destroyed) {
        written += block.length;
        if (!response.write(block)) return void response.once('drain', more);
      }
    };
    more();
  });
  let paused: IncomingMessage | undefined;
  const answer = receive((_, response) => {
    if (paused !== undefined) return;
    paused = response;
    response.pause();
  });
  await until(() => paused !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(written).toBeLessThan(30_000_000);
  paused!.destroy();
  await answer;
});

test('a client that leaves ends the request to BigQuery', async () => {
  let isUpstreamClosed = false;
  upstream((response) => {
    response.on('close', () => (isUpstreamClosed = true));
    response.writeHead(200, { 'content-length': 50_000_000 });
    pourBytes(response, 50_000_000);
  });
  await receive((_, response) => response.destroy());
  await until(() => isUpstreamClosed);
  await until(() => lastEnd() !== undefined);
  expect(lastEnd()).toMatchObject({ outcome: 'aborted', framing: 'truncated' });
});

test('many clients that leave mid-body do not use up the pool', async () => {
  const narrow = await startTestGateway({ config: 'limits: { connectionsPerUpstream: 4 }' });
  narrow.upstream.answer = (_, response) => {
    response.writeHead(200, { 'content-length': 5_000_000 });
    pourBytes(response, 5_000_000);
  };
  const own = { url: narrow.url, token: await narrow.issuer.mint({ groups: ['analysts'] }) };
  // Ten times as many as the pool has connections; some wait in line for one.
  const leave = () => receive((_, response) => response.destroy(), own);
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 8 }, leave));
  expect(narrow.upstream.seen).toHaveLength(40);
  narrow.upstream.answer = answerLikeBigQuery;
  expect((await receive(undefined, own)).status).toBe(200);
  await narrow.close();
});

const cuts: [string, (response: ServerResponse) => void][] = [
  [
    'a short body of a known length',
    (response) => void response.writeHead(200, { 'content-length': 1000 }).write('x'.repeat(400), () => response.destroy()),
  ],
  ['a chunked body without its end', (response) => void response.writeHead(200).write('x'.repeat(400), () => response.destroy())],
  [
    'a body cut after one byte',
    (response) => void response.writeHead(200, { 'content-length': 1000 }).write('x', () => response.destroy()),
  ],
  [
    'one byte too few',
    (response) => void response.writeHead(200, { 'content-length': 1000 }).write('x'.repeat(999), () => response.destroy()),
  ],
  [
    'a gzip body cut',
    (response) => {
      const body = gzipSync('x'.repeat(100_000));
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length })
        .write(body.subarray(0, 50), () => response.destroy());
    },
  ],
  ['a reset in the middle', (response) => void response.writeHead(200).write('x'.repeat(70_000), () => response.socket!.resetAndDestroy())],
];

test.each(cuts)('%s never looks complete', async (_, answer) => {
  upstream(answer);
  const received = await receive().catch(() => ({ complete: false }));
  expect(received.complete).toBe(false);
  await until(() => lastEnd() !== undefined);
  expect(lastEnd()).toMatchObject({ outcome: 'transport-failed', framing: 'truncated' });
});

test.each([
  ['a known length', { 'content-length': 200_000 }],
  ['chunks', {}],
])('%s: the client cannot take the answer for complete before the record is durable', async (_, headers) => {
  let finish = (): void => undefined;
  upstream((response) => {
    response.writeHead(200, headers).write(Buffer.alloc(100_000, 'b'));
    finish = () => response.end(Buffer.alloc(100_000, 'b'));
  });
  let length = 0;
  let isOver = false;
  const answer = receive((chunk) => (length += chunk.length)).finally(() => (isOver = true));
  await until(() => length === 100_000);
  let release = (): void => undefined;
  gateway.recorder.hold = new Promise((resolve) => (release = resolve));
  finish();
  await until(() => lastEnd() !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isOver).toBe(false);
  gateway.recorder.hold = undefined;
  release();
  expect(await answer).toMatchObject({ length: 200_000, complete: true });
});

test('an answer that ends with its connection is passed as one', async () => {
  upstream((response) => {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"rows":[]}');
  });
  const received = await receive();
  expect(received.body.toString()).toBe('{"rows":[]}');
  expect(received.headers).not.toHaveProperty('transfer-encoding');
  expect(received.headers['connection']).toBe('close');
  expect(lastEnd()).toMatchObject({ outcome: 'answered', framing: 'close-delimited' });
});

test('BigQuery not reachable: 503 with Retry-After, nothing executed', async () => {
  const away = await startTestGateway();
  await away.upstream.close();
  const answer = await away.send('GET', path);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.json.error).toMatchObject({ errors: [{ reason: 'backendError' }] });
  expect(away.recorder.exchanges[0]!.end).toMatchObject({ outcome: 'transport-failed' });
  await away.close();
});

test('a connection that breaks before the answer is no 503: it may have been executed', async () => {
  upstream((response) => response.socket!.destroy());
  expect(await receive()).toMatchObject({ status: 502, complete: true });
  expect(lastEnd()).toMatchObject({ outcome: 'transport-failed' });
});

test('a redirect is never followed, and never passed on', async () => {
  upstream((response) => response.writeHead(302, { location: 'https://attacker.example/' }).end());
  const received = await receive();
  expect(received.status).toBe(502);
  expect(received.headers).not.toHaveProperty('location');
  expect(gateway.upstream.seen).toHaveLength(1);
});

test('only headers of the list pass, in both directions', async () => {
  upstream((response) =>
    response.writeHead(200, { 'set-cookie': 'a=b', 'x-internal': '1', etag: '"e"', 'content-type': 'application/json' }).end('{}'),
  );
  const answer = await gateway.send('GET', path, {
    headers: {
      cookie: 's=1',
      'x-forwarded-user': 'root',
      'x-goog-user-project': 'other',
      connection: 'close, authorization',
      'if-none-match': '"e"',
    },
  });
  expect(Object.fromEntries(answer.headers)).toMatchObject({ etag: '"e"', 'content-type': 'application/json' });
  expect(answer.headers.has('set-cookie')).toBe(false);
  expect(answer.headers.has('x-internal')).toBe(false);
  const sent = gateway.upstream.seen[0]!.headers;
  expect(sent).toMatchObject({ 'if-none-match': '"e"', 'accept-encoding': 'identity' });
  for (const name of ['cookie', 'x-forwarded-user', 'x-goog-user-project', 'authorization']) expect(sent).not.toHaveProperty(name);
});
