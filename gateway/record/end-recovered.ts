import { assert } from '../../shared/base/assert.ts';
import { appendColumns, appendMissingColumns } from './columns/append-columns.ts';
import type { RecoveredColumns } from './columns/recover-columns.ts';
import { withoutMessage } from './content-free/without-content.ts';
import { appendReconcile } from './exchange-record.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { Reconciled } from './reconcile-exchanges.ts';
import type { RecorderParts } from './recorder-parts.ts';
import { discloseInto, type SessionLog } from './session-log.ts';

/** Ends what the last writer left open: each exchange with exactly one reconcile, the columns that were due, each session as `recovered`. */
export function endRecovered(
  { journal, salts }: Pick<RecorderParts, 'journal' | 'salts'>,
  sessions: OpenSessions,
  reconciled: readonly Reconciled[],
  columns: RecoveredColumns,
): void {
  for (const { open, outcome } of reconciled) {
    const session = openOne(sessions, open.session);
    const error = (open.content === undefined ? outcome.job : withoutMessage(outcome.job))?.errorResult;
    const jobError = error === undefined ? undefined : discloseInto(journal, salts, session.number, open.exchange, 'job-error', error);
    appendReconcile(session, open, outcome, jobError);
  }
  for (const made of columns.made) appendColumns(openOne(sessions, made.session), journal, made);
  for (const due of columns.missing) appendMissingColumns(openOne(sessions, due.session), due, 'The gateway ended before they were made.');
  for (const session of sessions.all) sessions.end(session, 'recovered', 'recovered');
}

function openOne(sessions: OpenSessions, number: number): SessionLog {
  const session = sessions.byNumber(number);
  assert(session !== undefined, `session ${number} was open`);
  return session;
}
