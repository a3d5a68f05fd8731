import type { Connection } from '../config.ts';
import { ServiceAccountCredential } from './service-account-credential.ts';

/** The gateway's own credential for a connection: an Authorization header, never shown to clients and never recorded. */
export type Credential = {
  /** A value where one is at hand, so that the hot path need not wait. Rejects with the refusal. */
  authorization(): string | undefined | Promise<string | undefined>;
};

const none: Credential = { authorization: () => undefined };

/** Throws with the remedy when the key file cannot be used. */
export function createCredential(credentials: Connection['credentials']): Credential {
  return credentials === 'none' ? none : ServiceAccountCredential.fromFile(credentials.serviceAccountKeyFile);
}
