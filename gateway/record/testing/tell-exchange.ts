import type { Recorder } from '../recorder.ts';
import { anEnd, anIntent, sendBody, sha256 } from './an-exchange.ts';
import { tell } from './tell.ts';

export type ToldExchange = {
  readonly bodyBytes: number;
  readonly pieceBytes?: number;
  /** What else has to be durable before the request may go upstream. */
  readonly keep?: (exchangeId: string) => Promise<void>;
};

/**
 * One whole exchange of a recorder that is going to be killed, told as it happens: `I id` the intent is durable, the request may go upstream ·
 * `C id sha256` end() is called · `E id` the client may have its last byte.
 */
export async function tellExchange(
  recorder: Recorder,
  sessionId: string,
  { bodyBytes, pieceBytes = 16_384, keep }: ToldExchange,
): Promise<void> {
  const record = recorder.open(anIntent(sessionId));
  record.requestBody(Buffer.from(`{"query":"${record.exchangeId}"}`));
  await Promise.all([record.durable(), keep?.(record.exchangeId)]);
  tell(`I ${record.exchangeId}`);
  const body = Buffer.alloc(bodyBytes, record.exchangeId);
  record.responseHead(200, [['content-type', 'application/json']]);
  await sendBody(record, body, pieceBytes);
  tell(`C ${record.exchangeId} ${sha256(body)}`);
  await record.end(anEnd(body.length));
  tell(`E ${record.exchangeId}`);
}
