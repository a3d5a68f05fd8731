import type { Exchange } from '../exchange.ts';
import type { SessionTotals } from './context.ts';

type Running = { statements: number; estimatedBytes: number; readonly tables: Set<string> };

const none: SessionTotals = { statements: 0, estimatedBytes: 0, distinctTables: 0 };
const maximumTables = 10_000;

/** What each open session has asked for so far, since this gateway started. */
export class Totals {
  readonly #bySession = new Map<string, Running>();

  of({ session }: Exchange): SessionTotals {
    const running = session && this.#bySession.get(session.sessionId);
    return running === undefined
      ? none
      : { statements: running.statements, estimatedBytes: running.estimatedBytes, distinctTables: running.tables.size };
  }

  add({ session, statement, wishes }: Exchange): void {
    if (session === undefined || statement === undefined || statement.isDryRun) return;
    let running = this.#bySession.get(session.sessionId);
    if (running === undefined) {
      running = { statements: 0, estimatedBytes: 0, tables: new Set() };
      this.#bySession.set(session.sessionId, running);
    }
    running.statements++;
    running.estimatedBytes = Math.min(running.estimatedBytes + Number(statement.dryRun?.totalBytesProcessed ?? 0), Number.MAX_SAFE_INTEGER);
    for (const { resource } of wishes)
      if (resource.type === 'Table' && running.tables.size < maximumTables) running.tables.add(resource.id);
  }

  forget(sessionId: string): void {
    this.#bySession.delete(sessionId);
  }
}
