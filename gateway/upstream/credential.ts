import { readFileSync } from 'node:fs';
import { JWT } from 'google-auth-library';
import type { Connection } from '../config.ts';
import { Refusal } from '../errors.ts';

const scopes = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/cloud-platform'];
const refreshAheadMs = 5 * 60_000;

/** The gateway's own credential for a connection: an Authorization header, never shown to clients and never recorded. */
export type Credential = { authorization(): string | undefined | Promise<string | undefined> };

const none: Credential = { authorization: () => undefined };

export function createCredential(credentials: Connection['credentials']): Credential {
  return credentials === 'none' ? none : new ServiceAccountCredential(credentials.serviceAccountKeyFile);
}

class ServiceAccountCredential implements Credential {
  readonly #client: JWT;
  #header: string | undefined;
  #expiresAt = 0;
  #refreshing: Promise<string> | undefined;

  constructor(keyFile: string) {
    const key = JSON.parse(readFileSync(keyFile, 'utf8')) as { client_email: string; private_key: string };
    this.#client = new JWT({ email: key.client_email, key: key.private_key, scopes });
  }

  /** A remembered token is used to its end, and renewed in the background before. */
  authorization(): string | Promise<string> {
    const left = this.#expiresAt - Date.now();
    if (left < refreshAheadMs) this.#refreshing ??= this.#refresh();
    this.#refreshing?.catch(() => undefined);
    return left > 0 ? this.#header! : this.#refreshing!;
  }

  async #refresh(): Promise<string> {
    try {
      const { credentials } = await this.#client.refreshAccessToken().catch(async () => ({ credentials: await this.#client.authorize() }));
      if (!credentials.access_token) throw new Error('no access token');
      this.#header = `Bearer ${credentials.access_token}`;
      this.#expiresAt = credentials.expiry_date ?? Date.now() + 3_000_000;
      return this.#header;
    } catch (error) {
      throw new Refusal('UPSTREAM_NO_CREDENTIAL', { why: (error as Error).message.slice(0, 200) });
    } finally {
      this.#refreshing = undefined;
    }
  }
}
