import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT } from 'jose';
import * as z from 'zod';
import type { AccessToken } from './refreshed-credential.ts';
import { bigQueryScopes } from './scopes.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const timeoutMs = 10_000;

const isSafe = (address: string): boolean => /^https:\/\//.test(address) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(address);

const keyShape = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  // A key object: the text of the key is not kept.
  private_key: z
    .string()
    .includes('PRIVATE KEY')
    .transform((pem) => createPrivateKey(pem)),
  private_key_id: z.string().optional(),
  token_uri: z.string().refine(isSafe, 'must be https').default('https://oauth2.googleapis.com/token'),
});
export type ServiceAccountKey = z.output<typeof keyShape>;
const answerShape = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** Throws a sentence that names the file. */
export function readServiceAccountKey(path: string): ServiceAccountKey {
  try {
    return keyShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? 'it is no service account key (JSON with type, client_email, private_key)' : (error as Error).message;
    throw new Error(`The service account key ${path} cannot be used: ${why}`);
  }
}

/** An access token for a signed assertion (RFC 7523 §2.1). */
export async function fetchServiceAccountToken(key: ServiceAccountKey): Promise<AccessToken> {
  const body = new URLSearchParams({ grant_type: grantType, assertion: await signAssertion(key) });
  const response = await fetch(key.token_uri, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}`);
  const { access_token, expires_in } = answerShape.parse(await response.json());
  return { token: access_token, expiresAt: Date.now() + expires_in * 1000 };
}

async function signAssertion({ client_email, private_key, private_key_id, token_uri }: ServiceAccountKey): Promise<string> {
  return new SignJWT({ scope: bigQueryScopes.join(' ') })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(private_key_id === undefined ? {} : { kid: private_key_id }) })
    .setIssuer(client_email)
    .setAudience(token_uri)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(private_key);
}
