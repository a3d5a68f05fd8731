import { listSessions, type SessionSummary } from '../record/list-sessions.ts';
import { requireConfig } from './require-config.ts';

/** Lists what the journal holds, newest last; works while the gateway runs and after. */
export async function showSessions(options: { readonly config: string; readonly json?: boolean }): Promise<void> {
  const sessions = listSessions((await requireConfig(options.config)).dataDirectory);
  if (options.json) console.log(JSON.stringify(sessions, undefined, 2));
  else console.log(formatSessions(sessions).join('\n'));
}

export function formatSessions(sessions: readonly SessionSummary[]): string[] {
  if (sessions.length === 0) return ['No session was recorded yet.'];
  const head = ['session', 'state', 'exchanges', 'started', 'id'];
  const rows = sessions.map((each) => [each.name, each.state, String(each.exchanges), each.startedAt.slice(0, 19), each.sessionId]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
