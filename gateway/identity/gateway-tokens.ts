import { randomUUID } from 'node:crypto';
import { type CryptoKey, errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Principal } from '../exchange.ts';
import { type TokenKeyLimits, TokenKeys } from './token-keys.ts';

export const gatewayIssuer = 'urn:steno:gateway';
const audience = 'urn:steno:gateway:bigquery';
const type = 'at+jwt';
/** Above 300 s, or Node's auth library exchanges on every call. */
export const lifetimeSeconds = 3600;
const clockToleranceSeconds = 5;

const principalShape = z.strictObject({
  kind: z.enum(['agent', 'person']),
  issuer: z.string(),
  subject: z.string(),
  email: z.string().exactOptional(),
  name: z.string().exactOptional(),
  groups: z.array(z.string()),
  actChain: z.array(z.string()),
  sessionName: z.string().exactOptional(),
});

export type OwnToken = {
  readonly principal: Principal;
  readonly expiresAt: number;
  readonly credentialId: string | undefined;
  /** False once its key is gone. */
  isStillSigned(): boolean;
};

const hourMs = 3_600_000;
const defaultLimits = { rotateMs: 30 * 24 * hourMs, leadMs: hourMs / 4 };

/** The gateway's own access tokens: what /v1/token hands out for an issuer's token. */
export class GatewayTokens {
  readonly keys: TokenKeys;
  readonly #now: () => number;

  private constructor(keys: TokenKeys, now: () => number) {
    this.keys = keys;
    this.#now = now;
  }

  /** Keeps its keys in the data directory, so that tokens outlive a restart. */
  static async open(
    dataDirectory: string,
    limits: Partial<Pick<TokenKeyLimits, 'rotateMs' | 'leadMs'>> = {},
    now: () => number = Date.now,
  ): Promise<GatewayTokens> {
    const tokenMs = (lifetimeSeconds + clockToleranceSeconds) * 1000;
    return new GatewayTokens(await TokenKeys.open(dataDirectory, { ...defaultLimits, ...limits, tokenMs }, now), now);
  }

  /** `credentialId`: the refresh credential it comes from, so that it ends with it. */
  async issue(principal: Principal, credentialId?: string): Promise<string> {
    const { id, privateKey } = await this.keys.current();
    const issuedAt = Math.floor(this.#now() / 1000);
    return new SignJWT({ steno: principal, ...(credentialId === undefined ? {} : { credential: credentialId }) })
      .setProtectedHeader({ alg: 'Ed25519', typ: type, kid: id })
      .setIssuer(gatewayIssuer)
      .setAudience(audience)
      .setSubject(principal.subject)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(privateKey);
  }

  /** Throws jose's error on anything but a token of ours that is still good. */
  async verify(token: string): Promise<OwnToken> {
    let keyId: string | undefined;
    const findKey = ({ kid }: JWTHeaderParameters): CryptoKey => {
      keyId = kid;
      const key = this.keys.find(kid);
      if (key === undefined) throw new errors.JWKSNoMatchingKey();
      return key;
    };
    const { payload } = await jwtVerify(token, findKey, {
      issuer: gatewayIssuer,
      audience,
      algorithms: ['Ed25519'],
      typ: type,
      requiredClaims: ['exp', 'sub', 'steno'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(this.#now()),
    });
    const { credential } = payload as { credential?: unknown };
    return {
      principal: principalShape.parse(payload['steno']),
      expiresAt: payload.exp! * 1000,
      credentialId: credential === undefined ? undefined : String(credential),
      isStillSigned: () => this.keys.find(keyId) !== undefined,
    };
  }
}
