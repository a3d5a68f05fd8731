import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { assert } from '../../../shared/base/assert.ts';
import { parseTarget } from '../../../shared/bigquery/parse-target.ts';
import type { Bundle } from '../../../shared/bundle/bundle.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { createSandbox, type Sandbox } from '../../../shared/sandbox/create-sandbox.ts';
import { indexRecordedExchanges } from '../../../shared/sandbox/rest/index-recorded-exchanges.ts';
import { toRecordedExchanges } from './recorded-exchanges.ts';
import type { Asked, ReplayCommand, ReplayReply } from './replay-messages.ts';
import { createSandboxClient, type SandboxClient } from './sandbox-client.ts';

type Stage = {
  readonly bundle: Bundle;
  readonly sandbox: Sandbox;
  readonly client: SandboxClient;
  readonly endpoint: string;
  readonly directory: string;
};

/** Does what the engine says, on a sandbox that listens on 127.0.0.1 only. */
export function createReplayServant(): (command: ReplayCommand) => Promise<ReplayReply> {
  let stage: Stage | undefined;
  return async (command) => {
    if (command.kind === 'start') {
      stage = await start(command);
      return { ok: true, endpoint: stage.endpoint };
    }
    assert(stage !== undefined, 'a replay is started before it is used');
    switch (command.kind) {
      case 'create-dataset':
        await stage.sandbox.engine.catalog.createDataset({
          datasetReference: { projectId: command.projectId, datasetId: command.datasetId },
        });
        return { ok: true };
      case 'create-table':
        await stage.sandbox.engine.catalog.createTable({ tableReference: command.table, schema: { fields: command.fields } });
        return { ok: true };
      case 'load': {
        const { table, fields, path } = command;
        await stage.sandbox.engine.load({
          destination: table,
          sources: [{ path }],
          format: 'NEWLINE_DELIMITED_JSON',
          schema: { fields },
          writeDisposition: 'WRITE_TRUNCATE',
        });
        return { ok: true };
      }
      case 'run': {
        const { asked, rows } = command;
        const pagesFile = rows === 'keep' ? join(stage.directory, `${asked.exchangeId}.ndjson`) : undefined;
        return { ok: true, run: await stage.client.run(asked, await readJson(stage.bundle, asked), { wanted: rows, pagesFile }) };
      }
      case 'send':
        return { ok: true, status: await send(stage, command.asked) };
    }
  };
}

async function start({ target, bundlePath, directory, memoryLimit }: ReplayCommand & { kind: 'start' }): Promise<Stage> {
  const bundle = await openBundle(bundlePath);
  const recorded = target === 'recorded' ? { recorded: await indexRecordedExchanges(toRecordedExchanges(bundle)) } : { memoryLimit };
  const sandbox = await createSandbox(recorded);
  const endpoint = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  return { bundle, sandbox, client: createSandboxClient(endpoint), endpoint, directory };
}

async function readJson(bundle: Bundle, asked: Asked): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBody(bundle, asked);
  const value: unknown = bytes === undefined ? {} : JSON.parse(Buffer.from(bytes).toString('utf8'));
  assert(typeof value === 'object' && value !== null, 'a job is asked for in a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

async function readBody(bundle: Bundle, { exchangeId, contentEncoding }: Asked): Promise<Uint8Array | undefined> {
  const bytes = await bundle.body(exchangeId, 'request');
  return bytes !== undefined && /^\s*(x-)?gzip\s*$/i.test(contentEncoding ?? '') ? gunzipSync(bytes) : bytes;
}

/** The request as it was sent, but to the sandbox, and without what was peculiar to its connection. */
async function send({ bundle, endpoint }: Stage, asked: Asked): Promise<number> {
  assert(parseTarget(asked.target).ok, 'a recorded target is in origin form');
  const body = await readBody(bundle, asked);
  const response = await fetch(new URL(asked.target, endpoint), {
    method: asked.httpMethod,
    headers: asked.contentType === undefined ? {} : { 'content-type': asked.contentType },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  await untilJobDone(endpoint, asked, await response.text());
  return response.status;
}

type JobAnswer = {
  readonly jobReference?: { readonly jobId?: string; readonly location?: string };
  readonly status?: { readonly state?: string };
};

const pollMs = 10;

/** A load or copy goes on after its answer; what follows in the session came after its end. */
async function untilJobDone(endpoint: string, { methodId, projectId }: Asked, text: string): Promise<void> {
  if (methodId !== 'bigquery.jobs.insert') return;
  let job = JSON.parse(text) as JobAnswer;
  while (job.jobReference?.jobId !== undefined && job.status?.state !== 'DONE') {
    await new Promise((wake) => setTimeout(wake, pollMs));
    const path = `/bigquery/v2/projects/${encodeURIComponent(projectId)}/jobs/${encodeURIComponent(job.jobReference.jobId)}`;
    const answer = await fetch(new URL(`${path}?location=${job.jobReference.location ?? ''}`, endpoint));
    job = (await answer.json()) as JobAnswer;
  }
}
