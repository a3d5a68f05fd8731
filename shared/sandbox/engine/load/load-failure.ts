import { BigQueryError, type ErrorProto } from '../../../bigquery/error-envelope.ts';

/** A load that gave up: the job's errorResult, and all it had to say in `errors`. */
export class LoadFailure extends BigQueryError {
  readonly errors: readonly ErrorProto[];

  constructor(message: string, details: readonly string[]) {
    super({ reason: 'invalid', message: `Error while reading data, error message: ${message}` });
    this.errors = [this.message, ...details.map((detail) => `Error while reading data, error message: ${detail}`)].map((text) => ({
      reason: 'invalid',
      message: text,
    }));
  }
}

const DETAILS_KEPT = 5;

/** Counts bad records and gives up when there are more than the job allows. */
export class BadRecords {
  readonly #format: 'CSV' | 'JSON' | 'AVRO';
  readonly #allowed: number;
  readonly #details: string[] = [];
  count = 0;

  constructor(format: 'CSV' | 'JSON' | 'AVRO', allowed: number) {
    this.#format = format;
    this.#allowed = allowed;
  }

  get details(): readonly string[] {
    return this.#details;
  }

  add(detail: string, rowsRead: number): void {
    this.count++;
    if (this.#details.length < DETAILS_KEPT) this.#details.push(detail);
    if (this.count <= this.#allowed) return;
    const facts = `Rows: ${rowsRead}; errors: ${this.count}; max bad: ${this.#allowed}; error percent: 0`;
    throw new LoadFailure(`${this.#format} processing encountered too many errors, giving up. ${facts}`, this.#details);
  }
}
