import { spawn } from 'node:child_process';
import path from 'node:path';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import type { Config } from '../../config.ts';
import { checkJournal } from '../fsck.ts';
import { listSessions } from '../list-sessions.ts';
import { openRecorder } from '../open-recorder.ts';
import { aDirectory, readBack } from './an-exchange.ts';

export type KillOutcome = {
  readonly seed: number;
  readonly acknowledged: number;
  readonly upstream: number;
  readonly reconciled: number;
  readonly recoveryMs: number;
  /** What went wrong; empty when every promise held. */
  readonly faults: readonly string[];
};

/** Kills a recorder under load with SIGKILL at a random moment, starts another on the same directory, and compares with the dead one's ledger. */
export async function killOnce(seed: number, agents = 24): Promise<KillOutcome> {
  const delayMs = 5 + createRandom(seed)() * 400;
  return await judge(seed, (directory) => runChild(directory, seed, agents, { killAfterMs: delayMs }));
}

/** The same with a fault that strace injects into the child's system calls, as in `write:signal=KILL:when=7`. */
export async function faultOnce(seed: number, fault: string, agents = 8): Promise<KillOutcome> {
  const [call] = fault.split(':', 1);
  const prefix = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${fault}`];
  return await judge(seed, (directory) => runChild(directory, seed, agents, { prefix, killAfterMs: 700 }));
}

async function judge(seed: number, run: (directory: string) => Promise<Ledger>): Promise<KillOutcome> {
  const { directory, remove } = aDirectory();
  try {
    const ledger = await run(directory);
    const before = performance.now();
    const recorder = await openRecorder({ directory, reconcile: async () => ({ state: 'running' }) });
    const recoveryMs = performance.now() - before;
    const { reconciled } = recorder.state().recovered;
    await recorder.close();
    const faults = [...(await compare(directory, ledger)), ...checkJournal(directory).findings];
    return { seed, acknowledged: ledger.acknowledged.size, upstream: ledger.upstream.size, reconciled, recoveryMs, faults };
  } finally {
    remove();
  }
}

export type Ledger = { readonly upstream: Set<string>; readonly ended: Map<string, string>; readonly acknowledged: Set<string> };

export type Kill = {
  readonly prefix?: readonly string[];
  readonly script?: string;
  /** Counted from the first line of this kind in the child's ledger, `R` unless told. */
  readonly killAfterMs: number;
  readonly after?: 'R' | 'S';
};

export async function runChild(directory: string, seed: number, agents: number, how: Kill): Promise<Ledger> {
  const script = how.script ?? path.join(import.meta.dirname, 'kill-child.ts');
  const [command, ...rest] = [...(how.prefix ?? []), process.execPath, script, directory, String(seed), String(agents)];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', how.prefix === undefined ? 'inherit' : 'ignore'], detached: true });
  let output = '';
  const mark = new RegExp(`^${how.after ?? 'R'}\n`, 'm');
  let isDying = false;
  const kill = (): void => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // The fault was quicker.
    }
  };
  for await (const piece of child.stdout.setEncoding('latin1')) {
    output += piece;
    if (isDying || !mark.test(output)) continue;
    isDying = true;
    setTimeout(kill, how.killAfterMs);
  }
  return parseLedger(output.slice(0, output.lastIndexOf('\n')));
}

function parseLedger(output: string): Ledger {
  const ledger: Ledger = { upstream: new Set(), ended: new Map(), acknowledged: new Set() };
  for (const line of output.split('\n')) {
    const [kind, id = '', digest = ''] = line.split(' ');
    if (kind === 'I') ledger.upstream.add(id);
    if (kind === 'C') ledger.ended.set(id, digest);
    if (kind === 'E') ledger.acknowledged.add(id);
  }
  return ledger;
}

/** `storage`: where sealed sessions are. */
export async function compare(directory: string, ledger: Ledger, storage?: Config['storage']): Promise<string[]> {
  const faults: string[] = [];
  const recorded = new Map<string, { kind: string | undefined; responseSha256: string }>();
  for (const session of listSessions(directory)) {
    if (session.state === 'open') faults.push(`session ${session.sessionId} is still open`);
    for (const [id, exchange] of await readBack(directory, session.sessionId, false, storage)) {
      if (recorded.has(id)) faults.push(`${id} is recorded twice`);
      recorded.set(id, exchange);
    }
  }
  for (const id of ledger.upstream) if (!recorded.has(id)) faults.push(`${id} went upstream without an intent`);
  for (const id of ledger.acknowledged) {
    if (recorded.get(id)?.kind !== 'end') faults.push(`${id} was acknowledged and has no end`);
    else if (recorded.get(id)?.responseSha256 !== ledger.ended.get(id)) faults.push(`${id} has another body than the client got`);
  }
  for (const [id, { kind }] of recorded) if (kind === 'end' && !ledger.ended.has(id)) faults.push(`${id} has an end that nobody wrote`);
  return faults;
}
