import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type SqlCase = { readonly id: string; readonly source: string; readonly tier: string };
export type CaseResult = { readonly id: string; readonly status: 'pass' | 'fail'; readonly reason?: string };

const chunkSize = 100;
/** A case takes milliseconds: what a chunk has not done in this time, it will never do. */
const chunkTimeoutMs = 30_000;

/**
 * Runs cases by their own runner, unchanged: what counts as equal rows is said there and nowhere else.
 * A chunk that does not end is halved, each half on a fresh sandbox, until the case that blocks stands alone.
 */
export async function runSqlCases(runner: string, cases: readonly SqlCase[], jobs: string): Promise<readonly CaseResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-corpus-'));
  const results: CaseResult[] = [];
  let server = await startSandbox();
  const chunks = toChunks(cases);
  try {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
      const done = await runChunk({ runner, jobs, url: server.url, directory }, chunk);
      results.push(...(done ?? []));
      if (done !== undefined) continue;
      server.child.kill('SIGKILL');
      server = await startSandbox();
      if (chunk.length === 1) results.push({ id: chunk[0]!.id, status: 'fail', reason: 'hang: no answer, and none to later requests' });
      else chunks.unshift(chunk.slice(0, chunk.length / 2), chunk.slice(chunk.length / 2));
    }
  } finally {
    server.child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
  return results;
}

function toChunks(cases: readonly SqlCase[]): (readonly SqlCase[])[] {
  const count = Math.ceil(cases.length / chunkSize);
  return Array.from({ length: count }, (_, index) => cases.slice(index * chunkSize, (index + 1) * chunkSize));
}

async function startSandbox(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve-sandbox.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const url of createInterface({ input: child.stdout })) return { child, url };
  throw new Error('The sandbox did not start');
}

let chunksRun = 0;

type Run = { readonly runner: string; readonly jobs: string; readonly url: string; readonly directory: string };

/** Undefined: the chunk did not end in time. */
async function runChunk({ runner, jobs, url, directory }: Run, cases: readonly SqlCase[]): Promise<readonly CaseResult[] | undefined> {
  // A project of its own: the runner ends without waiting for the last datasets to be deleted.
  const project = `p${++chunksRun}`;
  const inputPath = join(directory, 'cases.json');
  const outputPath = join(directory, 'results.json');
  await writeFile(inputPath, JSON.stringify({ cases }));
  const options = ['--cases', inputPath, '--url', url, '--jobs', jobs, '--out', outputPath, '--project', project];
  const child = spawn(process.execPath, [runner, ...options], { stdio: 'ignore' });
  const timeoutMs = cases.length === chunkSize ? chunkTimeoutMs : 2_000 + cases.length * 300;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const signal = await new Promise((resolve) => child.once('exit', (_code, name) => resolve(name)));
  clearTimeout(timer);
  return signal === null ? (JSON.parse(await readFile(outputPath, 'utf8')) as readonly CaseResult[]) : undefined;
}
