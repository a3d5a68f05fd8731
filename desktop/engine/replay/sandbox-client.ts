import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { BigQuery, type Job } from '@google-cloud/bigquery';
import { OAuth2Client } from 'google-auth-library';
import { toJobConfiguration } from './job-configuration.ts';
import type { AskError, Asked, RowsWanted, RunReply } from './replay-messages.ts';

/** Statements asked through Google's own client at a sandbox on loopback. */
export type SandboxClient = {
  run(asked: Asked, body: Readonly<Record<string, unknown>>, rows: RowsOrder): Promise<RunReply>;
};

type RowsOrder = { readonly wanted: RowsWanted; readonly pagesFile: string | undefined };

/** Lasts longer than any replay; says nothing to anyone, since it never leaves this machine. */
const token = { access_token: 'replay', expiry_date: 8.64e15 };

export function createSandboxClient(endpoint: string): SandboxClient {
  const clients = new Map<string, BigQuery>();
  const clientOf = (projectId: string): BigQuery => {
    const known = clients.get(projectId);
    if (known !== undefined) return known;
    const authClient = new OAuth2Client();
    authClient.setCredentials(token);
    const client = new BigQuery({ projectId, apiEndpoint: endpoint, authClient: authClient as never, autoRetry: false, maxRetries: 0 });
    clients.set(projectId, client);
    return client;
  };
  return {
    run: async (asked, body, { wanted, pagesFile }) => {
      const client = clientOf(asked.projectId);
      try {
        const configuration = toJobConfiguration(asked.methodId, body);
        const [job] = await client.createJob({ configuration: configuration as never });
        if (configuration['dryRun'] === true) return {};
        if (wanted === 'none') return await untilDone(job);
        const { location } = (job.metadata as { jobReference?: { location?: string } }).jobReference ?? {};
        return await readPages(client, String(job.id), location, pagesFile);
      } catch (error) {
        return { error: toAskError(error) };
      }
    },
  };
}

type JobResource = {
  readonly status?: { readonly state?: string; readonly errorResult?: { readonly reason?: string; readonly message?: string } };
};

const pollMs = 10;

async function untilDone(job: Job): Promise<RunReply> {
  for (;;) {
    const [{ status }] = (await job.getMetadata()) as unknown as [JobResource];
    const { reason = 'unknown', message = '' } = status?.errorResult ?? {};
    if (status?.errorResult !== undefined) return { error: { code: undefined, reason, message } };
    if (status?.state === 'DONE') return {};
    await new Promise((wake) => setTimeout(wake, pollMs));
  }
}

type Page = {
  readonly jobComplete?: boolean;
  readonly pageToken?: string;
  readonly totalRows?: string;
  readonly schema?: unknown;
  readonly rows?: readonly unknown[];
  readonly numDmlAffectedRows?: string;
};

const pageRows = 10_000;

async function readPages(client: BigQuery, jobId: string, location: string | undefined, pagesFile: string | undefined): Promise<RunReply> {
  const file = pagesFile === undefined ? undefined : createWriteStream(pagesFile);
  let page: Page;
  let rows = 0n;
  let pageToken: string | undefined;
  try {
    do {
      page = await request(client, `/queries/${encodeURIComponent(jobId)}`, {
        maxResults: pageRows,
        'formatOptions.useInt64Timestamp': true,
        ...(location === undefined ? {} : { location }),
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      if (page.jobComplete === false) continue;
      rows += BigInt(page.rows?.length ?? 0);
      if (file?.write(`${JSON.stringify(page)}\n`) === false) await once(file, 'drain');
      pageToken = page.pageToken;
    } while (page.jobComplete === false || pageToken !== undefined);
  } finally {
    file?.end();
    if (file !== undefined) await finished(file);
  }
  return {
    rows: rows.toString(),
    hasSchema: page.schema !== undefined,
    ...(page.numDmlAffectedRows === undefined ? {} : { numDmlAffectedRows: page.numDmlAffectedRows }),
    ...(pagesFile === undefined ? {} : { pagesFile }),
  };
}

/** The client's own transport, for the rows as they are on the wire: its row objects have lost the exact text. */
function request(client: BigQuery, uri: string, qs: Readonly<Record<string, unknown>>): Promise<Page> {
  return new Promise((resolve, reject) => {
    client.request({ method: 'GET', uri, qs } as never, (error: Error | null, body?: unknown) =>
      error ? reject(error) : resolve(body as Page),
    );
  });
}

function toAskError(error: unknown): AskError {
  const { code, message, errors } = error as { code?: number; message?: string; errors?: readonly { reason?: string; message?: string }[] };
  const first = errors?.[0];
  return {
    code: typeof code === 'number' ? code : undefined,
    reason: first?.reason ?? 'unknown',
    message: first?.message ?? message ?? String(error),
  };
}
