import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { startTestGateway } from '../testing/start-test-gateway.ts';

const bytes = 500 * 2 ** 20;
const path = '/bigquery/v2/projects/acme/datasets/sales/tables/orders/data';

type Drink = {
  readonly status: number;
  readonly length: number;
  readonly complete: boolean;
  readonly firstByteMs: number;
  readonly lastByteMs: number;
};

function startPour(...args: string[]): { child: ChildProcess; next: () => Promise<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/pour.ts'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

test.each([['content-length'], ['chunked']])(
  '500 MB (%s) pass with less than 50 MB of memory, the first byte early',
  async (framing) => {
    const { child, next } = startPour(String(bytes), framing);
    const address = await next();
    const gateway = await startTestGateway({ endpoint: address });
    gateway.recorder.keepBytes = 0;
    const token = await gateway.issuer.mint({ groups: ['analysts'] });
    // The first answer warms up: what the process holds ready for buffers stays with it.
    child.stdin!.write(`${gateway.url}${path} ${token}\n`);
    await next();
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
    child.stdin!.write(`${gateway.url}${path} ${token}\n`);
    const drunk = JSON.parse(await next()) as Drink;
    clearInterval(watch);
    child.stdin!.end();
    await gateway.close();
    expect(drunk).toMatchObject({ status: 200, length: bytes, complete: true });
    expect(drunk.firstByteMs / drunk.lastByteMs).toBeLessThan(0.2);
    expect((peak - before) / 2 ** 20).toBeLessThan(50);
    expect(gateway.recorder.exchanges.at(-1)!.end).toMatchObject({ framing: 'complete', bytesFromUpstream: bytes, bytesToClient: bytes });
  },
  60_000,
);
