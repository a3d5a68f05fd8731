import { readFile } from 'node:fs/promises';
import * as client from 'openid-client';
import type { PerUserConfig } from '../../config-connections.ts';
import type { AccessToken } from '../refreshed-credential.ts';

/** What the browser must bring back (RFC 6749 §10.12, RFC 7636), in a cookie that only we can read. */
export type GrantAttempt = { readonly state: string; readonly nonce: string; readonly verifier: string };
/** `refreshToken`: another than before, where the server rotates them. */
export type Refreshed = AccessToken & { readonly refreshToken: string | undefined };
export type GivenGrant = { readonly account: string; readonly refreshToken: string; readonly access: AccessToken };

/** The authorisation cannot be had or has ended; `message` says why, and holds nothing secret. */
export class GrantRefused extends Error {
  override readonly name = 'GrantRefused';
}

const timeoutSeconds = 10;
const assumedLifetimeSeconds = 600;
const isLoopbackHttp = (address: string): boolean => /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/]/.test(address);

/** The OAuth server where people authorise their own account: authorization code with PKCE, refresh, revocation (RFC 7009). */
export class OAuthServer {
  readonly #config: PerUserConfig;
  readonly #redirectUri: string;
  #discovered: Promise<client.Configuration> | undefined;

  constructor(config: PerUserConfig, redirectUri: string) {
    this.#config = config;
    this.#redirectUri = redirectUri;
  }

  async begin(): Promise<{ readonly address: URL; readonly attempt: GrantAttempt }> {
    const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
    const address = client.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#redirectUri,
      scope: this.#config.scopes.join(' '),
      state: attempt.state,
      ...(this.#asksForIdentity ? { nonce: attempt.nonce } : {}),
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
      // Google hands out a refresh token for these two alone; others ignore what they do not know.
      access_type: 'offline',
      prompt: 'consent',
    });
    return { address, attempt };
  }

  /** `query`: of the address that the server sent the browser back to. Throws GrantRefused. */
  async finish(query: string, { state, nonce, verifier }: GrantAttempt): Promise<GivenGrant> {
    const tokens = await this.#ask((config) =>
      client.authorizationCodeGrant(config, new URL(`${this.#redirectUri}${query}`), {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(this.#asksForIdentity ? { expectedNonce: nonce, idTokenExpected: true } : {}),
      }),
    );
    const missing = this.#config.scopes.filter((each) => each.includes('/') && !(tokens.scope ?? each).split(' ').includes(each));
    if (missing.length > 0) throw new GrantRefused(`the access to ${missing.join(' and ')} was not granted: leave its box ticked`);
    if (tokens.refresh_token === undefined)
      throw new GrantRefused('the server gave no refresh token: have its client allow offline access');
    const claims = tokens.claims();
    const account = String(claims?.['email'] ?? claims?.sub ?? 'an account without a name').slice(0, 200);
    return { account, refreshToken: tokens.refresh_token, access: toAccessToken(tokens) };
  }

  /** Throws GrantRefused when the authorisation has ended, another error when the server could not be asked. */
  async refresh(refreshToken: string): Promise<Refreshed> {
    const tokens = await this.#ask((config) => client.refreshTokenGrant(config, refreshToken));
    return { ...toAccessToken(tokens), refreshToken: tokens.refresh_token };
  }

  /** As far as the server can; that it is forgotten here does not depend on it. */
  async revoke(refreshToken: string): Promise<void> {
    const config = await this.#configuration();
    if (config.serverMetadata().revocation_endpoint !== undefined) await client.tokenRevocation(config, refreshToken);
  }

  get #asksForIdentity(): boolean {
    return this.#config.scopes.includes('openid');
  }

  async #ask<Value>(question: (config: client.Configuration) => Promise<Value>): Promise<Value> {
    const config = await this.#configuration();
    try {
      return await question(config);
    } catch (error) {
      if (error instanceof client.AuthorizationResponseError) throw new GrantRefused(describe(error.error));
      if (error instanceof client.ResponseBodyError && error.status < 500) throw new GrantRefused(describe(error.error));
      throw new Error(`${new URL(this.#config.issuer).host} could not be asked (${(error as { code?: string }).code ?? 'no answer'})`);
    }
  }

  #configuration(): Promise<client.Configuration> {
    this.#discovered ??= this.#discover().catch((error: Error) => {
      this.#discovered = undefined;
      throw new Error(`${new URL(this.#config.issuer).host} could not be asked (${(error as { code?: string }).code ?? 'no answer'})`);
    });
    return this.#discovered;
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecretFile } = this.#config;
    const secret = clientSecretFile === undefined ? undefined : (await readFile(clientSecretFile, 'utf8')).trim();
    const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
    const config = await client.discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: timeoutSeconds,
      execute: isLoopbackHttp(issuer) ? [client.allowInsecureRequests] : [],
    });
    config.timeout = timeoutSeconds;
    return config;
  }
}

const toAccessToken = ({ access_token, expires_in = assumedLifetimeSeconds }: client.TokenEndpointResponse): AccessToken => ({
  token: access_token,
  expiresAt: Date.now() + expires_in * 1000,
});

/** RFC 6749 §4.1.2.1 and §5.2: codes, never descriptions, which may hold anything. */
function describe(code: string): string {
  if (code === 'invalid_grant') return 'it was withdrawn, or has expired';
  if (code === 'access_denied') return 'it was not given';
  return `the server says ${/^[a-z_]{1,40}$/.test(code) ? code : 'no'}`;
}
