// The recorder alone, without HTTP: exchanges a second, CPU time of the main thread, syncs shared. `node gateway/record/testing/bench-recorder.ts`
import { openRecorder } from '../open-recorder.ts';
import type { IntentInput } from '../record-input.ts';
import { aDirectory, anEnd, anIntent, aSession, sendBody } from './an-exchange.ts';

const headers = [
  ['host', 'gw.example'],
  ['content-type', 'application/json'],
  ['user-agent', 'google-cloud-node/9.3.0'],
  ['authorization', 'Bearer abc'],
  ['x-goog-api-client', 'gl-node/24.21.0 gccl/9.3.0'],
  ['accept-encoding', 'gzip'],
  ['content-length', '120'],
  ['connection', 'keep-alive'],
] as const;
const answerHeaders = [
  ['content-type', 'application/json; charset=UTF-8'],
  ['server', 'ESF'],
  ['content-length', '1000'],
  ['vary', 'Origin, X-Origin'],
] as const;
const change: Partial<IntentInput> = {
  request: { method: 'POST', target: '/bigquery/v2/projects/p/queries?prettyPrint=false', httpVersion: '1.1', headers },
  statement: {
    sql: 'SELECT a, b FROM d.t WHERE x = 1 LIMIT 10',
    fingerprint: 'a'.repeat(64),
    statementType: 'SELECT',
    referencedTables: ['p.d.t'],
  },
};
const query = Buffer.from(JSON.stringify({ query: 'SELECT a, b FROM d.t WHERE x = 1 LIMIT 10', useLegacySql: false }));

const { directory, remove } = aDirectory();
const recorder = await openRecorder({ directory });
const session = aSession(recorder);

async function exchange(body: Buffer): Promise<void> {
  const record = recorder.open(anIntent(session, change));
  record.requestBody(query);
  await record.durable();
  record.responseHead(200, answerHeaders);
  await sendBody(record, body);
  await record.end(anEnd(body.length));
}

const cells: [bytes: number, agents: number, count: number][] = [
  [1_000, 16, 20_000],
  [1_000, 64, 20_000],
  [50_000, 16, 5_000],
  [2_000_000, 8, 150],
  [20_000_000, 1, 15],
  [1_000, 1, 500],
];
console.log('body bytes  agents  exchanges/s    MB/s  main-thread µs  all-threads µs  syncs/exchange');
for (const [bytes, agents, count] of cells) {
  const body = Buffer.alloc(bytes, 'abcdefghij');
  let left = count;
  const before = { fsyncs: recorder.state().fsyncs, thread: process.threadCpuUsage(), all: process.cpuUsage(), at: performance.now() };
  await Promise.all(
    Array.from({ length: agents }, async () => {
      while (left-- > 0) await exchange(body);
    }),
  );
  const ms = performance.now() - before.at;
  const [thread, all] = [process.threadCpuUsage(before.thread), process.cpuUsage(before.all)];
  const row = [
    [bytes, 10, 0],
    [agents, 8, 0],
    [(count / ms) * 1_000, 13, 0],
    [(count * bytes) / ms / 1_000, 8, 0],
    [(thread.user + thread.system) / count, 16, 1],
    [(all.user + all.system) / count, 16, 1],
    [(recorder.state().fsyncs - before.fsyncs) / count, 16, 3],
  ] as const;
  console.log(row.map(([value, width, digits]) => value.toFixed(digits).padStart(width)).join(''));
}
await recorder.close();
remove();
