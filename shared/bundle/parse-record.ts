/**
 * The schemas of what stands in a bundle by the hundred thousand, compiled on first use: the same judgement as the plain ones (where code may not be
 * generated they are the plain ones), at a fraction of the time.
 */
import { z } from 'zod';
import {
  type BodySalts,
  bodySaltsSchema,
  columnSaltsSchema,
  type Disclosure,
  disclosureSchema,
  type SessionLeaf,
  sessionLeafSchema,
  type WarcMetadata,
  warcColumnSaltsSchema,
  warcMetadataSchema,
} from './format.ts';

type Parse<Value> = (value: unknown) => Value | undefined;

/** `undefined` for what does not fit the format. */
export const parseLeaf: Parse<SessionLeaf> = compiled(sessionLeafSchema);
export const parseBodySalts: Parse<BodySalts> = compiled(bodySaltsSchema);
export const parseColumnSalts: Parse<z.infer<typeof columnSaltsSchema>> = compiled(columnSaltsSchema);
export const parseMetadata: Parse<WarcMetadata> = compiled(warcMetadataSchema);
export const parseWarcColumnSalts: Parse<z.infer<typeof warcColumnSaltsSchema>> = compiled(warcColumnSaltsSchema);

/** By its name, so that eight other schemas need not refuse it first. */
export const parseDisclosure: Parse<Disclosure> = (value) => (Array.isArray(value) ? disclosures.get(value[1])?.(value) : undefined);

const disclosures: ReadonlyMap<unknown, Parse<Disclosure>> = new Map(
  disclosureSchema.options.map((option) => [option.def.items[1].value, copying<Disclosure>(option)]),
);

/** Strict schemas change nothing: what they accept is what they would return, and need not be copied. */
function compiled<Value>(schema: z.ZodType<Value>): Parse<Value> {
  let ready: z.ZodType<Value> | undefined;
  return (value) => {
    ready ??= z.compile(schema);
    return ready.validate(value) ? (value as Value) : undefined;
  };
}

/** For values of any shape: of those, a copy without a member `__proto__`. */
function copying<Value>(schema: z.ZodType<Value>): Parse<Value> {
  let ready: z.ZodType<Value> | undefined;
  return (value) => {
    ready ??= z.compile(schema);
    const parsed = ready.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  };
}
