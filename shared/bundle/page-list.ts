import { createHash } from 'node:crypto';
import { MAX_PAGES } from './format.ts';
import { toSurt } from './surt.ts';
import { type ArchivedExchange, targetUriOf } from './warc-exchange.ts';

const TABLES = 3;

/**
 * pages.jsonl, what replay tools show of a session: each query that was run and answered, under its address and time. What a page is called stands in the
 * leaves, so that nothing of it can be taken out, and nothing that was taken out is left here.
 */
export class PageList {
  readonly #digest = createHash('sha256');
  #pages = 0;

  /** The line that opens the list. */
  begin(): string {
    return this.#hashed('{"format":"json-pages-1.0","id":"pages","title":"Queries"}\n');
  }

  /** The line of an exchange whose answer is in the archive; `undefined` when it is not listed. */
  line(exchange: ArchivedExchange): string | undefined {
    const { intent, response } = exchange;
    const { statement } = intent;
    if (statement === undefined || statement.dryRun === true || response === undefined || this.#pages === MAX_PAGES) return undefined;
    const url = targetUriOf(exchange);
    if (toSurt(url) === undefined) return undefined;
    this.#pages += 1;
    const what = statement.statementType ?? intent.methodId ?? intent.httpMethod;
    const tables = statement.referencedTables.slice(0, TABLES).join(', ');
    const title = `${intent.exchange} ${what}${tables === '' ? '' : ` ${tables}`}`;
    return this.#hashed(`${JSON.stringify({ id: intent.exchangeId, url, ts: intent.at, title })}\n`);
  }

  /** SHA-256 of all lines so far, hex. */
  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  #hashed(line: string): string {
    this.#digest.update(line);
    return line;
  }
}
