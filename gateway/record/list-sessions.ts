import type { DisclosureValue } from '../../shared/bundle/format.ts';
import { type CatalogSession, readCatalog } from './journal-catalog.ts';

export type SessionSummary = {
  readonly sessionId: string;
  readonly number: number;
  readonly name: string;
  readonly state: 'open' | 'closed' | 'recovered';
  readonly startedAt: string;
  /** Time of the newest record. */
  readonly lastAt: string;
  readonly exchanges: number;
  readonly principal: DisclosureValue<'session-identity'> | undefined;
};

/** Every session of a data directory, oldest first, as far as it is durable. Works beside a running gateway. */
export function listSessions(directory: string): SessionSummary[] {
  const catalog = readCatalog(directory);
  return [...catalog.sessions.values()].map((session) => ({
    sessionId: session.sessionId,
    number: session.number,
    name: session.name,
    state: stateOf(session),
    startedAt: session.startedAt,
    lastAt: session.lastAt,
    exchanges: session.exchanges,
    principal: session.principal,
  }));
}

export const stateOf = (session: CatalogSession): SessionSummary['state'] => session.head?.leaf.state ?? 'open';
