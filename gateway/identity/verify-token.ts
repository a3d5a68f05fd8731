import { errors as jose, jwtVerify } from 'jose';
import type { IssuerConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import type { Principal } from '../exchange.ts';
import { decodeToken } from './decode-token.ts';
import { type GatewayTokens, gatewayIssuer } from './gateway-tokens.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { toPrincipal } from './to-principal.ts';

export type VerifiedToken = {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** False once its signing key is no longer published. */
  isStillSigned(): boolean;
};

const clockToleranceSeconds = 5;

/** Verifies tokens of the configured issuers, and the gateway's own. Throws the refusal that says why not. */
export class TokenVerifier {
  readonly #issuers: ReadonlyMap<string, { readonly config: IssuerConfig; readonly keys: IssuerKeys }>;
  readonly #own: GatewayTokens;

  constructor(issuers: readonly IssuerConfig[], own: GatewayTokens) {
    this.#issuers = new Map(issuers.map((config) => [config.issuer, { config, keys: new IssuerKeys(config.issuer) }]));
    this.#own = own;
  }

  /** As a bearer: tokens of an issuer, or ours. */
  async verify(token: string): Promise<VerifiedToken> {
    const decoded = decodeToken(token);
    if (typeof decoded === 'string') throw badToken(decoded);
    return decoded.issuer === gatewayIssuer ? this.#verifyOwn(token) : this.verifyForeign(token);
  }

  /** As the subject of an exchange: ours are not taken, or a token could be renewed for ever. */
  async verifyForeign(token: string): Promise<VerifiedToken> {
    const decoded = decodeToken(token);
    if (typeof decoded === 'string') throw badToken(decoded);
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
    const audiences = typeof payload.aud === 'string' ? [payload.aud] : (payload.aud ?? []);
    if (!audiences.every((each) => config.audience.includes(each))) throw badToken('it is for other audiences too');
    const principal = toPrincipal(payload, config);
    if (typeof principal === 'string') throw badToken(principal);
    const keyId = decoded.keyId ?? '';
    return { principal, expiresAt: payload.exp! * 1000, isStillSigned: () => keys.holds(keyId) };
  }

  async #verifyOwn(token: string): Promise<VerifiedToken> {
    return { ...(await refuseJoseErrors(this.#own.verify(token))), isStillSigned: () => true };
  }
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
  if (error instanceof jose.JWKSNoMatchingKey) return 'its key is not published by the issuer';
  if (error instanceof jose.JWSSignatureVerificationFailed) return 'the signature does not fit';
  return 'it could not be verified';
}
