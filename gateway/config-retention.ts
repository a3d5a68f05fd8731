// How long recordings are kept. Nothing is deleted where this section is missing.
import * as z from 'zod';
import { type Duration, parseDuration } from './duration.ts';

/** A bare number is read as text, so that what is said of it is that its unit is missing. */
const text = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), z.string());

function toDuration(value: string, context: z.core.$RefinementCtx): Duration {
  const parsed = parseDuration(value);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.error });
  return z.NEVER;
}

const isPositive = (duration: Duration | 'forever'): boolean => duration === 'forever' || duration.amount > 0;
const duration = text.transform(toDuration);
const positive = duration.refine(isPositive, 'must be longer than nothing');
const keep = text
  .transform((value, context): Duration | 'forever' => (value === 'forever' ? value : toDuration(value, context)))
  .refine(isPositive, 'must be longer than nothing');
/** `cells`: one keyed digest a cell in place of the rows; the strictest rule that applies decides. */
const content = z.enum(['full', 'content-free'], { error: 'must be full or content-free' });

const rule = z
  .strictObject({
    /** Stands in previews, manifests and receipts; `rule 1` and so on unless told. */
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes')
      .optional(),
    connections: z.array(z.string().min(1)).min(1, 'must name a connection, or be left out').optional(),
    groups: z.array(z.string().min(1)).min(1, 'must name a group, or be left out').optional(),
    keep: keep.optional(),
    content: content.optional(),
  })
  .refine(
    ({ connections, groups }) => connections !== undefined || groups !== undefined,
    'needs connections or groups: "default" is for all',
  )
  .refine((one) => one.keep !== undefined || one.content !== undefined, 'says nothing: give keep or content');

export const retention = z.strictObject({
  /** For recordings that no rule with `keep` speaks of. */
  default: keep,
  content: content.default('full'),
  rules: z.array(rule).default([]),
  /** Time between the end of a recording's retention and its deletion. */
  deleteAfter: duration.default({ amount: 0, unit: 's' }),
  /** How often the gateway looks for what has expired. */
  sweepEvery: positive.default({ amount: 1, unit: 'h' }),
});

export type RetentionConfig = z.output<typeof retention>;
export type RetentionRule = RetentionConfig['rules'][number];
export type ContentMode = z.output<typeof content>;

/** Names of connections and rules that contradict the rest of the configuration. */
export function findRetentionMistakes(config: RetentionConfig | undefined, connections: readonly string[]) {
  const known = new Set(connections);
  return (config?.rules ?? []).flatMap((each, index) =>
    (each.connections ?? []).flatMap((name, at) =>
      known.has(name)
        ? []
        : [{ path: `retention.rules[${index}].connections[${at}]`, message: `"${name}" is no connection: ${[...known].join(', ')}` }],
    ),
  );
}
