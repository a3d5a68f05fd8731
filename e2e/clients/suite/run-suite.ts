import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Failure = { readonly title: string; readonly message: string; readonly isHook: boolean };

export type SuiteResult = {
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Tests that did not run, because a hook before them failed. */
  readonly hidden: number;
};

/** Longer than the longest wait of the suite (a minute after making a table), shorter than its own ten minutes for a test that hangs. Ms. */
const timeoutMs = 100_000;

type Event = readonly [
  'start' | 'pass' | 'fail' | 'end',
  { readonly total?: number; readonly fullTitle?: string; readonly err?: string; readonly tests?: number },
];

/** Runs what the suite's own `system-test` script runs, with the door's environment; tells each test as it ends. */
export async function runSuite(
  folder: string,
  environment: Readonly<Record<string, string>>,
  grep: string | undefined,
): Promise<SuiteResult> {
  const mocha = join(folder, 'node_modules/mocha/bin/mocha.js');
  const args = [
    mocha,
    'build/system-test',
    '--timeout',
    String(timeoutMs),
    '--reporter',
    'json-stream',
    ...(grep === undefined ? [] : ['--grep', grep]),
  ];
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/root', ...environment };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let [total, passed] = [0, 0];
  const failures: Failure[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, facts] = parseEvent(line) ?? [];
    if (kind === 'start') total = facts!.total!;
    if (kind === 'pass') passed++;
    if (kind === 'fail') failures.push(toFailure(facts!));
    if (kind === 'pass' || kind === 'fail') process.stderr.write(`${kind === 'pass' ? '✔' : '✘'} ${facts!.fullTitle}\n`);
  }
  const failedTests = failures.filter(({ isHook }) => !isHook).length;
  return { passed, failures, hidden: grep === undefined ? Math.max(0, total - passed - failedTests) : 0 };
}

/** Tests print too: a line that is no event is theirs. */
function parseEvent(line: string): Event | undefined {
  if (!/^\["(start|pass|fail|end)",/.test(line)) return undefined;
  return JSON.parse(line) as Event;
}

const toFailure = ({ fullTitle = '', err = '' }: Event[1]): Failure => ({
  title: fullTitle,
  message: err.split('\n')[0]!,
  isHook: /"(before|after) (all|each)" hook/.test(fullTitle),
});
