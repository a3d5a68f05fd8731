import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { openTracing, type Tracing } from './trace-exchanges.ts';

type Span = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: number } }[];
};

const spans: Span[] = [];
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    spans.push(...resourceSpans.flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)));
    response.end('{}');
  });
});
let gateway: TestGateway;
let tracing: Tracing;
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const tracesEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
  tracing = openTracing({ tracesEndpoint, sampleRatio: 1, serviceName: 'steno-test' });
  gateway = await startTestGateway();
  const { config, recorder, stages } = gateway;
  const app = await createApp({ config, recorder, stages, onEnd: tracing.trace });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway.close();
  collector.close();
});

test('an exchange is a span of the client’s own trace, with its stages inside, and tells no secret', async () => {
  const token = await gateway.issuer.mint({ sub: 'tracer', groups: ['analysts'] });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await fetch(`${url}/bigquery/v2/projects/acme/datasets/sales/tables/orders?secret=hidden`, {
    headers: { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  await answer.text();
  await tracing.close();
  const root = spans.find(({ name }) => name === 'bigquery.tables.get')!;
  expect(root).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
  expect(spans.filter(({ parentSpanId }) => parentSpanId === root.spanId).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['identity', 'policy', 'record intent']),
  );
  const attributes = Object.fromEntries(root.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
  expect(attributes).toMatchObject({ 'steno.subject': 'tracer', 'gcp.project_id': 'acme', 'http.response.status_code': answer.status });
  expect(attributes['steno.exchange']).toBe(gateway.recorder.exchanges.at(-1)!.intent.exchangeId);
  expect(JSON.stringify(spans)).not.toContain(token);
  expect(JSON.stringify(spans)).not.toContain('hidden');
});
