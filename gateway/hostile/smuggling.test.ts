import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { expectJudged } from '../testing/expect-judged.ts';
import { gatewayForFile } from '../testing/gateway-for-file.ts';
import type { TestGateway } from '../testing/start-test-gateway.ts';
import { smugglingCases } from './smuggling-cases.ts';

let gateway: TestGateway;
let token: string;

gatewayForFile((started, minted) => {
  gateway = started;
  token = minted;
});

/** Sends exactly these bytes, then a good request on the same connection, and reads until the other side is silent. */
function exchangeBytes(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const { port, hostname } = new URL(gateway.url);
    const text = bytes.replaceAll('TOKEN', token);
    const socket = connect(Number(port), hostname, () => {
      socket.write(Buffer.from(text, 'utf8'));
      socket.write(
        `GET /bigquery/v2/projects/acme/datasets/sales HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer ${token}\r\nX-After: 1\r\n\r\n`,
      );
    });
    let answer = '';
    const quiet = () => setTimeout(() => socket.destroy(), 60);
    let timer = setTimeout(() => socket.destroy(), 400);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      clearTimeout(timer);
      timer = quiet();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

test('there are at least 150 cases, each by its own name', () => {
  expect(smugglingCases.length).toBeGreaterThanOrEqual(150);
  expect(new Set(smugglingCases.map(({ bytes }) => bytes)).size).toBe(smugglingCases.length);
});

test.each(smugglingCases.map(({ name, bytes }) => [name, bytes] as const))('%s', async (_, bytes) => {
  const answer = await exchangeBytes(bytes);
  await vi.waitFor(() => expectJudged(gateway), 5_000);
  for (const { url } of gateway.upstream.seen) expect(url).not.toMatch(/salaries|evil|\/hr/);
  expect(answer.match(/HTTP\/1\.1 5(?!01)\d\d/g) ?? []).toEqual([]);
  expect(answer).not.toMatch(/<html/i);
});
