import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../config.ts';
import { Refusal } from '../errors.ts';
import { endpointOf, fetchDiscovery, fetchJson } from './fetch-issuer-document.ts';

export type Introspected = {
  readonly claims: JWTPayload;
  /** Milliseconds since the epoch: its own expiry, if it has one. */
  readonly expiresAt: number | undefined;
  /** When the issuer must be asked again: never after its expiry, at most 60 s after it was asked. */
  readonly rememberUntil: number;
};
type Remembered = { readonly until: number; readonly answer: Promise<Introspected | undefined> };

const rememberMs = 60_000;
const rememberInactiveMs = 10_000;
const maximumRemembered = 10_000;
/** More are refused with 503: whoever sends made-up tokens must not be able to flood the issuer through us. */
const maximumUnderWay = 32;

/** Asks an issuer about its opaque tokens (RFC 7662), once for all who bring the same one. */
export class TokenIntrospection {
  readonly #issuer: IssuerConfig;
  readonly #now: () => number;
  readonly #remembered = new Map<string, Remembered>();
  #endpoint: Promise<string> | undefined;
  #underWay = 0;

  constructor(issuer: IssuerConfig, now: () => number = Date.now) {
    this.#issuer = issuer;
    this.#now = now;
  }

  /** Whether tokens of this issuer begin like this one. */
  fits(token: string): boolean {
    return this.#issuer.introspection!.prefix?.some((each) => token.startsWith(each)) ?? true;
  }

  /** Undefined when the issuer says that it is not active. Throws the refusal when the issuer cannot be asked. */
  async ask(token: string): Promise<Introspected | undefined> {
    const digest = hash('sha256', token, 'base64');
    const known = this.#remembered.get(digest);
    if (known !== undefined && known.until > this.#now()) {
      const answer = await known.answer;
      if (answer === undefined || answer.rememberUntil > this.#now()) return answer;
    }
    if (this.#underWay >= maximumUnderWay) throw this.#unavailable();
    return this.#remember(digest, this.#send(token));
  }

  async #remember(digest: string, answer: Promise<Introspected | undefined>): Promise<Introspected | undefined> {
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(digest, { until: this.#now() + rememberMs, answer });
    try {
      const known = await answer;
      const until = known?.rememberUntil ?? this.#now() + rememberInactiveMs;
      this.#remembered.set(digest, { until, answer });
      return known;
    } catch (error) {
      this.#remembered.delete(digest);
      throw error;
    }
  }

  async #send(token: string): Promise<Introspected | undefined> {
    const askedAt = this.#now();
    this.#underWay++;
    try {
      return this.#read(await fetchJson(await this.#address(), { method: 'POST', ...(await this.#request(token)) }), askedAt);
    } catch (error) {
      console.error(`introspection at ${this.#issuer.issuer}: ${(error as Error).message}`);
      throw this.#unavailable();
    } finally {
      this.#underWay--;
    }
  }

  #address(): Promise<string> {
    const { endpoint } = this.#issuer.introspection!;
    if (endpoint !== undefined) return Promise.resolve(endpoint);
    this.#endpoint ??= fetchDiscovery(this.#issuer.issuer)
      .then((discovery) => endpointOf(discovery, 'introspection_endpoint'))
      .catch((error: unknown) => {
        this.#endpoint = undefined;
        throw error;
      });
    return this.#endpoint;
  }

  async #request(token: string): Promise<Pick<RequestInit, 'headers' | 'body'>> {
    const { clientId, clientSecretFile, authentication } = this.#issuer.introspection!;
    const secret = (await readFile(clientSecretFile, 'utf8')).trim();
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
    if (authentication === 'post') return { body: new URLSearchParams([...form, ['client_id', clientId], ['client_secret', secret]]) };
    // RFC 6749 §2.3.1: both are form-encoded before they are joined.
    const encoded = [clientId, secret].map((each) => new URLSearchParams({ x: each }).toString().slice(2)).join(':');
    return { body: form, headers: { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` } };
  }

  /** Throws when the answer is none of RFC 7662. */
  #read(answer: unknown, askedAt: number): Introspected | undefined {
    const claims = answer as JWTPayload & { active?: unknown };
    if (typeof claims !== 'object' || claims === null || typeof claims.active !== 'boolean') throw new Error('the answer has no "active"');
    if (!claims.active) return undefined;
    if (claims.exp !== undefined && typeof claims.exp !== 'number') throw new Error('its "exp" is no number');
    const expiresAt = claims.exp === undefined ? undefined : claims.exp * 1000;
    if (expiresAt !== undefined && expiresAt <= askedAt) return undefined;
    return { claims, expiresAt, rememberUntil: Math.min(askedAt + rememberMs, expiresAt ?? Number.POSITIVE_INFINITY) };
  }

  #unavailable(): Refusal {
    return new Refusal('IDENTITY_INTROSPECTION_UNAVAILABLE', { issuer: this.#issuer.issuer });
  }
}
