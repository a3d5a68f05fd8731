import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../app.ts';
import { type Config, parseConfig } from '../config.ts';
import { openStages, type Stages } from '../stages.ts';
import { createMemoryRecorder, type MemoryRecorder } from './memory-recorder.ts';
import { startTestIssuer, type TestIssuer, testAudience } from './test-issuer.ts';
import { startUpstreamDouble, type UpstreamDouble } from './upstream-double.ts';

export type TestGateway = {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly config: Config;
  readonly stages: Stages;
  readonly recorder: MemoryRecorder;
  readonly upstream: UpstreamDouble;
  readonly issuer: TestIssuer;
  readonly directory: string;
  /** As an agent of group `analysts`, unless told. */
  send(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string>; token?: string }): Promise<TestAnswer>;
  close(): Promise<void>;
};

export type TestAnswer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: Json };
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not typed
export type Json = any;

export const analystsReadSales = `@id("analysts-read-sales") permit (principal in Group::"analysts", action == Action::"read", resource in Dataset::"acme.sales");`;

/** A whole gateway on loopback, with doubles for BigQuery, the issuer and the recorder. */
export async function startTestGateway(
  options: {
    policy?: string;
    config?: string;
    endpoint?: string;
    /** Of the one connection; none unless told. */
    credentials?: string;
    otherIssuers?: readonly TestIssuer[];
    issuerSettings?: string;
    port?: number;
  } = {},
): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'steno-gateway-'));
  mkdirSync(join(directory, 'policy'));
  writeFileSync(join(directory, 'policy', 'test.cedar'), options.policy ?? analystsReadSales);
  const [upstream, issuer] = await Promise.all([startUpstreamDouble(), startTestIssuer()]);
  const config = expectConfig(
    `
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [${[issuer, ...(options.otherIssuers ?? [])].map((each) => `{ issuer: '${each.issuer}', audience: '${testAudience}', claims: { session: run_id }${options.issuerSettings ?? ''} }`).join(', ')}]
connections: [{ name: main, projects: ['*'], endpoint: '${options.endpoint ?? upstream.url}', credentials: ${options.credentials ?? 'none'} }]
${options.config ?? ''}`,
    directory,
  );
  const recorder = createMemoryRecorder();
  const stages = await openStages(config, recorder);
  const app = await createApp({ config, recorder, stages });
  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  const token = await issuer.mint({ groups: ['analysts'], email: 'agent@acme.test' });
  return {
    url,
    app,
    config,
    stages,
    recorder,
    upstream,
    issuer,
    directory,
    async send(method, path, { body, headers, token: own } = {}) {
      const response = await fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${own ?? token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
    },
    async close() {
      await Promise.all([app.close(), upstream.close(), issuer.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function expectConfig(text: string, directory: string): Config {
  const parsed = parseConfig(text, directory);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error, undefined, 2));
  return parsed.value;
}
