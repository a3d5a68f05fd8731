import { z } from 'zod';
import { count, instant, sha256, text, uuid, word } from './scalars.ts';

/** Frictionless data package as WACZ 1.1.1 asks for; `steno` is our own property. */
export const manifestSchema = z.strictObject({
  profile: z.literal('data-package'),
  wacz_version: z.literal('1.1.1'),
  title: z.string(),
  created: instant,
  software: z.string(),
  resources: z.array(
    z.strictObject({ name: z.string().min(1), path: z.string().min(1), hash: z.string().regex(/^sha256:[0-9a-f]{64}$/), bytes: count }),
  ),
  steno: z.strictObject({
    formatVersion: z.int().positive(),
    sessionId: uuid,
    sessionName: word,
    exchanges: count,
    leaves: count,
    /** True when the session was still open: the head is a moment of it, not its end. */
    snapshot: z.boolean(),
  }),
});

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_TYPE = 'urn:steno:bundle-export:v1';
export const DSSE_PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** in-toto Statement v1: "this exporter made the bundle with this manifest". */
export const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([z.strictObject({ name: z.literal('datapackage.json'), digest: z.strictObject({ sha256 }) })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    formatVersion: z.int().positive(),
    sessionId: uuid,
    exportedAt: instant,
    exportedBy: word,
    software: word,
    reason: text.optional(),
  }),
});

export const envelopeSchema = z.strictObject({
  payloadType: z.literal(DSSE_PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z
    .array(z.strictObject({ keyid: z.string().min(1), sig: z.base64() }))
    .min(1)
    .max(16),
});

/** The file beside the manifest that WACZ asks for. It says what speaks of the manifest, and so cannot be named in it: the exporter's statement. */
const manifestDigest = { path: z.literal('datapackage.json'), hash: z.string().regex(/^sha256:[0-9a-f]{64}$/) };
export const manifestDigestSchema = z.strictObject({ ...manifestDigest, statement: envelopeSchema });
/** Of versions 1 and 2. */
export const olderManifestDigestSchema = z.strictObject(manifestDigest);

export type Manifest = z.infer<typeof manifestSchema>;
export type Statement = z.infer<typeof statementSchema>;
export type Envelope = z.infer<typeof envelopeSchema>;
