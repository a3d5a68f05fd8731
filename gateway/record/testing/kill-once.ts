import { spawn } from 'node:child_process';
import path from 'node:path';
import { checkJournal } from '../fsck.ts';
import { listSessions } from '../list-sessions.ts';
import { openRecorder } from '../open-recorder.ts';
import { aDirectory, createRandom, readBack } from './an-exchange.ts';

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
  const { directory, remove } = aDirectory();
  try {
    const ledger = await runAndKill(directory, seed, agents);
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

type Ledger = { readonly upstream: Set<string>; readonly ended: Map<string, string>; readonly acknowledged: Set<string> };

async function runAndKill(directory: string, seed: number, agents: number): Promise<Ledger> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'kill-child.ts'), directory, String(seed), String(agents)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let isReady = false;
  const delayMs = 5 + createRandom(seed)() * 400;
  for await (const piece of child.stdout.setEncoding('latin1')) {
    output += piece;
    if (isReady || !output.startsWith('R\n')) continue;
    isReady = true;
    setTimeout(() => child.kill('SIGKILL'), delayMs);
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

async function compare(directory: string, ledger: Ledger): Promise<string[]> {
  const faults: string[] = [];
  const recorded = new Map<string, { kind: string | undefined; responseSha256: string }>();
  for (const session of listSessions(directory)) {
    if (session.state === 'open') faults.push(`session ${session.sessionId} is still open`);
    for (const [id, exchange] of await readBack(directory, session.sessionId)) {
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
