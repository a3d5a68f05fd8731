import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Refusal } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { readBearer } from './read-bearer.ts';
import type { TokenVerifier, VerifiedToken } from './verify-token.ts';

const maximumRemembered = 10_000;

type Remembered = Pick<VerifiedToken, 'principal' | 'isStillSigned'> & { /** Milliseconds since the epoch. */ readonly until: number };

/** The identity stage: who is it? Remembers verified tokens by digest, since a signature costs a hundred times a look-up. */
export class Identity {
  readonly #verifier: TokenVerifier;
  readonly #remembered = new Map<string, Remembered>();
  readonly #lastOf = new WeakMap<Socket, { readonly token: string; readonly digest: string }>();

  constructor(verifier: TokenVerifier) {
    this.#verifier = verifier;
  }

  /** Fills `principal`. Returns undefined when the token was remembered, so that the hot path need not wait. */
  identify(exchange: Exchange): Promise<void> | undefined {
    const token = readBearer(exchange.request.rawHeaders);
    const digest = this.#digestOf(token, exchange.request.socket);
    const remembered = this.#remembered.get(digest);
    if (remembered !== undefined && remembered.until > Date.now() && remembered.isStillSigned()) {
      exchange.principal = remembered.principal;
      return undefined;
    }
    this.#remembered.delete(digest);
    return this.#verify(exchange, token, digest);
  }

  /** A connection mostly says the same token again. */
  #digestOf(token: string, socket: Socket): string {
    const last = this.#lastOf.get(socket);
    if (last?.token === token) return last.digest;
    const digest = hash('sha256', token, 'base64');
    this.#lastOf.set(socket, { token, digest });
    return digest;
  }

  async #verify(exchange: Exchange, token: string, digest: string): Promise<void> {
    const { principal, expiresAt, rememberUntil = expiresAt, isStillSigned } = await this.#verifier.verify(token);
    if (this.#remembered.size >= maximumRemembered) this.#remembered.delete(this.#remembered.keys().next().value!);
    this.#remembered.set(digest, { principal, until: rememberUntil, isStillSigned });
    exchange.principal = principal;
  }
}

/** A credential in the target is refused before anything else looks at it. */
export function refuseCredentialInTarget(parameter: string | undefined): void {
  if (parameter === undefined || !/^(access_token|oauth_token|bearer_token)$/.test(parameter)) return;
  throw new Refusal('IDENTITY_TOKEN_IN_TARGET', { parameter });
}
