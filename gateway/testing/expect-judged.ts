import { expect } from 'vitest';
import type { TestGateway } from './start-test-gateway.ts';

/**
 * What BigQuery's double saw is what was judged and recorded, request by request: same method, same address, same body, and a decision that
 * allowed it. Nothing else reached it. Only whose client left may be recorded and not have been sent.
 */
export function expectJudged({ upstream, recorder }: TestGateway): void {
  const recorded = recorder.exchanges.flatMap((exchange) => {
    const { intent, upstreamRequest, requestBody } = exchange;
    if (intent.decision.effect !== 'allow') return [];
    if (intent.client.door === 'gateway') return [describe(intent.request.method, intent.request.target, requestBody.toString('utf8'))];
    if (upstreamRequest === undefined) return [];
    return [describe(upstreamRequest.method, toPath(upstreamRequest.url), Buffer.from(upstreamRequest.body ?? '').toString('utf8'))];
  });
  const seen = upstream.seen.map(({ method, url, body }) => describe(method, url, body));
  const abandoned = recorder.exchanges.filter(({ end }) => end?.outcome === 'aborted' && end.status === undefined).length;
  expect(seen.filter((each) => !recorded.includes(each))).toEqual([]);
  expect(recorded.length - seen.length).toBeGreaterThanOrEqual(0);
  if (abandoned < recorded.length - seen.length) expect(seen.toSorted()).toEqual(recorded.toSorted());
  expect(
    recorder.exchanges.filter(({ end }) => end === undefined),
    'exchanges under way',
  ).toEqual([]);
}

const describe = (method: string, path: string, body: string): string => `${method} ${path}\n${body}`;

const toPath = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
