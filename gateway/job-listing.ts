type Json = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly json: Json };
/** `{ found: undefined }`: read to its end, and no job bears the label. */
export type Search = { readonly found: Json | undefined } | { readonly unknown: string };

const label = 'steno_exchange';
/** BigQuery gives at most a thousand to a page, and fewer when it likes. A project with more jobs than this is not read on. */
const mostPages = 200;

/** The jobs of one project by the label that says whose exchange made them; a page is read once, however many ask. */
export class JobListing {
  readonly #ask: (query: string) => Promise<Answer>;
  readonly #byExchange = new Map<string, Json>();
  #sinceMs = Number.POSITIVE_INFINITY;
  #nextPage: string | undefined = '';
  #pages = 0;
  #reading: Promise<unknown> = Promise.resolve();

  /** `ask` gets the query of a `jobs.list`. */
  constructor(ask: (query: string) => Promise<Answer>) {
    this.#ask = ask;
  }

  /** One reader at a time: whoever comes meanwhile finds what the others read. */
  find(exchangeId: string, sinceMs: number): Promise<Search> {
    const search = this.#reading.then(() => this.#search(exchangeId, sinceMs));
    this.#reading = search.catch(() => undefined);
    return search;
  }

  async #search(exchangeId: string, sinceMs: number): Promise<Search> {
    if (sinceMs < this.#sinceMs) this.#restart(sinceMs);
    while (!this.#byExchange.has(exchangeId) && this.#nextPage !== undefined) {
      if (this.#pages === mostPages) return { unknown: `its job is not among the newest that BigQuery lists on ${mostPages} pages` };
      const status = await this.#readPage(this.#nextPage);
      if (status !== 200) return { unknown: `BigQuery answered ${status}` };
    }
    return { found: this.#byExchange.get(exchangeId) };
  }

  #restart(sinceMs: number): void {
    this.#sinceMs = sinceMs;
    this.#nextPage = '';
    this.#pages = 0;
  }

  async #readPage(token: string): Promise<number> {
    const page = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
    const { status, json } = await this.#ask(`projection=full&maxResults=1000&minCreationTime=${this.#sinceMs}${page}`);
    if (status !== 200) return status;
    this.#pages += 1;
    for (const job of (json['jobs'] ?? []) as Json[]) {
      const exchangeId = exchangeOf(job);
      if (exchangeId !== undefined) this.#byExchange.set(exchangeId, job);
    }
    const next = json['nextPageToken'];
    this.#nextPage = typeof next === 'string' && next !== '' ? next : undefined;
    return status;
  }
}

function exchangeOf({ configuration }: Json): string | undefined {
  const labels = (configuration as Json | undefined)?.['labels'] as Json | undefined;
  const exchangeId = labels?.[label];
  return typeof exchangeId === 'string' ? exchangeId : undefined;
}
