// What recordings keep beside what was delivered.
import * as z from 'zod';

/** `age1…` of `age-keygen`, bech32 (BIP 173); its checksum is looked at when the gateway starts. */
const recipient = z.string().regex(/^age1[02-9ac-hj-np-z]{58,}$/, 'must be an age recipient, such as age-keygen prints: age1…');

export const recording = z.strictObject({
  /**
   * Where an answer was changed on its way (masked), what came from BigQuery is kept, encrypted to these and readable by nobody else. Without an escrow
   * only its digest is kept.
   */
  escrow: z
    .strictObject({ recipients: z.array(recipient).min(1, 'must name at least one age recipient, or be left out').max(20) })
    .optional(),
});
