import { Refusal } from '../../errors.ts';
import type { Principal } from '../../exchange.ts';
import type { Credential } from '../credential.ts';
import { RefreshedCredential } from '../refreshed-credential.ts';
import { type GrantAttempt, GrantRefused, type OAuthServer } from './oauth-server.ts';
import type { Grant, GrantOwner, UserGrants } from './user-grants.ts';

export type Person = Pick<Principal, 'issuer' | 'subject'>;

/** Beyond it, whoever was served longest ago is refreshed anew. */
const maximumAtHand = 10_000;

/** A connection that works with each person's own account: who authorised which, and their access tokens, in memory alone. */
export class PersonalAccounts implements Credential {
  readonly connection: string;
  readonly isPersonal = true;
  readonly #server: OAuthServer;
  readonly #grants: UserGrants;
  /** Where people authorise. */
  readonly #address: string;
  readonly #now: () => number;
  readonly #atHand = new Map<string, RefreshedCredential>();

  constructor(connection: string, server: OAuthServer, grants: UserGrants, address: string, now: () => number = Date.now) {
    this.connection = connection;
    this.#server = server;
    this.#grants = grants;
    this.#address = address;
    this.#now = now;
  }

  /** Rejects with the refusal that says where to authorise. */
  authorization(principal?: Person): string | Promise<string> {
    if (principal === undefined)
      throw new Refusal('UPSTREAM_NO_CREDENTIAL', { why: `connection ${this.connection} works with the account of whoever asks` });
    const owner = this.#ownerOf(principal);
    const key = keyOf(owner);
    const known = this.#atHand.get(key) ?? new RefreshedCredential(() => this.#refresh(owner));
    this.#atHand.delete(key);
    this.#atHand.set(key, known);
    if (this.#atHand.size > maximumAtHand) this.#atHand.delete(this.#atHand.keys().next().value!);
    return known.authorization();
  }

  /** BigQuery did not take the access token: the next request asks for another, and learns whether the authorisation has ended. */
  rejected(principal: Person): void {
    this.#atHand.delete(keyOf(this.#ownerOf(principal)));
  }

  grantOf(person: Person): Grant | undefined {
    return this.#grants.find(this.#ownerOf(person));
  }

  begin(): ReturnType<OAuthServer['begin']> {
    return this.#server.begin();
  }

  /** Nothing is kept before `record` is done, and what cannot be recorded is given back to the server. Throws GrantRefused, and what `record` throws. */
  async finish(person: Person, query: string, attempt: GrantAttempt, record: () => Promise<void>): Promise<void> {
    const { account, refreshToken } = await this.#server.finish(query, attempt);
    await record().catch(async (error) => {
      await this.#server.revoke(refreshToken).catch(() => undefined);
      throw error;
    });
    const owner = this.#ownerOf(person);
    this.#atHand.delete(keyOf(owner));
    this.#grants.put(owner, account, refreshToken, this.#now());
  }

  /** Ends here at once, and at the server as far as it can be reached. */
  async withdraw(person: Person): Promise<void> {
    const owner = this.#ownerOf(person);
    const refreshToken = this.#grants.refreshTokenOf(owner);
    this.#grants.end(owner, 'you withdrew it in the console', this.#now());
    this.#atHand.delete(keyOf(owner));
    if (refreshToken !== undefined) await this.#server.revoke(refreshToken).catch(() => undefined);
  }

  /** Withdrawn, and not even that there was one is known afterwards. */
  async forget(person: Person): Promise<void> {
    await this.withdraw(person);
    this.#grants.forget(person.issuer, person.subject);
  }

  async #refresh(owner: GrantOwner): Promise<Awaited<ReturnType<OAuthServer['refresh']>>> {
    const refreshToken = this.#grants.refreshTokenOf(owner);
    if (refreshToken === undefined) throw this.#refusal(owner);
    try {
      const refreshed = await this.#server.refresh(refreshToken);
      if (refreshed.refreshToken !== undefined && refreshed.refreshToken !== refreshToken)
        this.#grants.replaceToken(owner, refreshed.refreshToken);
      return refreshed;
    } catch (error) {
      if (!(error instanceof GrantRefused)) throw error;
      // Withdrawn and given anew while we asked: then what was refused is not what counts now.
      if (this.#grants.refreshTokenOf(owner) === refreshToken) this.#grants.end(owner, error.message, this.#now());
      throw this.#refusal(owner);
    }
  }

  #refusal(owner: GrantOwner): Refusal {
    const grant = this.#grants.find(owner);
    const place = { connection: this.connection, url: this.#address };
    if (grant === undefined) return new Refusal('CONNECTION_NOT_AUTHORISED', place);
    return new Refusal('CONNECTION_AUTHORISATION_ENDED', { ...place, why: grant.endedWhy ?? 'it cannot be read any more' });
  }

  #ownerOf({ issuer, subject }: Person): GrantOwner {
    return { connection: this.connection, issuer, subject };
  }
}

const keyOf = ({ issuer, subject }: GrantOwner): string => JSON.stringify([issuer, subject]);
