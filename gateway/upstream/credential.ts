import type { Connection } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Principal } from '../exchange.ts';
import { googleTokens, impersonatedTokens } from './google-credential.ts';
import { RefreshedCredential } from './refreshed-credential.ts';
import { fetchServiceAccountToken, readServiceAccountKey } from './service-account-key.ts';

/** The credential of a connection: an Authorization header, never shown to clients and never recorded. */
export type Credential = {
  /** A value where one is at hand, so that the hot path need not wait. Throws or rejects with the refusal. */
  authorization(principal?: Pick<Principal, 'issuer' | 'subject'>): string | undefined | Promise<string | undefined>;
  /** Each principal's own: what BigQuery answers one says nothing of another. */
  readonly isPersonal?: true;
  /** BigQuery did not take it, although it should be good. */
  rejected?(principal: Pick<Principal, 'issuer' | 'subject'>): void;
};

const none: Credential = { authorization: () => undefined };

/** Of those who ask while nobody does: a crash is cleared up before anybody can sign in. */
const nobodys: Credential = {
  authorization: () => {
    throw new Refusal('UPSTREAM_NO_CREDENTIAL', { why: 'the connection works with the account of whoever asks' });
  },
};

/** Throws with the remedy when a file it names cannot be used. */
export function createCredential(credentials: Connection['credentials']): Credential {
  if (credentials === 'none') return none;
  if (typeof credentials === 'object' && 'perUser' in credentials) return nobodys;
  if (credentials === 'applicationDefault') return new RefreshedCredential(googleTokens());
  if ('credentialFile' in credentials) return new RefreshedCredential(googleTokens(credentials.credentialFile));
  if ('impersonate' in credentials) {
    const source = createCredential(credentials.source);
    return new RefreshedCredential(impersonatedTokens(credentials.impersonate, () => source.authorization()));
  }
  const key = readServiceAccountKey(credentials.serviceAccountKeyFile);
  return new RefreshedCredential(() => fetchServiceAccountToken(key));
}
