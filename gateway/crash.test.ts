import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { createReconciliation } from './reconcile.ts';
import { openRecorder } from './record/open-recorder.ts';
import type { OpenExchange, ReconcileOutcome } from './record/record-input.ts';
import { startTestIssuer, type TestIssuer, testAudience } from './testing/test-issuer.ts';
import { type SeenRequest, sendJson, startUpstreamDouble, type UpstreamDouble } from './testing/upstream-double.ts';

let directory: string;
let issuer: TestIssuer;
let upstream: UpstreamDouble;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-crash-'));
  [issuer, upstream] = await Promise.all([startTestIssuer(), startUpstreamDouble()]);
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy', 'all.cedar'), 'permit (principal, action, resource);');
  writeFileSync(
    join(directory, 'steno.yaml'),
    `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: '${issuer.issuer}', audience: '${testAudience}' }]
connections: [{ name: main, projects: [acme], endpoint: '${upstream.url}', credentials: none }]
`,
  );
});
afterAll(async () => {
  await Promise.all([issuer.close(), upstream.close()]);
  rmSync(directory, { recursive: true, force: true });
});

async function startProcess(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/run-gateway.ts'), join(directory, 'steno.yaml')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = (await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next()).value as string;
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

test('killed while BigQuery works: after it, each open exchange is what BigQuery says it became, never answered', async () => {
  const reached: SeenRequest[] = [];
  upstream.answer = (request) => void reached.push(request); // BigQuery thinks
  const { child, url } = await startProcess();
  const token = await issuer.mint();
  const send = (path: string, body: unknown): Promise<unknown> =>
    fetch(`${url}/bigquery/v2/projects/acme/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch((error: unknown) => error);
  const sent = [
    send('queries', { query: 'SELECT 1', useLegacySql: false }),
    send('jobs', {
      jobReference: { projectId: 'acme', jobId: 'ours' },
      configuration: { query: { query: 'SELECT 2', useLegacySql: false } },
    }),
  ];
  while (reached.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await Promise.all(sent);

  const query = JSON.parse(reached.find(({ url: path }) => path.endsWith('/queries'))!.body) as { labels: Record<string, string> };
  upstream.answer = ({ url: path }, response) => {
    if (path.includes('/jobs/ours'))
      return sendJson(response, 200, { jobReference: { projectId: 'acme', jobId: 'ours' }, status: { state: 'RUNNING' } });
    return sendJson(response, 200, {
      jobs: [{ jobReference: { projectId: 'acme', jobId: 'theirs' }, configuration: { labels: query.labels }, status: { state: 'DONE' } }],
    });
  };
  const config = await loadConfig(join(directory, 'steno.yaml'));
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  const reconciliation = createReconciliation(config.value);
  const outcomes: [string | undefined, ReconcileOutcome['state']][] = [];
  const reconcile = async (exchange: OpenExchange): Promise<ReconcileOutcome> => {
    const outcome = await reconciliation.reconcile(exchange);
    outcomes.push([exchange.methodId, outcome.state]);
    return outcome;
  };
  const recorder = await openRecorder({ directory: config.value.dataDirectory, reconcile });
  expect(outcomes.sort()).toEqual([
    ['bigquery.jobs.insert', 'running'],
    ['bigquery.jobs.query', 'done'],
  ]);
  expect(recorder.state().recovered).toMatchObject({ reconciled: 2 });
  await recorder.close();
  await reconciliation.close();

  // And it starts unaided.
  const again = await startProcess();
  again.child.kill('SIGTERM');
});
