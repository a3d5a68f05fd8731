// 64 real clients at once, beside a heavy statement and without; and a large result, page after page. The sandbox is a process of its own.
import { printTable } from '../print-table.ts';
import { besideHeavy, connectClient, LOAD_PROJECT, measureLight, prepareLoad } from './load-clients.ts';
import { pageThrough } from './page-through.ts';
import { peakDuring, startSandboxProcess } from './sandbox-process.ts';

const CLIENTS = 64;
const TURNS = 10;

export async function benchLoad(rows: number): Promise<void> {
  const sandbox = await startSandboxProcess();
  try {
    const client = connectClient(sandbox.url);
    await prepareLoad(client, 1_000_000);
    await measureLight(sandbox.url, CLIENTS, 3);
    const alone = await peakDuring(sandbox.memory, () => measureLight(sandbox.url, CLIENTS, TURNS));
    const beside = await peakDuring(sandbox.memory, () => besideHeavy(client, () => measureLight(sandbox.url, CLIENTS, TURNS)));
    const [a, b] = [alone.value, beside.value.value];
    printTable(
      `${CLIENTS} clients at once, ${a.count} light statements, ms`,
      ['', 'p50', 'p95', 'peak MB'],
      [
        ['alone', a.p50.toFixed(0), a.p95.toFixed(0), alone.peakMb.toFixed(0)],
        ['beside a heavy statement', b.p50.toFixed(0), b.p95.toFixed(0), beside.peakMb.toFixed(0)],
        ['ratio', (b.p50 / a.p50).toFixed(2), (b.p95 / a.p95).toFixed(2), (beside.peakMb / alone.peakMb).toFixed(2)],
      ],
    );
    console.log(`cancelling the heavy statement: ${beside.value.cancelMs.toFixed(0)} ms`);
    await benchPages(sandbox.url, sandbox.memory, rows);
  } finally {
    sandbox.stop();
  }
}

async function benchPages(url: string, memory: () => number, rows: number): Promise<void> {
  await pageThrough(url, LOAD_PROJECT, Math.ceil(rows / 10));
  const small = await peakDuring(memory, () => pageThrough(url, LOAD_PROJECT, Math.ceil(rows / 10), memory));
  const large = await peakDuring(memory, () => pageThrough(url, LOAD_PROJECT, rows, memory));
  const toRow = ({ value, peakMb }: typeof large): string[] => [
    value.rows.toLocaleString('en'),
    (value.ms / 1000).toFixed(1),
    (value.rows / value.ms).toFixed(0),
    value.firstMs.toFixed(0),
    value.lastMs.toFixed(0),
    value.nearEndMs.toFixed(0),
    value.growthMb.toFixed(0),
    peakMb.toFixed(0),
  ];
  const head = ['rows', 's', 'rows/ms', 'second page ms', 'last but one ms', '10 rows near the end ms', 'growth MB', 'peak MB'];
  printTable('a result read page after page (50,000 rows a page)', head, [toRow(small), toRow(large)]);
}
