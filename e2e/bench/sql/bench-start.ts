// From the start of a process to its first answer: `steno sandbox` and its first SELECT, beside a bare Fastify and its first GET.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../median.ts';
import { printTable } from '../print-table.ts';
import { freePort } from './sandbox-process.ts';

type Server = {
  readonly name: string;
  readonly words: (port: number) => readonly string[];
  readonly ask: (url: string) => Promise<Response>;
};

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const servers: readonly Server[] = [
  { name: 'fastify', words: (port) => [path('bare-fastify.ts'), String(port)], ask: (url) => fetch(url) },
  {
    name: 'steno sandbox',
    words: (port) => [path('../../../steno.ts'), 'sandbox', '--port', String(port)],
    ask: (url) =>
      fetch(`${url}/bigquery/v2/projects/p/queries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query": "SELECT 1 AS one", "useLegacySql": false}',
      }),
  },
];

export async function benchStart(rounds: number): Promise<void> {
  const seen = servers.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [index, server] of servers.entries()) {
      const ms = await timeToAnswer(server);
      if (round > 0) seen[index]!.push(ms);
    }
  const [bare, sandbox] = seen.map(median) as [number, number];
  printTable(
    'start to first answer, ms (medians)',
    ['server', 'ms', '÷ fastify'],
    [
      ['fastify', bare.toFixed(0), '1.00'],
      ['steno sandbox', sandbox.toFixed(0), (sandbox / bare).toFixed(2)],
    ],
  );
}

async function timeToAnswer({ words, ask }: Server): Promise<number> {
  const port = await freePort();
  const start = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...words(port)], { stdio: 'ignore' });
  try {
    for (;;) {
      const response = await ask(`http://127.0.0.1:${port}`).catch(() => undefined);
      if (response?.ok) {
        await response.text();
        return performance.now() - start;
      }
      if (child.exitCode !== null) throw new Error(`${words(port).join(' ')} ended with ${child.exitCode}`);
      await pause(2);
    }
  } finally {
    child.kill();
  }
}
