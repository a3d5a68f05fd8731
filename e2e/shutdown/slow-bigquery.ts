// In BigQuery's place: answers that take their time, in three ways, until they are told to go on.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SlowBigQuery = {
  readonly url: string;
  /** Requests that have arrived and are not answered, by kind. */
  readonly waiting: Readonly<Record<'stream' | 'poll' | 'upload', number>>;
  /** Lets every answer come to its end. */
  goOn(): void;
  close(): Promise<void>;
};

const rows = 200;

export async function startSlowBigQuery(): Promise<SlowBigQuery> {
  const waiting = { stream: 0, poll: 0, upload: 0 };
  let goOn: () => void = () => undefined;
  const isTold = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const jobOf = (id: string) => ({ projectId: 'acme', jobId: id, location: 'US' });

  /** Half of the rows at once, the rest when told. */
  async function stream(response: ServerResponse, id: string): Promise<void> {
    const head = { kind: 'bigquery#queryResponse', jobReference: jobOf(id), totalRows: String(rows), jobComplete: true };
    const all = Array.from({ length: rows }, (_, index) => JSON.stringify({ f: [{ v: `${id}-${index}-${'x'.repeat(200)}` }] }));
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    response.write(`${JSON.stringify(head).slice(0, -1)},"rows":[${all.slice(0, rows / 2).join()}`);
    await isTold;
    for (const row of all.slice(rows / 2)) response.write(`,${row}`);
    response.end(']}');
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://bigquery');
    if (url.pathname.startsWith('/upload/')) {
      // The media is still on its way: its end is the client's to send.
      waiting.upload++;
      let length = 0;
      for await (const chunk of request) length += (chunk as Buffer).length;
      const text = JSON.stringify({ kind: 'bigquery#job', jobReference: jobOf(`load-${length}`), status: { state: 'DONE' } });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const id = url.pathname.split('/').at(-1)!;
    if (request.method === 'GET') {
      waiting.poll++;
      await isTold;
      const text = JSON.stringify({ kind: 'bigquery#getQueryResultsResponse', jobReference: jobOf(id), jobComplete: false });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
      return;
    }
    const { requestId, configuration } = JSON.parse(body) as { requestId?: string; configuration?: { dryRun?: boolean } };
    if (configuration?.dryRun === true) return dryRun(response);
    if (requestId !== undefined) {
      waiting.stream++;
      return stream(response, requestId);
    }
    const text = JSON.stringify({ kind: 'bigquery#job', jobReference: jobOf(jobIdIn(body)), status: { state: 'RUNNING' } });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
  }

  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting,
    goOn,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

const jobIdIn = (body: string): string => (JSON.parse(body) as { jobReference: { jobId: string } }).jobReference.jobId;

function dryRun(response: ServerResponse): void {
  const text = JSON.stringify({
    kind: 'bigquery#job',
    jobReference: { projectId: 'acme', location: 'US' },
    statistics: { totalBytesProcessed: '0', query: { totalBytesProcessed: '0', statementType: 'SELECT', referencedTables: [] } },
    status: { state: 'DONE' },
  });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}
