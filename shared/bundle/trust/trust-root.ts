import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseVerifierKey, parseWitnessKey, type VerifierKey } from '../ed25519-key.ts';
import { parseStrictJson } from '../strict-json.ts';

/** Whom an investigator trusts, since when and until when. Described in docs/trust-root.md. */
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/);
const vkey = z.string().min(1).max(1_024);

const revocationReasons = ['key-compromise', 'superseded', 'cessation-of-operation', 'unspecified'] as const;

const trustedKeySchema = z.strictObject({
  vkey,
  validFrom: instant,
  validTo: instant.optional(),
  revokedAt: instant.optional(),
  revocationReason: z.enum(revocationReasons).optional(),
  supersededBy: vkey.optional(),
  comment: z.string().max(1_024).optional(),
});

export const trustRootSchema = z.strictObject({
  formatVersion: z.literal(1),
  writers: z.array(trustedKeySchema).max(1_000),
  exporters: z.array(trustedKeySchema).max(1_000),
  /** C2SP witnesses, keys of type 0x04. */
  witnesses: z
    .array(z.strictObject({ vkey, comment: z.string().max(1_024).optional() }))
    .max(100)
    .optional(),
  /** How many of them must have cosigned before a bundle is green; 0 unless told. */
  witnessQuorum: z.int().min(0).max(100).optional(),
  /** RFC 3161: certificates in base64 of DER, the root first; what a time-stamp brings along completes the chain. */
  timestampAuthorities: z
    .array(z.strictObject({ name: z.string().min(1).max(256), certificates: z.array(z.base64()).min(1).max(10) }))
    .max(100)
    .optional(),
  /** Whether a bundle without a time-stamp by one of them stays amber. */
  requireTimestamp: z.boolean().optional(),
});
export type TrustRoot = z.infer<typeof trustRootSchema>;
export type TrustedKey = TrustRoot['writers'][number];

/** Throws TypeError with the first thing that is wrong. */
export function readTrustRoot(file: string): TrustRoot {
  let value: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    value = JSON.parse(text);
    if (parseStrictJson(text) === undefined) throw new TypeError('a key stands in it twice, or it nests too deeply');
  } catch (error) {
    throw new TypeError(`The trust root ${file} cannot be read: ${(error as Error).message}`);
  }
  try {
    return parseTrustRoot(value);
  } catch (error) {
    throw new TypeError(`The trust root ${file} cannot be used: ${(error as Error).message}. docs/trust-root.md describes it.`);
  }
}

/** Throws TypeError. */
export function parseTrustRoot(value: unknown): TrustRoot {
  const parsed = trustRootSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TypeError(`${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const mistake = mistakeOf(parsed.data);
  if (mistake !== undefined) throw new TypeError(mistake);
  return parsed.data;
}

function mistakeOf(root: TrustRoot): string | undefined {
  for (const list of ['writers', 'exporters'] as const) {
    const known = root[list].map((key) => key.vkey);
    for (const [index, key] of root[list].entries()) {
      const place = `${list}.${index}`;
      if (parseVerifierKey(key.vkey)?.text !== key.vkey) return `${place}.vkey is no public key as "steno keys" prints it`;
      if (known.indexOf(key.vkey) !== index) return `${place}.vkey stands in the list twice`;
      if (key.supersededBy !== undefined && !known.includes(key.supersededBy)) return `${place}.supersededBy is not in the list`;
      if ((key.revokedAt === undefined) !== (key.revocationReason === undefined))
        return `${place}: revokedAt and revocationReason go together`;
    }
  }
  const witnesses = root.witnesses ?? [];
  const strange = witnesses.findIndex(({ vkey: text }, index) => {
    return parseWitnessKey(text)?.text !== text || witnesses.findIndex((other) => other.vkey === text) !== index;
  });
  if (strange >= 0) return `witnesses.${strange}.vkey is no key of a witness, or stands in the list twice`;
  if ((root.witnessQuorum ?? 0) > witnesses.length) return 'witnessQuorum is larger than the number of witnesses';
  if (root.requireTimestamp === true && (root.timestampAuthorities ?? []).length === 0)
    return 'requireTimestamp needs timestampAuthorities';
  return undefined;
}

export const toKeys = (keys: readonly TrustedKey[] = []): VerifierKey[] =>
  keys.map(({ vkey: text }) => parseVerifierKey(text)).filter((key) => key !== undefined);
