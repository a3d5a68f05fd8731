/** What every client is asked to do (drivers/statements.ts has the statements), and how what it printed is recognised as right. */
export const actions = {
  query: /\b42\b/,
  parameters: /^(?=.*42)(?=.*o'hara!)(?=.*true)/is,
  paging: /^5000 rows, sum 12502500$/m,
  dml: /\b3 rows affected|"?numDmlAffectedRows"?:? ?"?3|affected rows: 3/i,
  dryRun: /\b40000\b/,
  list: /shop.*numbers/s,
  load: /\b2 rows, DONE$/m,
  denied: /Access Denied: .*hr\.salaries|PERMISSION_DENIED/s,
  sqlError: /Unrecognized name: nothing/,
  wait: /done/,
  cancel: /cancel/i,
} as const satisfies Readonly<Record<string, RegExp>>;

export type Action = keyof typeof actions;

/** A job of 12 s may cost this many requests: clients ask again as fast as they are answered, so answers are held. */
export const maxRequestsPerWait = 6;

/** What a cell shows: what the client printed, and what was wrong with it. */
export type Cell =
  | { readonly kind: 'passed' | 'failed'; readonly printed: string; readonly requests: number; readonly ms: number; readonly why?: string }
  | { readonly kind: 'absent'; readonly why: string };

export function judge(action: Action, printed: string, requests: number, ms: number): Cell {
  if (!actions[action].test(printed)) return { kind: 'failed', printed, requests, ms, why: `expected ${actions[action]}` };
  if (action === 'wait' && requests > maxRequestsPerWait)
    return { kind: 'failed', printed, requests, ms, why: `${requests} requests, at most ${maxRequestsPerWait} expected` };
  return { kind: 'passed', printed, requests, ms };
}
