import { z } from 'zod';

const exchange = z.int().positive().optional();

/** One thing to take out. Without `exchange`: wherever in the session it is found. */
export const redactionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('field'), field: z.enum(['sql', 'parameters', 'identity']), exchange }),
  /** Headers are recorded under one digest a message: with the header goes the head of its message, and the body that belongs to it. */
  z.strictObject({
    kind: z.literal('header'),
    header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'is no name of a header'),
    exchange,
  }),
  /** By name, or by place from 0. */
  z.strictObject({ kind: z.literal('column'), column: z.union([z.string().min(1).max(1_024), z.int().nonnegative()]), exchange }),
  z.strictObject({ kind: z.literal('body'), side: z.enum(['request', 'response']), exchange: z.int().positive() }),
]);

export type Redaction = z.output<typeof redactionSchema>;

export function describeRedaction(redaction: Redaction): string {
  const where = redaction.exchange === undefined ? '' : ` of exchange ${redaction.exchange}`;
  if (redaction.kind === 'field') return `${redaction.field}${where}`;
  if (redaction.kind === 'header') return `header ${redaction.header}${where}`;
  if (redaction.kind === 'column') return `column ${redaction.column}${where}`;
  return `${redaction.side} body${where}`;
}
