import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod';
import { Refusal } from '../errors.ts';

const scope = 'https://www.googleapis.com/auth/bigquery https://www.googleapis.com/auth/cloud-platform';
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const refreshAheadMs = 5 * 60_000;
const retryAfterMs = 2_000;
const timeoutMs = 10_000;

const isSafe = (address: string): boolean => /^https:\/\//.test(address) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(address);

const keyShape = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string().includes('PRIVATE KEY'),
  private_key_id: z.string().optional(),
  token_uri: z.string().refine(isSafe, 'must be https').default('https://oauth2.googleapis.com/token'),
});
type Key = z.output<typeof keyShape>;
const answerShape = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Access tokens for a service account's key (RFC 7523 §2.1), asked for ahead of need and once for all who wait. */
export class ServiceAccountCredential {
  readonly #key: Key;
  #header = '';
  #expiresAt = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<string> | undefined;

  constructor(key: unknown) {
    this.#key = keyShape.parse(key);
  }

  static fromFile(path: string): ServiceAccountCredential {
    try {
      return new ServiceAccountCredential(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      const why =
        error instanceof z.ZodError ? 'it is no service account key (JSON with type, client_email, private_key)' : (error as Error).message;
      throw new Error(`The service account key ${path} cannot be used: ${why}`);
    }
  }

  authorization(): string | Promise<string> {
    const left = this.#expiresAt - Date.now();
    if (left > refreshAheadMs) return this.#header;
    if (left <= 0) return this.#ask();
    // A failure now is no harm while the old token holds; who needs a new one will hear of it.
    if (Date.now() - this.#triedAt > retryAfterMs) this.#ask().catch(() => undefined);
    return this.#header;
  }

  #ask(): Promise<string> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #fetch(): Promise<string> {
    this.#triedAt = Date.now();
    try {
      const answer = await this.#exchange();
      this.#header = `Bearer ${answer.access_token}`;
      this.#expiresAt = Date.now() + answer.expires_in * 1000;
      return this.#header;
    } catch (error) {
      throw new Refusal('UPSTREAM_NO_CREDENTIAL', { why: (error as Error).message.slice(0, 200) });
    }
  }

  async #exchange(): Promise<z.output<typeof answerShape>> {
    const { token_uri } = this.#key;
    const body = new URLSearchParams({ grant_type: grantType, assertion: await this.#sign() });
    const response = await fetch(token_uri, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
    return answerShape.parse(await response.json());
  }

  async #sign(): Promise<string> {
    const { client_email, private_key, private_key_id, token_uri } = this.#key;
    return new SignJWT({ scope })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) })
      .setIssuer(client_email)
      .setAudience(token_uri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(await importPKCS8(private_key, 'RS256'));
  }
}
