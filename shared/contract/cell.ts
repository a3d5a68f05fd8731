import * as z from 'zod/mini';

/**
 * A value as exact text, `null` for SQL NULL, or a JSON tree of such for ARRAY (`{ list }`) and STRUCT (`{ struct }`, fields in the column's order).
 * INT64 `"9007199254740993"`, NUMERIC `"1.10"`, BOOL `"true"`, TIMESTAMP `"2026-01-31 12:00:00.123456+00"`, BYTES base64.
 */
export type Cell = string | null | { readonly list: readonly Cell[] } | { readonly struct: readonly Cell[] };

export const Cell: z.ZodMiniType<Cell, Cell> = z.lazy(() =>
  z.union([z.string(), z.null(), z.object({ list: z.array(Cell) }), z.object({ struct: z.array(Cell) })]),
);

/** A column: BigQuery's type word where the schema was recorded, and the type that the table has in the engine. */
export type Column = {
  readonly name: string;
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  /** Of STRUCT (RECORD) columns. */
  readonly fields?: readonly Column[] | undefined;
  readonly engineType: string;
  readonly masked?: boolean | undefined;
};

export const Column: z.ZodMiniType<Column, Column> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    mode: z.enum(['NULLABLE', 'REQUIRED', 'REPEATED']),
    fields: z.optional(z.array(Column)),
    engineType: z.string(),
    masked: z.optional(z.boolean()),
  }),
);

export const Row = z.array(Cell);
