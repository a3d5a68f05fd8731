import { createSessionId } from '../../shared/base/ids.ts';
import type { Exchange, Principal, SessionRef } from '../exchange.ts';

export type SessionLimits = { readonly idleMs: number; readonly maxAgeMs: number };
export type OpenSession = SessionRef & {
  readonly issuer: string;
  readonly subject: string /** Milliseconds since the epoch. */;
  lastSeenAt: number;
};
export type ClosedReason = 'idle' | 'max-age' | 'requested';

export type OnClosed = (session: OpenSession, reason: ClosedReason) => Promise<void>;

/**
 * The session stage: (issuer, subject, name) → session, rolled over when idle or old. A restart seals what was open: the next
 * exchange begins a session of the same name.
 */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  readonly #open = new Map<string, OpenSession>();
  readonly #onClosed: OnClosed;

  constructor(limits: SessionLimits, onClosed: OnClosed, now: () => number = Date.now) {
    this.#limits = limits;
    this.#onClosed = onClosed;
    this.#now = now;
  }

  /** Fills `session`. */
  attach(exchange: Exchange): void {
    exchange.session = this.find(exchange.principal!, toSessionName(exchange.call?.sessionName, exchange.principal!));
  }

  find(principal: Pick<Principal, 'issuer' | 'subject'>, name: string): SessionRef {
    const key = toKey(principal.issuer, principal.subject, name);
    const now = this.#now();
    let session = this.#open.get(key);
    const expired = session && this.#whyExpired(session, now);
    if (session !== undefined && expired !== undefined) {
      void this.#close(key, session, expired);
      session = undefined;
    }
    if (session === undefined) return this.#start(key, principal, name, now);
    session.lastSeenAt = now;
    return session;
  }

  /** Fills `session` anew when the recorder closed it meanwhile: the next of the same name, begun by whoever comes first. */
  renew(exchange: Pick<Exchange, 'session' | 'principal'>): void {
    const { sessionId, name } = exchange.session!;
    const principal = exchange.principal!;
    const key = toKey(principal.issuer, principal.subject, name);
    if (this.#open.get(key)?.sessionId === sessionId) this.#open.delete(key);
    exchange.session = this.find(principal, name);
  }

  list(): readonly OpenSession[] {
    this.closeExpired();
    return [...this.#open.values()];
  }

  /** Called from time to time, so that a session that nobody comes back to is sealed too. */
  closeExpired(): void {
    const now = this.#now();
    for (const [key, session] of this.#open) {
      const reason = this.#whyExpired(session, now);
      if (reason !== undefined) void this.#close(key, session, reason);
    }
  }

  /** Resolves when the session's record is sealed; false when no such session is open. */
  async close(sessionId: string): Promise<boolean> {
    const found = [...this.#open].find(([, session]) => session.sessionId === sessionId);
    if (found !== undefined) await this.#close(...found, 'requested');
    return found !== undefined;
  }

  #start(key: string, { issuer, subject }: Pick<Principal, 'issuer' | 'subject'>, name: string, now: number): OpenSession {
    const session: OpenSession = { sessionId: createSessionId(), name, issuer, subject, startedAt: new Date(now), lastSeenAt: now };
    this.#open.set(key, session);
    return session;
  }

  #close(key: string, session: OpenSession, reason: ClosedReason): Promise<void> {
    this.#open.delete(key);
    return this.#onClosed(session, reason);
  }

  #whyExpired(session: OpenSession, now: number): ClosedReason | undefined {
    if (now - session.lastSeenAt > this.#limits.idleMs) return 'idle';
    return now - session.startedAt.getTime() > this.#limits.maxAgeMs ? 'max-age' : undefined;
  }
}

const toKey = (issuer: string, subject: string, name: string): string => JSON.stringify([issuer, subject, name]);

/** The first of: path prefix, the exchange's audience or a configured claim (both travel in the principal), `default`. */
function toSessionName(fromPath: string | undefined, principal: Principal): string {
  const name = fromPath ?? principal.sessionName;
  return name === undefined || !/^[\x20-\x7e]{1,128}$/.test(name) ? 'default' : name;
}
