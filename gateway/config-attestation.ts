// Who else speaks for the log: a time-stamping authority (RFC 3161), witnesses (C2SP tlog-witness).
import { resolve } from 'node:path';
import * as z from 'zod';
import { parseWitnessKey } from '../shared/bundle/ed25519-key.ts';

/** A time-stamp is signed and holds no secret: most authorities answer on plain http. */
const address = z.string().refine((text) => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.hash === '';
}, 'must be an http(s) address without user or fragment');

export const timestamping = z.strictObject({
  url: address,
  /** PEM: the authority's root, and what is between it and the signer where the authority does not send that along. */
  certificates: z.string().min(1),
  /** Checkpoints are stamped when a session closes, and at least this often. */
  everyMinutes: z.number().min(1).max(1_440).default(60),
  timeoutSeconds: z.number().min(1).max(120).default(10),
});

export const witnesses = z
  .array(
    z.strictObject({
      /** The submission prefix; `/add-checkpoint` is added. */
      url: address,
      vkey: z.string().refine((text) => parseWitnessKey(text) !== undefined, 'must be the key of a witness, NAME+ID+BASE64 of type 4'),
    }),
  )
  .max(20)
  .default([]);

export type Timestamping = z.output<typeof timestamping>;
export type Witness = z.output<typeof witnesses>[number];

export const resolveTimestamping = (settings: Timestamping, base: string): Timestamping => ({
  ...settings,
  certificates: resolve(base, settings.certificates),
});
