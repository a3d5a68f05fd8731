import { Readable } from 'node:stream';
import type { Exchange } from '../exchange.ts';
import type { UpstreamBody } from './upstream-request.ts';

/** The upload as it goes to BigQuery: the judged configuration in the place of the client's, then the media as it comes, each byte recorded. */
export function toUploadBody(exchange: Exchange): UpstreamBody {
  const { upload, body } = exchange;
  const json = body?.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body.json));
  const length = upload!.length === undefined ? undefined : upload!.length - (upload!.replaced ?? 0) + json.length;
  const stream = Readable.from(pass(exchange, Buffer.concat([upload!.before, json, upload!.after])), { objectMode: false });
  return {
    stream,
    ...(body?.contentType === undefined ? {} : { contentType: body.contentType }),
    ...(length === undefined ? {} : { length }),
  };
}

async function* pass(exchange: Exchange, first: Buffer): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    const isRecorderAhead = exchange.recording!.requestBody(chunk);
    if (!isRecorderAhead) await exchange.recording!.drained();
    yield chunk;
  }
}
