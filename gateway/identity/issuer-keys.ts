import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { Refusal } from '../errors.ts';
import { fetchIssuerDocument } from './fetch-issuer-document.ts';

type KeySet = { readonly keys: ReadonlySet<string>; readonly resolve: ReturnType<typeof createLocalJWKSet> };
export type KeyRequest = { readonly alg: string; readonly kid?: string };

const refreshAfterMs = 10 * 60_000;
const askAgainAfterMs = 5_000;
const lastGoodForMs = 24 * 3_600_000;

/** The signing keys of one issuer: cached, refreshed in the background, fetched anew (once for all who wait) when a key is unknown. */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #now: () => number;
  #current: KeySet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(issuer: string, now: () => number = Date.now) {
    this.#issuer = issuer;
    this.#now = now;
  }

  /** Whether a key that once verified a token is still published; also what keeps the keys fresh. */
  holds(keyId: string): boolean {
    if (this.#now() - this.#fetchedAt > refreshAfterMs && this.#now() - this.#triedAt > askAgainAfterMs)
      this.#refresh().catch(() => undefined);
    if (this.#now() - this.#fetchedAt > lastGoodForMs) this.#current = undefined;
    return this.#current?.keys.has(keyId) ?? false;
  }

  /** Throws the refusal when the issuer's keys cannot be had at all, jose's error when it publishes no such key. */
  async find(request: KeyRequest): Promise<CryptoKey> {
    if (this.#isUnknown(request) && this.#now() - this.#triedAt > askAgainAfterMs) await this.#refresh().catch(() => undefined);
    else if (this.#fetching !== undefined) await this.#fetching.catch(() => undefined);
    this.holds(request.kid ?? '');
    if (this.#current === undefined) throw new Refusal('IDENTITY_KEYS_UNAVAILABLE', { issuer: this.#issuer });
    return this.#current.resolve({ ...request });
  }

  #isUnknown({ kid }: KeyRequest): boolean {
    return this.#current === undefined || (kid !== undefined && !this.#current.keys.has(kid));
  }

  #refresh(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    this.#triedAt = this.#now();
    const jwks = parseKeySet(await fetchIssuerDocument(this.#issuer));
    this.#current = { keys: new Set(jwks.keys.map((key) => key.kid ?? '')), resolve: createLocalJWKSet(jwks) };
    this.#fetchedAt = this.#now();
  }
}

/** Public signing keys only: a symmetric or private key in a key set is the issuer's accident, not our secret. */
function parseKeySet(document: unknown): JSONWebKeySet {
  const keys = (document as { keys?: unknown } | undefined)?.keys;
  if (!Array.isArray(keys)) throw new Error('The key set has no keys');
  const usable = keys.filter(isPublicSigningKey).slice(0, 100);
  if (usable.length === 0) throw new Error('The key set has no public signing key');
  return { keys: usable };
}

const isPublicSigningKey = (key: Partial<JWK> | null): key is JWK =>
  typeof key === 'object' && key !== null && (key.kty === 'RSA' || key.kty === 'EC' || key.kty === 'OKP') && (key.use ?? 'sig') === 'sig';
