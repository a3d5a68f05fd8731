// `steno sandbox` as a process of its own, and its memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const steno = fileURLToPath(new URL('../../../steno.ts', import.meta.url));

export type SandboxProcess = {
  readonly url: string;
  /** Megabytes resident; NaN where the system does not say. */
  readonly memory: () => number;
  readonly stop: () => void;
};

export async function startSandboxProcess(): Promise<SandboxProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', steno, 'sandbox', '--port', String(port)], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/bigquery/v2/projects/p/datasets`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`The sandbox ended with ${child.exitCode}`);
    await pause(20);
  }
  return { url, memory: () => residentMb(child.pid!), stop: () => child.kill() };
}

function residentMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** The most there was while `work` ran. */
export async function peakDuring<Value>(
  memory: () => number,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly peakMb: number }> {
  let peakMb = memory();
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, memory());
  }, 100);
  try {
    const value = await work();
    return { value, peakMb };
  } finally {
    clearInterval(timer);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
