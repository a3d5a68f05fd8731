import type { Readable } from 'node:stream';
import type { Pool } from 'undici';
import { surface } from '../../shared/bigquery/surface.ts';
import type { Exchange } from '../exchange.ts';
import type { Upstream } from './connections.ts';
import { type HeaderList, toPairs, toUpstreamHeaders } from './headers.ts';
import { selectsFieldsHere } from './select-fields.ts';

export type UpstreamRequest = {
  readonly pool: Pool;
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
  readonly body?: Uint8Array | Readable | undefined;
};

export type UpstreamBody = {
  readonly contentType?: string;
  readonly bytes?: Uint8Array;
  readonly stream?: Readable;
  readonly length?: number;
};

/** Builds the request for BigQuery anew from what was understood; nothing of the client's own target is copied blindly. */
export async function buildRequest(exchange: Exchange, upstream: Upstream, body: UpstreamBody): Promise<UpstreamRequest> {
  const authorization = upstream.credential.authorization(exchange.principal);
  const headers = toUpstreamHeaders(
    exchange.request.headers,
    { ...(body.contentType === undefined ? {} : { contentType: body.contentType }), ...lengthOf(body) },
    authorization instanceof Promise ? await authorization : authorization,
  );
  return {
    pool: upstream.pool,
    method: exchange.httpMethod,
    path: upstream.basePath + toPath(exchange),
    headers,
    body: body.bytes ?? body.stream,
  };
}

function lengthOf({ bytes, length }: UpstreamBody): { length?: number } {
  if (bytes !== undefined) return { length: bytes.length };
  return length === undefined ? {} : { length };
}

/** Tells the recorder what goes out, where it is not what came in. */
export function recordRequest(exchange: Exchange, upstream: Upstream, request: UpstreamRequest): void {
  exchange.recording!.upstreamRequest({
    method: request.method,
    url: upstream.origin + request.path,
    headers: toPairs(request.headers, 'authorization'),
    ...(request.body instanceof Uint8Array ? { body: request.body } : {}),
  });
}

const systemParameters = new Set(['alt', 'fields', 'prettyPrint', 'quotaUser', 'uploadType', 'upload_protocol', 'upload_id', '$.xgafv']);

/** Paths of the methods: literal text and names of parameters in turn. */
const templates = new Map(surface.map(({ id, path }) => [id, path.split(/\{(\w+)\}/)]));

/** The canonical path of the method, with the parameters it knows; others are not forwarded. */
function toPath({ call, projectId }: Exchange): string {
  const { method, params, query, upload } = call!;
  const path = templates
    .get(method.id)!
    .map((part, index) => (index % 2 === 0 ? part : encodeURIComponent(part === 'projectId' ? (projectId ?? '') : (params[part] ?? ''))))
    .join('');
  const kept: string[] = [];
  const isSelectedHere = selectsFieldsHere(method.id);
  for (const [name, value] of query) {
    if (name === 'fields' && isSelectedHere) continue;
    if (systemParameters.has(name) || method.query.some((each) => each.name === name))
      kept.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  const root = upload === undefined ? '/bigquery/v2/' : '/upload/bigquery/v2/';
  return `${root}${path}${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
}
