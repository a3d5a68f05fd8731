import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { type Action, type Cell, judge } from './actions.ts';
import type { Door } from './doors.ts';
import type { ForeignClient } from './foreign-clients.ts';

/** One cell of the matrix: the client in a process of its own, with the door's environment and nothing else of ours. */
export async function runClient(
  client: ForeignClient,
  action: Action,
  door: Door,
  environment: Readonly<Record<string, string>>,
): Promise<Cell> {
  const before = door.requests();
  const startedAt = performance.now();
  const printed = await runProcess(client.command(action), { ...inherited(), ...environment, ...door.environment });
  return judge(action, printed, door.requests() - before, Math.round(performance.now() - startedAt));
}

const inherited = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '/root',
  LANG: 'C.UTF-8',
});

/** What it printed, both streams; a process that hangs is ended after 90 s. */
async function runProcess([program, ...args]: readonly [string, ...string[]], env: Record<string, string>): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000, killSignal: 'SIGKILL' });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  const printed = [output, errors].map((each) => each.trim()).filter((each) => each !== '');
  return code === null ? [...printed, 'ended after 90 s'].join('\n') : printed.join('\n');
}
