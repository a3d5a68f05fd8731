// The processes that stand side by side, all in front of one upstream.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../fixtures/free-port.ts';
import type { Issuer } from '../../../fixtures/issuer.ts';

export type Target = { readonly name: string; readonly url: string; stop(): void };

const here = import.meta.dirname;
const root = join(here, '../../..');

export async function* startTargets(folder: string, issuer: Issuer, withMitmdump: boolean): AsyncGenerator<Target> {
  const upstream = await startNode('direct', join(here, 'upstream.ts'), {});
  yield upstream;
  yield await startNode('http-proxy', join(here, 'http-proxy.ts'), { UPSTREAM: upstream.url });
  yield await startGateway(folder, issuer, upstream.url);
  if (withMitmdump) yield await startMitmdump(folder, upstream.url);
}

async function startNode(name: string, file: string, env: Record<string, string>, args: readonly string[] = []): Promise<Target> {
  const port = await freePort();
  return start(name, port, process.execPath, [file, ...args], { ...env, PORT: String(port) });
}

async function startGateway(folder: string, issuer: Issuer, upstream: string): Promise<Target> {
  const port = await freePort();
  await mkdir(join(folder, 'policy'));
  await writeFile(
    join(folder, 'policy/bench.cedar'),
    '@id("bench-reads") permit (principal, action == Action::"read", resource in Dataset::"bench.d");\n',
  );
  await writeFile(
    join(folder, 'steno.yaml'),
    [
      `listen: 127.0.0.1:${port}`,
      `admin: { listen: 127.0.0.1:${await freePort()} }`,
      `dataDirectory: ./data`,
      `issuers: [{ issuer: ${issuer.issuer}, audience: https://gateway.example.com }]`,
      `connections: [{ name: bench, projects: [bench], endpoint: ${upstream}, credentials: none }]`,
      `policy: { directory: ./policy }`,
    ].join('\n'),
  );
  return start('steno', port, process.execPath, [join(root, 'steno.ts'), 'gateway', '--config', join(folder, 'steno.yaml')], {});
}

async function startMitmdump(folder: string, upstream: string): Promise<Target> {
  const port = await freePort();
  const args = ['-q', '--mode', `reverse:${upstream}`, '--listen-host', '127.0.0.1', '-p', String(port), '-w', join(folder, 'flows')];
  return start('mitmdump -w', port, 'mitmdump', [...args, '--set', `confdir=${join(folder, 'mitmproxy')}`], {});
}

async function start(name: string, port: number, program: string, args: readonly string[], env: Record<string, string>): Promise<Target> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return { name, url, stop: () => child.kill('SIGKILL') };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} does not answer on ${url}`);
}
