import { toResumableRequest } from '../shared/bigquery/upload-command.ts';
import { Refusal } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** An upload that is told by commands is taken for the request that each command means, before anything is judged. */
export function applyUploadCommand(exchange: Exchange): void {
  const meant = toResumableRequest(exchange.httpMethod, exchange.target, exchange.request.headers);
  if (meant === undefined) return;
  if (typeof meant === 'string') throw new Refusal('REQUEST_MALFORMED', { why: meant });
  exchange.uploadCommand = meant.command;
  exchange.httpMethod = meant.request.httpMethod;
  exchange.target = meant.request.target;
  Object.assign(exchange.request.headers, meant.request.headers);
}
