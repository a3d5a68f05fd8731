import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Principal } from '../exchange.ts';

export const gatewayIssuer = 'urn:steno:gateway';
const audience = 'urn:steno:gateway:bigquery';
const type = 'at+jwt';
/** Above 300 s, or Node's auth library exchanges on every call. */
export const lifetimeSeconds = 3600;

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

export type OwnToken = { readonly principal: Principal; readonly expiresAt: number; readonly credentialId: string | undefined };

/** The gateway's own access tokens: what /v1/token hands out for an issuer's token. */
export class GatewayTokens {
  readonly keyId: string;
  readonly #privateKey: CryptoKey;
  readonly #publicKey: CryptoKey;

  private constructor(keyId: string, privateKey: CryptoKey, publicKey: CryptoKey) {
    this.keyId = keyId;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** Keeps its key in the data directory, so that tokens outlive a restart. */
  static async open(dataDirectory: string): Promise<GatewayTokens> {
    const jwk = await readOrCreateKey(join(dataDirectory, 'token-signing-key.json'));
    const { kty, crv, x } = jwk as Required<JWK>;
    const privateKey = (await importJWK(jwk, 'Ed25519')) as CryptoKey;
    const publicKey = (await importJWK({ kty, crv, x }, 'Ed25519')) as CryptoKey;
    return new GatewayTokens(await calculateJwkThumbprint({ kty, crv, x }), privateKey, publicKey);
  }

  /** `credentialId`: the refresh credential it comes from, so that it ends with it. */
  issue(principal: Principal, credentialId?: string): Promise<string> {
    return new SignJWT({ steno: principal, ...(credentialId === undefined ? {} : { credential: credentialId }) })
      .setProtectedHeader({ alg: 'Ed25519', typ: type, kid: this.keyId })
      .setIssuer(gatewayIssuer)
      .setAudience(audience)
      .setSubject(principal.subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${lifetimeSeconds}s`)
      .sign(this.#privateKey);
  }

  /** Throws jose's error on anything but a token of ours that is still good. */
  async verify(token: string): Promise<OwnToken> {
    const { payload } = await jwtVerify(token, this.#publicKey, {
      issuer: gatewayIssuer,
      audience,
      algorithms: ['Ed25519'],
      typ: type,
      requiredClaims: ['exp', 'sub', 'steno'],
    });
    const { credential } = payload as { credential?: unknown };
    return {
      principal: principalShape.parse(payload['steno']),
      expiresAt: payload.exp! * 1000,
      credentialId: credential === undefined ? undefined : String(credential),
    };
  }
}

async function readOrCreateKey(path: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = await exportJWK(privateKey);
  await writeFile(path, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  return jwk;
}
