import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseAnswerPage } from '../../../shared/derived/result/answer-page.ts';
import type { ResultPageRead } from '../../../shared/derived/result/read-result-pages.ts';

/** The pages that the replay's process wrote, one a line. */
export async function* readReplayPages(
  path: string,
  { exchangeId, number }: { readonly exchangeId: string; readonly number: number },
): AsyncIterable<ResultPageRead> {
  let start = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const page = parseAnswerPage(line);
    if (page === undefined) continue;
    yield { exchangeId, number, start, page, request: { pageToken: undefined, startIndex: start, timestampFormat: 'INT64' } };
    start += page.rows.length;
  }
}
