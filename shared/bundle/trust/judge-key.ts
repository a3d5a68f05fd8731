import type { TrustedKey } from './trust-root.ts';

/** When something was signed. `claimed`: the signer says so. `proven`: an RFC 3161 time-stamp or a witness says that it was there by then. */
export type SigningTime = { readonly claimed: string; readonly proven: string | undefined };
export type KeyJudgement = { readonly status: 'passed' | 'failed' | 'missing'; readonly detail: string };

/** Instants of a trust root may lack milliseconds; made alike, they compare as text. */
export const toMillis = (instant: string): string => (instant.includes('.') ? instant : instant.replace('Z', '.000Z'));

/**
 * Whether a key of the trust root could sign then. `missing`: it was compromised, and nothing proves that this was signed before.
 * Without a time-stamp the time is the signer's own claim, and the text says so.
 */
export function judgeKeyAt(key: TrustedKey, { claimed, proven }: SigningTime): KeyJudgement {
  const time = toMillis(proven ?? claimed);
  const how = proven === undefined ? 'as the signer claims; no time-stamp proves it' : 'proven';
  const failed = (detail: string): KeyJudgement => ({ status: 'failed', detail: `signed at ${time} (${how}), ${detail}` });
  if (key.revokedAt !== undefined && time >= toMillis(key.revokedAt))
    return failed(`when its key was revoked since ${key.revokedAt} (${key.revocationReason})`);
  if (time < toMillis(key.validFrom)) return failed(`before its key was valid, which is from ${key.validFrom}`);
  if (key.validTo !== undefined && time > toMillis(key.validTo)) return failed(`after its key was valid, which is to ${key.validTo}`);
  if (key.revocationReason === 'key-compromise' && proven === undefined)
    return {
      status: 'missing',
      detail: `its key was compromised (revoked at ${key.revokedAt}), and nothing proves that it was signed before: ${time} is only a claim`,
    };
  return { status: 'passed', detail: `signed at ${time} (${how}), while its key was valid` };
}
