import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';

export type GatewayProcess = {
  readonly pid: number;
  /** What it wrote to its log so far, at most the last 64 KiB. */
  output(): string;
  /** Resolves when it is over, however that came; the code it left with, undefined after a signal. */
  readonly exited: Promise<number | undefined>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
};

const entry = join(import.meta.dirname, '../../steno.ts');
const keptOutput = 65_536;

/** `steno gateway` as an operator starts it, in a process of its own. `prefix`: a command that runs it, such as strace and its words. */
export function spawnGateway(configPath: string, options: { prefix?: readonly string[]; env?: NodeJS.ProcessEnv } = {}): GatewayProcess {
  const words = [
    ...(options.prefix ?? []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    entry,
    'gateway',
    '--config',
    configPath,
  ];
  const child = spawn(words[0]!, words.slice(1), {
    env: { ...process.env, STENO_LOG_LEVEL: 'warn', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptOutput);
    });
  const exited = new Promise<number | undefined>((resolve) => child.once('exit', (code) => resolve(code ?? undefined)));
  const send = (signal: NodeJS.Signals) => async (): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return { pid: child.pid!, output: () => output, exited, kill: send('SIGKILL'), stop: send('SIGTERM') };
}

/** True once something listens on the port; false when the process ended first. Throws when neither happens in time. */
export async function isListening(process: GatewayProcess, port: number, timeoutMs = 60_000): Promise<boolean> {
  let isOver = false;
  void process.exited.then(() => (isOver = true));
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    if (await canConnect(port)) return true;
    if (isOver) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`The gateway did not listen within ${timeoutMs} ms: ${process.output().slice(-2_000)}`);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
