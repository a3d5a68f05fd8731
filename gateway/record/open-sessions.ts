import { FORMAT_VERSION } from '../../shared/bundle/format.ts';
import { leafName } from './leaf-text.ts';
import { SessionClosed } from './record-errors.ts';
import type { SessionInput } from './record-input.ts';
import type { RecorderParts } from './recorder-parts.ts';
import { discloseInto, emptySession, SessionLog } from './session-log.ts';
import type { WriterLog } from './writer-log.ts';

/** The sessions of a journal that are open: how each begins and how it ends. */
export class OpenSessions {
  readonly #parts: RecorderParts;
  readonly #writerLog: WriterLog;
  readonly #byId = new Map<string, SessionLog>();
  readonly #byNumber = new Map<number, SessionLog>();
  readonly #closed: Set<string>;
  #lastNumber: number;

  constructor(parts: RecorderParts, writerLog: WriterLog) {
    this.#parts = parts;
    this.#writerLog = writerLog;
    this.#closed = new Set(parts.closedSessionIds);
    this.#lastNumber = parts.carry.lastSessionNumber;
    const { journal, clock, salts } = parts;
    for (const state of parts.carry.sessions) this.#add(new SessionLog(state, journal, clock, salts));
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Of all that were ever opened. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  get all(): readonly SessionLog[] {
    return [...this.#byId.values()];
  }

  byId(sessionId: string): SessionLog | undefined {
    return this.#byId.get(sessionId);
  }

  byNumber(number: number): SessionLog | undefined {
    return this.#byNumber.get(number);
  }

  /** Throws SessionClosed when it is not open, or about to be closed. */
  take(sessionId: string): SessionLog {
    const session = this.#byId.get(sessionId);
    if (session === undefined || session.isClosing) throw new SessionClosed(sessionId);
    return session;
  }

  /** Whether this session is open already. Throws SessionClosed when it was, and is no more. */
  isOpen(sessionId: string): boolean {
    const known = this.#byId.get(sessionId);
    if (known?.isClosing || this.#closed.has(sessionId)) throw new SessionClosed(sessionId);
    return known !== undefined;
  }

  begin({ sessionId, name, principal, startedAt: given }: SessionInput): void {
    const { journal, clock, salts, keys } = this.#parts;
    const { kind, issuer, subject } = principal;
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const startedAt = given?.toISOString() ?? clock.stamp().at;
    const identityDigest = discloseInto(journal, salts, number, 0, 'session-identity', { kind, issuer, subject });
    const state = { ...emptySession, sessionId, number, name: leafName(name), openedAt: startedAt, identityDigest };
    const log = new SessionLog(state, journal, clock, salts);
    this.#add(log);
    log.append(0, ({ at, monoUs, prev, seq }) => ({
      at,
      disclosed: { 'session-identity': identityDigest },
      formatVersion: FORMAT_VERSION,
      kind: 'session-open',
      monoUs,
      name: log.name,
      number,
      prev,
      seq,
      sessionId,
      startedAt,
      writer: keys.name,
    }));
  }

  /** Its last leaf, and its head in the writer log; to be signed by the caller. */
  end(session: SessionLog, reason: string, state: 'closed' | 'recovered'): void {
    session.append(0, ({ at, monoUs, prev, seq }) => ({
      at,
      exchanges: session.exchanges,
      kind: 'session-close',
      monoUs,
      prev,
      reason: leafName(reason),
      seq,
    }));
    this.#writerLog.appendHead(session, state);
    this.#byId.delete(session.sessionId);
    this.#byNumber.delete(session.number);
    this.#closed.add(session.sessionId);
  }

  #add(session: SessionLog): void {
    this.#byId.set(session.sessionId, session);
    this.#byNumber.set(session.number, session);
  }
}
