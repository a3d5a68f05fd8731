import type { Exchange } from '../exchange.ts';
import type { AnswerFacts } from './answer-facts.ts';
import type { CollectedAnswer } from './collect-answer.ts';
import { toClientHeaders, toPairs } from './headers.ts';
import { toStatistics } from './stream-answer.ts';

/** Answers with what was collected, changed or not; the client gets nothing before the record is durable. */
export async function sendAnswer(
  exchange: Exchange,
  answer: CollectedAnswer,
  changed: { readonly body?: Buffer; readonly facts?: AnswerFacts } = {},
): Promise<void> {
  const { recording, response } = exchange;
  const body = changed.body ?? answer.body;
  const headers = toClientHeaders(answer.headers, answer.status);
  const lengthAt = headers.indexOf('content-length');
  if (lengthAt >= 0) headers.splice(lengthAt, 2);
  if (answer.status !== 204 && answer.status !== 304) headers.push('content-length', String(body.length));
  recording!.responseHead(answer.status, toPairs(headers));
  if (body !== answer.body) recording!.upstreamResponseBody(answer.body);
  if (body.length > 0) recording!.responseBody(body);
  await exchange.end({
    outcome: answer.status >= 400 ? 'upstream-error' : 'answered',
    status: answer.status,
    framing: 'complete',
    bytesFromUpstream: answer.body.length,
    bytesToClient: body.length,
    timings: exchange.timings,
    job: toStatistics(changed.facts, exchange),
  });
  response.writeHead(answer.status, headers);
  response.end(body);
}
