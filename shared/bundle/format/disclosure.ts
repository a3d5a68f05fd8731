// One JSON array a line, whose SHA-256 is the digest that a leaf names (in the manner of RFC 9901).
import { z } from 'zod';
import { headers, salt, sha256 } from './scalars.ts';

const identity = {
  kind: z.enum(['agent', 'person']),
  issuer: z.string(),
  subject: z.string(),
};
export const disclosureValues = {
  'session-identity': z.strictObject(identity),
  identity: z.strictObject({
    ...identity,
    email: z.string().optional(),
    name: z.string().optional(),
    groups: z.array(z.string()),
    /** RFC 8693 `act` chain, outermost first. */
    actChain: z.array(z.string()),
    tool: z.string().optional(),
  }),
  request: z.strictObject({ target: z.string(), headers, clientAddress: z.string().optional() }),
  'upstream-request': z.strictObject({ method: z.string(), url: z.string(), headers }),
  sql: z.string(),
  parameters: z.json(),
  response: z.strictObject({ status: z.int().min(100).max(599), headers }),
  'job-error': z.json(),
  /** Of an answer that is not kept: what its columns are called, in their order. Whose cells its `cells` are. */
  'result-names': z.array(z.string().max(1_024)).min(1).max(10_000),
  /**
   * Column: SHA-256(its salt ‖ JCS(rows[0].f[j].v) ‖ LF ‖ JCS(rows[1].f[j].v) ‖ LF …). `rest`: SHA-256(its salt ‖ JCS(the answer without `rows`)).
   * Named as in the answer's schema; by place (`0`, `1` …) where the answer holds no schema.
   */
  'result-columns': z.strictObject({
    rows: z.int().positive(),
    columns: z
      .array(z.tuple([z.string().max(1_024), sha256]))
      .min(1)
      .max(10_000),
    rest: sha256,
  }),
} as const;
export type DisclosureName = keyof typeof disclosureValues;

export const disclosureSchema = z.union([
  z.tuple([salt, z.literal('session-identity'), disclosureValues['session-identity']]),
  z.tuple([salt, z.literal('identity'), disclosureValues.identity]),
  z.tuple([salt, z.literal('request'), disclosureValues.request]),
  z.tuple([salt, z.literal('upstream-request'), disclosureValues['upstream-request']]),
  z.tuple([salt, z.literal('sql'), disclosureValues.sql]),
  z.tuple([salt, z.literal('parameters'), disclosureValues.parameters]),
  z.tuple([salt, z.literal('response'), disclosureValues.response]),
  z.tuple([salt, z.literal('job-error'), disclosureValues['job-error']]),
  z.tuple([salt, z.literal('result-names'), disclosureValues['result-names']]),
  z.tuple([salt, z.literal('result-columns'), disclosureValues['result-columns']]),
]);

export type Disclosure = z.infer<typeof disclosureSchema>;
export type DisclosureValue<Name extends DisclosureName> = z.infer<(typeof disclosureValues)[Name]>;
