// Load on one address: wrk where Debian's is installed (it leaves more of the machine to the proxies), else autocannon.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import autocannon from 'autocannon';

export type Load = { readonly url: string; readonly token: string; readonly connections: number; readonly seconds: number };
export type Measured = { readonly perSecond: number; readonly p50Ms: number; readonly failures: number };

export const generator = existsSync('/usr/bin/wrk') ? 'wrk' : 'autocannon';

export function applyLoad(load: Load): Promise<Measured> {
  return generator === 'wrk' ? applyWrk(load) : applyAutocannon(load);
}

async function applyWrk({ url, token, connections, seconds }: Load): Promise<Measured> {
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '20s', '-H', `Authorization: Bearer ${token}`, url];
  const output = await outputOf('wrk', words);
  const total = /(\d+) requests in ([\d.]+)(s|ms|m)/.exec(output);
  if (total === null) throw new Error(`wrk said: ${output}`);
  const elapsed = toMs(`${total[2]}${total[3]}`) / 1000;
  const failures = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0) + countSocketErrors(output);
  return { perSecond: Number(total[1]) / elapsed, p50Ms: toMs(/50%\s+(\S+)/.exec(output)?.[1] ?? '0ms'), failures };
}

async function applyAutocannon({ url, token, connections, seconds }: Load): Promise<Measured> {
  const result = await autocannon({ url, connections, duration: seconds, headers: { authorization: `Bearer ${token}` } });
  return { perSecond: result.requests.total / result.duration, p50Ms: result.latency.p50, failures: result.non2xx + result.errors };
}

function countSocketErrors(output: string): number {
  const counts = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  return counts === null ? 0 : counts.slice(1).reduce((sum, each) => sum + Number(each), 0);
}

function toMs(text: string): number {
  const parts = /([\d.]+)(us|ms|s|m)/.exec(text);
  const unit = { us: 0.001, ms: 1, s: 1000, m: 60_000 }[parts?.[2] ?? ''];
  return Number(parts?.[1]) * (unit ?? Number.NaN);
}

function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}
