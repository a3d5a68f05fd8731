import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startTestGateway, type TestGateway } from './start-test-gateway.ts';
import { answerLikeBigQuery } from './upstream-double.ts';

/** One gateway for the tests of a file, forgetful between them, and the token of an agent of group `analysts`. */
export function gatewayForFile(
  onStart: (gateway: TestGateway, token: string) => void,
  options: Parameters<typeof startTestGateway>[0] = {},
): void {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway(options);
    onStart(gateway, await gateway.issuer.mint({ groups: ['analysts'] }));
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.upstream.seen.length = 0;
    gateway.upstream.answer = answerLikeBigQuery;
    gateway.recorder.exchanges.length = 0;
  });
}
