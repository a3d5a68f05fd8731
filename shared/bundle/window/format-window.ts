import type { PairJudgement } from './compare-writers.ts';
import type { WindowVerification } from './verify-window.ts';

const marks = { passed: '✓', failed: '✗', missing: '?', skipped: '–' } as const;
const pairMarks = { consistent: '✓', unproven: '?', forked: '✗' } as const;
const answers = {
  covered: 'Covered: the writer ran all the time, and nothing is left out.',
  'covered-with-gaps': 'Covered with gaps: what happened in them nobody can say from this log.',
  'not-covered': 'NOT COVERED: this log proves nothing about that time.',
} as const;

/** Names come from the file: control and bidi characters must not repaint the terminal. */
const visible = (line: string): string =>
  line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

export function formatWindow(judged: WindowVerification): string[] {
  const { writer, from, to, gaps, sessions, quietSessions, missing, checks, coverage } = judged;
  const quiet = quietSessions === 0 ? [] : [`sessions  ${quietSessions} more were open and did nothing`];
  return [
    `window    ${from} to ${to} of ${writer}`,
    ...sessions.map(
      ({ number, name, sessionId }) => `session   ${number} ${name} (${sessionId})${missing?.includes(number) ? ': MISSING' : ''}`,
    ),
    ...quiet,
    '',
    ...checks.map(({ name, subject, status, detail }) => `  ${marks[status]} ${name.padEnd(19)}${subject}: ${detail}`),
    '',
    ...gaps.map((gap) => `gap       ${gap.from} to ${gap.to}: ${gap.reason}`),
    verdictLine(judged) ?? answers[coverage],
  ].map(visible);
}

function verdictLine({ verdict, coverage }: WindowVerification): string | undefined {
  if (verdict === 'not-sound') return 'NOT SOUND: do not rely on this window.';
  if (verdict === 'sound-unknown-key') return `${answers[coverage]} But nobody you know signed it: compare the key with "steno keys".`;
  return undefined;
}

export const formatPairs = (pairs: readonly PairJudgement[]): string[] =>
  pairs.map(({ left, right, status, detail }) =>
    visible(`  ${pairMarks[status]} consistency        ${left} and ${right}: ${status}: ${detail}`),
  );
