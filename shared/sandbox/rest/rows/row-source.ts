import type { Row } from '../../../bigquery/cell.ts';
import type { TableSchema } from '../../../bigquery/schema.ts';
import type { TimestampFormat } from '../../../bigquery/timestamp.ts';

/** Rows that can be read from anywhere on: a table of the engine, a result, a recording. */
export type RowSource = {
  readonly schema: TableSchema;
  readonly totalRows: bigint;
  /** How many of them, from the first on, can be read; absent: all. A recording may hold fewer than there were. */
  readonly availableRows?: bigint;
  /** How TIMESTAMP cells in `read` are spelled. */
  readonly timestampFormat: TimestampFormat;
  /** Batches of at most `maxRows` rows in all. */
  read(startIndex: bigint, maxRows: number | undefined, signal: AbortSignal): AsyncIterable<readonly Row[]>;
};
