import { type JWTPayload, errors as jose, jwtVerify } from 'jose';
import type { IssuerConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Principal } from '../exchange.ts';
import { type DecodedToken, decodeToken, isOpaque } from './decode-token.ts';
import { type GatewayTokens, gatewayIssuer } from './gateway-tokens.ts';
import { type Introspected, TokenIntrospection } from './introspect-token.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { readKeySet } from './read-key-set.ts';
import { toPrincipal } from './to-principal.ts';

export type VerifiedToken = {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** When it must be verified anew although it is still good; `expiresAt` unless told. */
  readonly rememberUntil?: number;
  /** False once its signing key is no longer published, or the person took it back. */
  isStillSigned(): boolean;
};
/** A token of an issuer, with all that it claims. */
export type ForeignToken = VerifiedToken & { readonly claims: JWTPayload };

/** Whether the credential that a token of ours came from was taken back. */
export type IsRevoked = (credentialId: string) => boolean;

const clockToleranceSeconds = 5;
/** A date beyond it is no expiry but a mistake, or an attack on arithmetic. */
const longestLifeMs = 367 * 86_400_000;
const issuedAheadMs = 300_000;

/** Verifies tokens of the configured issuers, and the gateway's own. Throws the refusal that says why not. */
export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, { readonly config: IssuerConfig; readonly keys: IssuerKeys }>;
  readonly #introspections: readonly { readonly config: IssuerConfig; readonly introspection: TokenIntrospection }[];
  readonly #own: GatewayTokens;
  readonly #isRevoked: IsRevoked;

  constructor(issuers: readonly IssuerConfig[], own: GatewayTokens, isRevoked: IsRevoked = () => true) {
    this.#issuers = new Map(
      issuers.map((config) => [config.issuer, { config, keys: new IssuerKeys(config.issuer, Date.now, () => readKeySet(config)) }]),
    );
    // Those with a prefix come first: the one without takes what is left.
    this.#introspections = issuers
      .filter((config) => config.introspection !== undefined)
      .toSorted((a, b) => Number(a.introspection?.prefix === undefined) - Number(b.introspection?.prefix === undefined))
      .map((config) => ({ config, introspection: new TokenIntrospection(config) }));
    this.#own = own;
    this.#isRevoked = isRevoked;
  }

  /** As a bearer: tokens of an issuer, or ours. */
  async verify(token: string): Promise<VerifiedToken> {
    const decoded = decodeToken(token);
    return typeof decoded !== 'string' && decoded.issuer === gatewayIssuer ? this.#verifyOwn(token) : this.#verifyForeign(token, decoded);
  }

  /** As the subject of an exchange: ours are not taken, or a token could be renewed for ever. */
  async verifyForeign(token: string): Promise<ForeignToken> {
    return this.#verifyForeign(token, decodeToken(token));
  }

  async #verifyForeign(token: string, decoded: DecodedToken | string): Promise<ForeignToken> {
    if (typeof decoded === 'string') return this.#introspect(token, decoded);
    const known = this.#issuers.get(decoded.issuer);
    if (known === undefined) throw badToken('its issuer is not configured here');
    const { config, keys } = known;
    if (!(config.algorithms as readonly string[]).includes(decoded.algorithm))
      throw badToken(`the algorithm ${decoded.algorithm.slice(0, 20)} is not accepted`);
    const { payload } = await refuseJoseErrors(
      jwtVerify(token, (header) => keys.find(header as { alg: string; kid?: string }), {
        issuer: config.issuer,
        audience: config.audience,
        algorithms: config.algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      }),
    );
    const expiresAt = payload.exp! * 1000;
    if (!(expiresAt < Date.now() + longestLifeMs)) throw badToken('it expires too far in the future');
    const keyId = decoded.keyId ?? '';
    return { ...toVerified(payload, config), expiresAt, isStillSigned: () => keys.holds(keyId) };
  }

  /** `why` it is no JWT. */
  async #introspect(token: string, why: string): Promise<ForeignToken> {
    const asker = isOpaque(token) ? this.#introspections.find(({ introspection }) => introspection.fits(token)) : undefined;
    if (asker === undefined) throw badToken(why);
    return toForeign(await asker.introspection.ask(token), asker.config);
  }

  async #verifyOwn(token: string): Promise<VerifiedToken> {
    const { principal, expiresAt, credentialId, isStillSigned } = await refuseJoseErrors(this.#own.verify(token));
    const isTakenBack = (): boolean => credentialId !== undefined && this.#isRevoked(credentialId);
    if (isTakenBack()) throw badToken('the credential it came from was revoked');
    return { principal, expiresAt, isStillSigned: () => isStillSigned() && !isTakenBack() };
  }
}

/** What its issuer says of an opaque token must be as good as what a signed one says of itself. */
function toForeign(introspected: Introspected | undefined, config: IssuerConfig): ForeignToken {
  if (introspected === undefined) throw badToken('its issuer says that it is not active');
  const { claims, expiresAt, rememberUntil } = introspected;
  if (claims.iss !== undefined && claims.iss !== config.issuer) throw badToken('it is of another issuer');
  if (claims.aud === undefined) throw badToken('its issuer does not say for which audience it is');
  if (typeof claims.nbf === 'number' && claims.nbf * 1000 > Date.now() + clockToleranceSeconds * 1000)
    throw badToken('it is not valid yet');
  const type = claims['token_type'];
  if (type !== undefined && String(type).toLowerCase() !== 'bearer') throw badToken('it is no Bearer token');
  return { ...toVerified(claims, config), expiresAt: expiresAt ?? rememberUntil, rememberUntil, isStillSigned: () => true };
}

function toVerified(claims: JWTPayload, config: IssuerConfig): Pick<ForeignToken, 'principal' | 'claims'> {
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : (claims.aud ?? []);
  if (audiences.length === 0 || !audiences.every((each) => config.audience.includes(each))) throw badToken('it is for other audiences too');
  if (claims['cnf'] !== undefined) throw badToken('it is bound to a key (DPoP or mutual TLS), and is no Bearer token');
  if (typeof claims.iat === 'number' && claims.iat * 1000 > Date.now() + issuedAheadMs) throw badToken('it was issued in the future');
  const principal = toPrincipal(claims, config);
  if (typeof principal === 'string') throw badToken(principal);
  return { principal, claims };
}

const badToken = (why: string): Refusal => new Refusal('IDENTITY_BAD_TOKEN', { why });

async function refuseJoseErrors<Value>(verification: Promise<Value>): Promise<Value> {
  try {
    return await verification;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw badToken(describe(error));
  }
}

/** Never echoes what the token holds. */
function describe(error: unknown): string {
  if (error instanceof jose.JWTExpired) return 'the token is expired';
  if (error instanceof jose.JWTClaimValidationFailed) return `the claim "${error.claim}" does not fit (${error.reason})`;
  if (error instanceof jose.JWKSNoMatchingKey) return 'its key is not published by its issuer, or not any more';
  if (error instanceof jose.JWSSignatureVerificationFailed) return 'the signature does not fit';
  return 'it could not be verified';
}
