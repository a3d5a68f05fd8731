// The processes that stand side by side, all in front of one upstream.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../fixtures/free-port.ts';
import type { Issuer } from '../../../fixtures/issuer.ts';

export type Target = { readonly name: string; readonly url: string; readonly pid: number; stop(): void };
/** Who stands beside the gateway and the bare proxy. */
export type Others = { readonly mitmdump?: boolean; readonly nginx?: boolean; readonly passThrough?: boolean };

const here = import.meta.dirname;
const root = join(here, '../../..');
/** Of Debian's nginx-light. */
export const nginx = '/usr/sbin/nginx';

export async function* startTargets(folder: string, issuer: Issuer, others: Others): AsyncGenerator<Target> {
  const upstream = await startNode('direct', join(here, 'upstream.ts'), {});
  yield upstream;
  yield await startNode('http-proxy', join(here, 'http-proxy.ts'), { UPSTREAM: upstream.url });
  yield await startGateway(folder, issuer, upstream.url);
  if (others.passThrough) yield await startNode('pass-through', join(here, 'pass-through.ts'), { UPSTREAM: upstream.url });
  if (others.nginx) yield await startNginx(folder, upstream.url);
  if (others.mitmdump) yield await startMitmdump(folder, upstream.url);
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

/** One worker, as the others have; it keeps connections to the upstream, as they do, and buffers nothing on disk. */
async function startNginx(folder: string, upstream: string): Promise<Target> {
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const { host } = new URL(upstream);
  await writeFile(
    file,
    `daemon off; master_process off; worker_processes 1; error_log stderr crit; pid ${join(folder, 'nginx.pid')};
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  upstream bench { server ${host}; keepalive 128; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://bench; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_max_temp_file_size 0; }
  }
}
`,
  );
  return start('nginx', port, nginx, ['-c', file], {});
}

async function start(name: string, port: number, program: string, args: readonly string[], env: Record<string, string>): Promise<Target> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return { name, url, pid: child.pid!, stop: () => child.kill('SIGKILL') };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} does not answer on ${url}`);
}
