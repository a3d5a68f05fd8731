import type { Row } from '../../bigquery/cell.ts';

/** What a handler answers. Rows, if any, are pulled while they are being sent. */
export type Answer = {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: an empty body. */
  readonly body?: object | undefined;
  readonly page?: RowPage;
};

/** The rows of a page, and what is known of it only once they are out, such as the token of the next. */
export type RowPage = {
  readonly rows: AsyncIterable<readonly Row[]>;
  toTail(): object;
};

export const toAnswer = (body: object): Answer => ({ body });
export const emptyAnswer: Answer = { status: 204 };
