import type { Socket } from 'node:net';
import { Refusal } from './errors.ts';
import type { Ending, Exchange, Outcome } from './exchange.ts';

/** Answers a refusal in Google's envelope; when a record is open, only after it is durable. */
export async function answerRefusal(exchange: Exchange, refusal: Refusal): Promise<void> {
  const { response, recording } = exchange;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    if (recording !== undefined && exchange.ending === undefined) await exchange.end(toAborted(exchange));
    return;
  }
  const { status, headers, body } = exchange.isGrpc ? toGrpc(refusal) : toJson(refusal);
  if (recording !== undefined) {
    recording.responseHead(status, toPairs(headers));
    if (body.length > 0) recording.responseBody(body);
    await exchange.end({
      outcome: toOutcome(refusal),
      status,
      framing: 'complete',
      reason: refusal.code,
      bytesFromUpstream: refusal.bytesFromUpstream,
      bytesToClient: body.length,
      timings: exchange.timings,
      ...(exchange.job === undefined ? {} : { job: { jobReference: exchange.job } }),
    });
  }
  // What is left of a refused body must not be read as the next request.
  const isUnread = !exchange.request.complete;
  if (isUnread) exchange.request.resume();
  response.writeHead(status, isUnread && !exchange.isGrpc ? [...headers, 'connection', 'close'] : headers);
  // Node ends the headers' frame without the flag of a trailers-only answer: clients then look for the status in trailers.
  if (exchange.isGrpc) response.addTrailers(Object.fromEntries(toPairs(headers).filter(([name]) => name.startsWith('grpc-'))));
  response.end(body);
}

type Answer = { readonly status: number; readonly headers: string[]; readonly body: Buffer };

/** Google's envelope. */
function toJson(refusal: Refusal): Answer {
  const body = Buffer.from(JSON.stringify(refusal.toEnvelope()));
  return { status: refusal.status, headers: [...refusal.toHeaders(), 'content-length', String(body.length)], body };
}

/** The status of a gRPC call stands in its headers; HTTP's is always 200. */
const toGrpc = (refusal: Refusal): Answer => ({ status: 200, headers: refusal.toGrpcHeaders(), body: Buffer.alloc(0) });

/** What came is no HTTP request, so there is no exchange: the connection is ended, in Google's envelope all the same. */
export function refuseConnection(socket: Socket): void {
  if (!socket.writable) return;
  const body = JSON.stringify(new Refusal('REQUEST_MALFORMED', { why: 'This is no well-formed HTTP/1.1 request' }).toEnvelope());
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const toAborted = ({ timings, whyAborted }: Exchange): Ending => ({
  outcome: 'aborted',
  framing: 'truncated',
  reason: whyAborted,
  bytesFromUpstream: 0,
  bytesToClient: 0,
  timings,
});

const toOutcome = ({ code }: Refusal): Outcome =>
  code === 'UPSTREAM_BROKE' || code === 'UPSTREAM_UNREACHABLE' ? 'transport-failed' : 'refused';

const toPairs = (list: readonly string[]): (readonly [string, string])[] =>
  list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]!] as const] : []));
