import * as z from 'zod/mini';
import { Cell, Column, Row } from './cell.ts';
import { Count, ExchangeId, Int64Text } from './scalars.ts';

export const OpenedResult = z.object({
  /** Also the name of the relation in the SQL console: `result_17`. */
  resultId: z.string(),
  columns: z.array(Column),
  /** Rows that were recorded. */
  total: Count,
  /** Rows that BigQuery said the result has; more than `total` when the client did not fetch every page. */
  reportedRows: z.optional(Int64Text),
  complete: z.boolean(),
  /** The exchanges that delivered the rows, in order. */
  pages: z.array(z.object({ exchangeId: ExchangeId, number: Count, rows: Count })),
  /** What could not be read of it. */
  problems: z.array(z.string()),
});
export type OpenedResult = z.infer<typeof OpenedResult>;

export const ResultPage = z.object({ offset: Count, rows: z.array(Row) });
export type ResultPage = z.infer<typeof ResultPage>;

export const SqlAnswer = z.object({
  columns: z.array(Column),
  rows: z.array(Row),
  /** More rows existed than `maxRows`. */
  truncated: z.boolean(),
  elapsedMs: z.number(),
});
export type SqlAnswer = z.infer<typeof SqlAnswer>;

export const SqlRelation = z.object({
  name: z.string(),
  kind: z.enum(['table', 'view', 'result']),
  comment: z.optional(z.string()),
  columns: z.array(z.object({ name: z.string(), type: z.string(), comment: z.optional(z.string()) })),
});
export type SqlRelation = z.infer<typeof SqlRelation>;

/** How two results differ. Rows are compared as multisets, or by key where the caller names key columns. */
export const ResultDifference = z.object({
  equal: z.boolean(),
  schema: z.array(z.object({ column: z.string(), left: z.optional(z.string()), right: z.optional(z.string()) })),
  leftRows: Count,
  rightRows: Count,
  added: Count,
  removed: Count,
  changed: Count,
  /** Changed cells by column. */
  changedColumns: z.array(z.object({ column: z.string(), cells: Count })),
  columns: z.array(z.string()),
  samples: z.array(
    z.object({ kind: z.enum(['added', 'removed', 'changed']), left: z.optional(z.array(Cell)), right: z.optional(z.array(Cell)) }),
  ),
});
export type ResultDifference = z.infer<typeof ResultDifference>;
