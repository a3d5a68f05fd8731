import { existsSync } from 'node:fs';
import type { GoogleAuth } from 'google-auth-library';
import * as z from 'zod';
import type { AccessToken } from './refreshed-credential.ts';
import { bigQueryScopes } from './scopes.ts';

/** Google's tokens last an hour; where a source does not say, half of it is believed. */
const assumedLifetimeMs = 30 * 60_000;
const timeoutMs = 10_000;

/**
 * Tokens by Google's own library: application default credentials (environment, gcloud's file, metadata server), or a credential file of any
 * type it knows (authorized_user, external_account, impersonated_service_account, …).
 */
export function googleTokens(keyFile?: string): () => Promise<AccessToken> {
  if (keyFile !== undefined && !existsSync(keyFile)) throw new Error(`The credential file ${keyFile} cannot be read`);
  let auth: GoogleAuth | undefined;
  return async () => {
    auth ??= await openGoogleAuth(keyFile);
    const client = await auth.getClient();
    const { token } = await client.getAccessToken();
    if (typeof token !== 'string' || token === '') throw new Error('the credential gave no access token');
    return { token, expiresAt: client.credentials.expiry_date ?? Date.now() + assumedLifetimeMs };
  };
}

/** Loaded late: most gateways use a key, and start faster without. */
async function openGoogleAuth(keyFile: string | undefined): Promise<GoogleAuth> {
  const library = await import('google-auth-library');
  return new library.GoogleAuth({ scopes: [...bigQueryScopes], ...(keyFile === undefined ? {} : { keyFile }) });
}

const impersonatedShape = z.object({ accessToken: z.string().min(1), expireTime: z.iso.datetime({ offset: true }) });

export type Impersonation = { readonly serviceAccount: string; readonly lifetimeSeconds: number; readonly endpoint: string };

/** A service account's tokens, lent to whom `source` is (IAM credentials API, generateAccessToken). */
export function impersonatedTokens(
  { serviceAccount, lifetimeSeconds, endpoint }: Impersonation,
  source: () => string | undefined | Promise<string | undefined>,
): () => Promise<AccessToken> {
  const url = `${endpoint.replace(/\/$/, '')}/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:generateAccessToken`;
  return async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: (await source()) ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ scope: bigQueryScopes, lifetime: `${lifetimeSeconds}s` }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`${serviceAccount} cannot be impersonated: the IAM credentials API answered ${response.status}`);
    const { accessToken, expireTime } = impersonatedShape.parse(await response.json());
    return { token: accessToken, expiresAt: Date.parse(expireTime) };
  };
}
