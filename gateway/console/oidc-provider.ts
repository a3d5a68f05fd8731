import { readFile } from 'node:fs/promises';
import * as client from 'openid-client';
import type { IssuerConfig } from '../config.ts';
import type { OidcProvider } from '../config-people.ts';
import { Refusal } from '../errors.ts';
import type { Principal } from '../exchange.ts';
import type { GatewayTokens } from '../identity/gateway-tokens.ts';
import { toPrincipal } from '../identity/to-principal.ts';
import { TokenVerifier } from '../identity/verify-token.ts';
import { ConsoleProblem } from './console-problem.ts';
import type { SignInAttempt } from './sign-in-attempt.ts';

export type OidcStart = { readonly address: URL; readonly attempt: SignInAttempt };
export type OidcPerson = { readonly principal: Principal; readonly idToken: string };

const timeoutSeconds = 10;

/** Sign-in at one OIDC provider: authorization code with PKCE (RFC 7636), state, nonce and `iss` (RFC 9207) checked. */
export class OidcSignIn {
  readonly provider: OidcProvider;
  readonly #redirectUri: string;
  readonly #issuer: IssuerConfig;
  readonly #verifier: TokenVerifier;
  #discovered: Promise<client.Configuration> | undefined;

  constructor(provider: OidcProvider, consoleUrl: string, own: GatewayTokens) {
    this.provider = provider;
    this.#redirectUri = `${consoleUrl}/oidc/${provider.name}/callback`;
    const { issuer, clientId, algorithms, claims } = provider;
    this.#issuer = { issuer, audience: [clientId], algorithms, kind: 'person', claims };
    // The ID token passes the same checks as any agent's token: pinned algorithms, exact audience, the issuer's published keys.
    this.#verifier = new TokenVerifier([this.#issuer], own);
  }

  get title(): string {
    return this.provider.title ?? this.provider.name;
  }

  async start(): Promise<OidcStart> {
    const config = await this.#configuration();
    const [id, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: this.#redirectUri,
      scope: this.provider.scopes.join(' '),
      state: id,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { address, attempt: { kind: 'oidc', provider: this.provider.name, id, nonce, verifier } };
  }

  /** `query`: of the address that the provider sent the browser back to. */
  async finish(query: string, attempt: SignInAttempt): Promise<OidcPerson> {
    const config = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(config, new URL(`${this.#redirectUri}${query}`), {
        expectedState: attempt.id,
        expectedNonce: attempt.nonce!,
        pkceCodeVerifier: attempt.verifier!,
        idTokenExpected: true,
      });
      const idToken = tokens.id_token!;
      const { claims } = await this.#verifier.verifyForeign(idToken);
      const all = { ...(await this.#userInfo(config, tokens.access_token, String(claims.sub), claims)), ...claims };
      const principal = toPrincipal(all, this.#issuer);
      if (typeof principal === 'string') throw new ConsoleProblem('refused', { provider: this.title, why: principal });
      return { principal, idToken };
    } catch (error) {
      throw this.#toProblem(error);
    }
  }

  /** Where the browser ends the person's session at the provider too (RP-initiated logout); undefined when the provider has none. */
  async signOutAddress(idToken: string | undefined, signedOutUrl: string): Promise<URL | undefined> {
    const config = await this.#configuration().catch(() => undefined);
    if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
    return client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: signedOutUrl,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
    });
  }

  /** Many providers put groups and e-mail nowhere else. */
  async #userInfo(
    config: client.Configuration,
    accessToken: string,
    subject: string,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const isComplete = Object.values(this.provider.claims).every((name) => claims[name] !== undefined);
    if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return {};
    return client.fetchUserInfo(config, accessToken, subject);
  }

  #configuration(): Promise<client.Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = undefined;
      throw new ConsoleProblem('unreachable', { provider: this.title }, String(error));
    });
    return this.#discovered;
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecretFile } = this.provider;
    const secret = clientSecretFile === undefined ? undefined : (await readFile(clientSecretFile, 'utf8')).trim();
    const authentication = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
    const config = await client.discovery(new URL(issuer), clientId, secret, authentication, {
      timeout: timeoutSeconds,
      ...(issuer.startsWith('http:') ? { execute: [client.allowInsecureRequests] } : {}),
    });
    if (config.serverMetadata().issuer !== issuer) throw new Error(`the discovery document speaks for ${config.serverMetadata().issuer}`);
    return config;
  }

  #toProblem(error: unknown): ConsoleProblem {
    if (error instanceof ConsoleProblem) return error;
    const provider = this.title;
    if (error instanceof client.AuthorizationResponseError)
      return new ConsoleProblem('cancelled', { provider, why: error.error_description?.slice(0, 200) ?? error.error });
    if (error instanceof Refusal) {
      if (error.status === 503) return new ConsoleProblem('unreachable', { provider }, error.message);
      return new ConsoleProblem('refused', { provider, why: 'its ID token does not fit' }, error.message);
    }
    const cause = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
    if (error instanceof TypeError && error.message === 'fetch failed') return new ConsoleProblem('unreachable', { provider }, cause);
    return new ConsoleProblem('refused', { provider, why: 'it does not fit the sign-in that was begun here' }, cause);
  }
}
