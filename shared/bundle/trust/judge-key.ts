import type { TrustedKey } from './trust-root.ts';

/** When something was signed. `claimed`: the signer says so. `proven`: a time-stamp or a witness saw it by then, so it is no younger. */
export type SigningTime = { readonly claimed: string; readonly proven: string | undefined };
export type KeyJudgement = { readonly status: 'passed' | 'failed' | 'missing'; readonly detail: string };

/** Instants of a trust root may lack milliseconds; made alike, they compare as text. */
export const toMillis = (instant: string): string => (instant.includes('.') ? instant : instant.replace('Z', '.000Z'));

/**
 * Whether a key of the trust root could sign then. `missing`: it was compromised, and nothing proves that this was signed before.
 * Without a time-stamp the time is the signer's own claim, and the text says so.
 */
export function judgeKeyAt(key: TrustedKey, { claimed, proven }: SigningTime): KeyJudgement {
  const isProven = proven !== undefined && proven <= claimed;
  const time = isProven ? proven : claimed;
  const seen = proven === undefined ? 'no time-stamp proves it' : `proven to be there at ${proven}`;
  const failed = (detail: string): KeyJudgement => ({ status: 'failed', detail: `signed at ${time} (as claimed; ${seen}), ${detail}` });
  const { revokedAt, revocationReason: reason, validFrom, validTo } = key;
  if (revokedAt !== undefined && time >= toMillis(revokedAt)) return failed(`but its key is revoked since ${revokedAt} (${reason})`);
  if (time < toMillis(validFrom)) return failed(`before its key was valid (from ${validFrom})`);
  if (validTo !== undefined && time > toMillis(validTo)) return failed(`after its key was valid (to ${validTo})`);
  if (reason === 'key-compromise' && (proven === undefined || proven >= toMillis(revokedAt!)))
    return {
      status: 'missing',
      detail: `its key is compromised (revoked since ${revokedAt}), and nothing proves that this was signed before: ${time} is a claim, ${seen}`,
    };
  return { status: 'passed', detail: `signed at ${time} (as claimed; ${seen}), while its key was valid` };
}
