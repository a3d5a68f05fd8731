import { toDiscoveryDocument } from '../shared/bigquery/discovery-document.ts';
import type { Config } from './config.ts';
import type { Exchange } from './exchange.ts';

/** What bq asks first: our own surface, at our own address. Public, and no exchange: nothing of BigQuery's is in it. */
export function serveDiscovery(exchange: Exchange, { publicUrl }: Config, prefix: string): void {
  const { response } = exchange;
  const body = JSON.stringify(toDiscoveryDocument(exchange.origin(publicUrl) + prefix));
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
