import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { MethodMatch } from '../../bigquery/match-method.ts';
import type { Answer } from './answer.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** One request, matched and not yet read. */
export type RestCall = {
  readonly match: MethodMatch;
  /** As sent, after an override that is honoured: PUT for a chunk of an upload, whose method is a POST. */
  readonly httpMethod: string;
  readonly headers: IncomingHttpHeaders;
  /** What our own addresses begin with, the client's session prefix included: `http://127.0.0.1:9050/s/ticket`. */
  readonly origin: string;
  /** The body as it comes, content encoding and all. */
  readonly stream: Readable;
  /** Aborted when the client leaves before its answer is out. */
  readonly signal: AbortSignal;
  /** The JSON body; `{}` where there is none. Throws parseError or uploadTooLarge. */
  readBody(): Promise<JsonObject>;
};

export type Handler = (call: RestCall) => Answer | Promise<Answer>;

export const pathParam = (call: RestCall, name: string): string => {
  const value = call.match.params[name];
  if (value === undefined) throw new BigQueryError({ reason: 'required', message: `Required parameter is missing: ${name}` });
  return value;
};

export const datasetOf = (call: RestCall) => ({ projectId: pathParam(call, 'projectId'), datasetId: pathParam(call, 'datasetId') });
export const tableOf = (call: RestCall) => ({ ...datasetOf(call), tableId: pathParam(call, 'tableId') });
export const routineOf = (call: RestCall) => ({ ...datasetOf(call), routineId: pathParam(call, 'routineId') });
