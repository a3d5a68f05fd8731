import type { Action, Cell } from './actions.ts';

export type Row = { readonly client: string; readonly cells: Readonly<Record<Action, Cell>> };

const marks = { passed: 'ok', failed: 'FAILED', absent: '–' } as const;

/** The matrix as text: a row per client, below it what was red and why cells are empty. */
export function toTable(rows: readonly Row[], actions: readonly Action[]): string {
  const names = rows.map(({ client }) => client);
  const width = Math.max(...names.map((each) => each.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((each, at) => each.padEnd(actions[at]!.length))].join('  ');
  const body = rows.map(({ client, cells }) =>
    line(
      client,
      actions.map((action) => marks[cells[action].kind] + toCount(action, cells[action])),
    ),
  );
  return [line('', actions), ...body, '', ...toNotes(rows, actions)].join('\n');
}

/** Of a job that takes 12 s, how many requests it cost. */
const toCount = (action: Action, cell: Cell): string => (action === 'wait' && cell.kind !== 'absent' ? ` ${cell.requests}` : '');

function toNotes(rows: readonly Row[], actions: readonly Action[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  const failures: string[] = [];
  for (const { client, cells } of rows) {
    for (const action of actions) {
      const cell = cells[action];
      if (cell.kind === 'absent') reasons.set(cell.why, [...(reasons.get(cell.why) ?? []), `${client} ${action}`]);
      if (cell.kind === 'failed') failures.push(`FAILED ${client} ${action}: ${cell.why}\n  printed: ${cell.printed.slice(0, 1_000)}`);
    }
  }
  return [...failures, ...[...reasons].map(([why, where]) => `– ${where.length > 3 ? `${where.length} cells` : where.join(', ')}: ${why}`)];
}
