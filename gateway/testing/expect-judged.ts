import { expect } from 'vitest';
import type { TestGateway } from './start-test-gateway.ts';

/**
 * What BigQuery's double saw is what was judged and recorded, request by request: same method, same address, same body, and a decision that
 * allowed it. Nothing else reached it. Only one whose own client left may be recorded and not have been sent.
 */
export function expectJudged({ upstream, recorder }: TestGateway): void {
  const seen = upstream.seen.map(({ method, url, body }) => describe(method, url, body));
  const unmatched = [...seen];
  const recorded = recorder.exchanges.flatMap((exchange) => {
    const text = describeSent(exchange);
    if (text === undefined) return [];
    const at = unmatched.indexOf(text);
    if (at >= 0) unmatched.splice(at, 1);
    return at < 0 && isAbandoned(exchange) ? [] : [text];
  });
  expect(seen.toSorted()).toEqual(recorded.toSorted());
  expect(
    recorder.exchanges.filter(({ end }) => end === undefined),
    'exchanges under way',
  ).toEqual([]);
}

type Recorded = TestGateway['recorder']['exchanges'][number];

function describeSent({ intent, upstreamRequest, requestBody }: Recorded): string | undefined {
  if (intent.decision.effect !== 'allow') return undefined;
  if (intent.client.door === 'gateway') return describe(intent.request.method, intent.request.target, requestBody.toString('utf8'));
  if (upstreamRequest === undefined) return undefined;
  return describe(upstreamRequest.method, toPath(upstreamRequest.url), Buffer.from(upstreamRequest.body ?? '').toString('utf8'));
}

/** The client left before BigQuery answered anything. */
const isAbandoned = ({ end }: Recorded): boolean => end?.outcome === 'aborted' && end.status === undefined;

const describe = (method: string, path: string, body: string): string => `${method} ${path}\n${body}`;

const toPath = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};
