import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { Behaviour, Cell, Digest } from './cell.ts';
import { departures, keyOf } from './cell.ts';

/** What the client saw. */
export type Seen = {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Digest;
  /** The first bytes, for small answers all. */
  readonly start: Buffer;
  /** By HTTP's rules the answer came to its end, and the connection did not break. */
  readonly isTidy: boolean;
};

const keptBytes = 200_000;
const nothing: Seen = {
  status: undefined,
  headers: {},
  body: { length: 0, sha256: createHash('sha256').digest('hex') },
  start: Buffer.alloc(0),
  isTidy: false,
};

export function askCell(port: number, token: string, cell: Cell, behaviour: Behaviour): Promise<Seen> {
  const { method, path, headers, body } = toRequest(cell, behaviour);
  return new Promise((resolve) => {
    const asked = request(
      { host: '127.0.0.1', port, agent: false, method, path, headers: { authorization: `Bearer ${token}`, ...headers } },
      (response) => receive(response, resolve),
    );
    asked.on('error', () => resolve(nothing));
    asked.end(body);
    if (behaviour.by === 'client-leaves') departures.once(keyOf(cell), () => asked.destroy());
  });
}

function receive(response: IncomingMessage, resolve: (seen: Seen) => void): void {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let length = 0;
  let isBroken = false;
  response.on('data', (piece: Buffer) => {
    hash.update(piece);
    if (length < keptBytes) kept.push(piece);
    length += piece.length;
  });
  response.on('error', () => (isBroken = true));
  response.on('close', () => {
    const { statusCode: status, headers, complete } = response;
    resolve({ status, headers, body: { length, sha256: hash.digest('hex') }, start: Buffer.concat(kept), isTidy: complete && !isBroken });
  });
}

type Request = { readonly method: string; readonly path: string; readonly headers?: Record<string, string>; readonly body?: string };

function toRequest(cell: Cell, { by }: Behaviour): Request {
  const project = `/bigquery/v2/projects/${by === 'tls' ? 'secure' : 'acme'}`;
  const key = keyOf(cell);
  if (by === 'upload') return toUpload(key);
  if (cell.way === 'list') return { method: 'GET', path: `${project}/datasets?pageToken=${key}` };
  return { method: 'GET', path: `${project}/datasets/sales/tables/orders/data?pageToken=${key}` };
}

function toUpload(key: string): Request {
  const job = {
    configuration: { load: { destinationTable: { projectId: 'acme', datasetId: 'sales', tableId: 'orders' }, sourceFormat: 'CSV' } },
  };
  const parts = [
    `--b\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(job)}\r\n`,
    `--b\r\nContent-Type: text/csv\r\n\r\n${'1,a\n'.repeat(100_000)}\r\n--b--\r\n`,
  ];
  return {
    method: 'POST',
    path: `/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart&quotaUser=${key}`,
    headers: { 'content-type': 'multipart/related; boundary=b' },
    body: parts.join(''),
  };
}
