import { gunzipSync, gzipSync } from 'node:zlib';
import { MAX_COLUMN_BODY_BYTES, REDACTED_VALUE } from '../../shared/bundle/format.ts';

type Answer = { rows: { f: { v: unknown }[] }[] };

/** The answer with a fixed text in place of each value of some columns, packed as it was. Its shape was checked by parseResultTable. */
export function rebuildAnswer(body: Uint8Array, columns: ReadonlySet<number>): Buffer {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  const bytes = isPacked ? gunzipSync(body, { maxOutputLength: MAX_COLUMN_BODY_BYTES }) : Buffer.from(body);
  const answer = JSON.parse(bytes.toString('utf8')) as Answer;
  for (const { f } of answer.rows) for (const column of columns) f[column]!.v = REDACTED_VALUE;
  const rebuilt = Buffer.from(JSON.stringify(answer));
  return isPacked ? gzipSync(rebuilt) : rebuilt;
}
