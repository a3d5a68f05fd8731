import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { Refusal } from '../errors.ts';
import { fetchKeySet } from './fetch-issuer-document.ts';

type KeySet = { readonly keys: ReadonlySet<string>; readonly resolve: ReturnType<typeof createLocalJWKSet> };
export type KeyRequest = { readonly alg: string; readonly kid?: string };

const refreshAfterMs = 10 * 60_000;
const lastGoodForMs = 24 * 3_600_000;
/** How often an issuer is asked at most because of what clients send: so many at once, then one in so many milliseconds. */
const burst = 5;
const refillMs = 5_000;
/** How long a key that was just not published is not asked for again. */
const absentForMs = 30_000;
const maximumAbsent = 1_000;

/**
 * The signing keys of one issuer: cached, refreshed in the background, fetched anew (once for all who wait) when a key is unknown.
 * A token can make the gateway ask its issuer, thousands of tokens cannot make it ask thousands of times; and who brings a known
 * key never waits for those who do not.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #fetchKeys: () => Promise<unknown>;
  readonly #now: () => number;
  readonly #absent = new Map<string, number>();
  #current: KeySet | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;
  #allowance = burst;
  #refilledAt: number;

  /** `fetchKeys`: by the issuer's discovery document unless told. */
  constructor(issuer: string, now: () => number = Date.now, fetchKeys: () => Promise<unknown> = () => fetchKeySet(issuer)) {
    this.#issuer = issuer;
    this.#fetchKeys = fetchKeys;
    this.#now = now;
    this.#refilledAt = now();
  }

  /** Whether a key that once verified a token is still published; also what keeps the keys fresh. */
  holds(keyId: string): boolean {
    const age = this.#now() - this.#fetchedAt;
    if (age > refreshAfterMs) void this.#mayRefresh();
    if (age > lastGoodForMs) this.#current = undefined;
    return this.#current?.keys.has(keyId) ?? false;
  }

  /** Throws the refusal when the issuer's keys cannot be had at all, jose's error when it publishes no such key. */
  async find(request: KeyRequest): Promise<CryptoKey> {
    this.holds('');
    const askedAt = this.#now();
    if (this.#isUnknown(request)) await this.#mayRefresh();
    if (this.#current === undefined) throw new Refusal('IDENTITY_KEYS_UNAVAILABLE', { issuer: this.#issuer });
    if (request.kid !== undefined && !this.#current.keys.has(request.kid) && this.#fetchedAt >= askedAt) this.#noteAbsent(request.kid);
    return this.#current.resolve({ ...request });
  }

  #isUnknown({ kid }: KeyRequest): boolean {
    if (this.#current === undefined) return true;
    if (kid === undefined || this.#current.keys.has(kid)) return false;
    return !((this.#absent.get(kid) ?? Number.NEGATIVE_INFINITY) > this.#now() - absentForMs);
  }

  #noteAbsent(kid: string): void {
    if (this.#absent.size >= maximumAbsent) this.#absent.delete(this.#absent.keys().next().value!);
    this.#absent.set(kid, this.#now());
  }

  /** Joins the fetch under way, or begins one if it is time. Never throws: what was good stays. */
  #mayRefresh(): Promise<void> | undefined {
    if (this.#fetching === undefined && this.#spend()) {
      this.#fetching = this.#fetch()
        .catch(() => undefined)
        .finally(() => {
          this.#fetching = undefined;
        });
    }
    return this.#fetching;
  }

  #spend(): boolean {
    const refills = Math.floor((this.#now() - this.#refilledAt) / refillMs);
    this.#refilledAt += refills * refillMs;
    this.#allowance = Math.min(burst, this.#allowance + refills);
    if (this.#allowance === 0) return false;
    this.#allowance--;
    return true;
  }

  async #fetch(): Promise<void> {
    const jwks = parseKeySet(await this.#fetchKeys());
    this.#current = { keys: new Set(jwks.keys.map((key) => key.kid ?? '')), resolve: createLocalJWKSet(jwks) };
    this.#fetchedAt = this.#now();
    this.#absent.clear();
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
  typeof key === 'object' &&
  key !== null &&
  (key.kty === 'RSA' || key.kty === 'EC' || key.kty === 'OKP') &&
  (key.use ?? 'sig') === 'sig' &&
  (key.kid === undefined || typeof key.kid === 'string');
