import type { Connection } from '../config.ts';
import { googleTokens, impersonatedTokens } from './google-credential.ts';
import { RefreshedCredential } from './refreshed-credential.ts';
import { fetchServiceAccountToken, readServiceAccountKey } from './service-account-key.ts';

/** The gateway's own credential for a connection: an Authorization header, never shown to clients and never recorded. */
export type Credential = {
  /** A value where one is at hand, so that the hot path need not wait. Rejects with the refusal. */
  authorization(): string | undefined | Promise<string | undefined>;
};

const none: Credential = { authorization: () => undefined };

/** Throws with the remedy when a file it names cannot be used. */
export function createCredential(credentials: Connection['credentials']): Credential {
  if (credentials === 'none') return none;
  if (credentials === 'applicationDefault') return new RefreshedCredential(googleTokens());
  if ('credentialFile' in credentials) return new RefreshedCredential(googleTokens(credentials.credentialFile));
  if ('impersonate' in credentials) {
    const source = createCredential(credentials.source);
    return new RefreshedCredential(impersonatedTokens(credentials.impersonate, () => source.authorization()));
  }
  const key = readServiceAccountKey(credentials.serviceAccountKeyFile);
  return new RefreshedCredential(() => fetchServiceAccountToken(key));
}
