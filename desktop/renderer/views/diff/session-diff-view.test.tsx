import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../../../shared/contract/case.ts';
import type { AlignedPair } from '../../../../shared/contract/diff.ts';
import { anOverview } from '../../testing/any-data.ts';
import { openApp } from '../../testing/open-app.tsx';

const aSession = (bundleId: number, name: string): SessionSummary => ({
  bundleId,
  sessionId: `s${bundleId}`,
  name,
  principal: { kind: 'agent', issuer: 'i', subject: 'ci', label: 'ci', groups: [], actChain: [] },
  exchanges: 2,
  statements: 2,
});

const side = (number: number, sql: string, rows: string) => ({
  exchangeId: `x${number}`,
  number,
  sql,
  outcome: 'answered',
  effect: 'allow',
  totalRows: rows,
});

const pairs: AlignedPair[] = [
  { kind: 'same', left: side(1, 'SELECT 1', '1'), right: side(11, 'SELECT 1', '1'), differences: [] },
  { kind: 'changed', left: side(2, 'SELECT a', '5'), right: side(12, 'SELECT b', '7'), differences: ['text', 'rows'] },
  { kind: 'removed', left: side(3, 'DROP TABLE t', '0'), differences: [] },
];

const openSessions = (sessions: SessionSummary[]) =>
  openApp(
    {
      'case:overview': () => ({ ...anOverview(), sessions }),
      'diff:sessions': () => ({ pairs, firstDivergence: 1, summary: { same: 1, changed: 1, removed: 1, added: 0 } }),
    },
    '#/diff',
  );

describe('comparing two sessions', () => {
  it('aligns their statements and stands where they part', async () => {
    const app = openSessions([aSession(1, 'monday'), aSession(2, 'tuesday')]);
    await app.click('Sessions', 'radio');
    await app.sees('1 changed');
    await app.sees('text, 5 → 7 rows');
    await app.sees('only left');
    expect(app.rowUnderCursor('Aligned statements')).toContain('SELECT a');
    expect(app.engine.inputsOf('diff:sessions')).toEqual([
      { left: { bundleId: 1, sessionId: 's1' }, right: { bundleId: 2, sessionId: 's2' } },
    ]);
  });

  it('leads to the comparison of the two statements', async () => {
    const app = openSessions([aSession(1, 'monday'), aSession(2, 'tuesday')]);
    await app.click('Sessions', 'radio');
    await app.sees('1 changed');
    app.focusGrid('Aligned statements');
    await app.press('{Enter}');
    expect(app.address()).toBe('#/diff/x2/x12');
  });

  it('asks for a second session when there is only one', async () => {
    const app = openSessions([aSession(1, 'monday')]);
    await app.click('Sessions', 'radio');
    await app.sees('Two sessions are needed');
  });
});
