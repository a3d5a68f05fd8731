// `npm run corpus -- sql`: the GoogleSQL cases of ../shared/sql-cases through REST against a sandbox of our own.
// What passed once must go on passing (sql-ratchet.json); `--update` adds what passes now.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSandbox } from '../../shared/sandbox/create-sandbox.ts';
import { type Ratchet, readRatchet, writeRatchet } from './ratchet.ts';

type CaseFacts = { readonly id: string; readonly source: string; readonly tier: string };
type CaseResult = { readonly id: string; readonly status: 'pass' | 'fail'; readonly reason?: string };
type Options = {
  readonly tier?: string;
  readonly source?: string;
  readonly limit?: string;
  readonly jobs: string;
  readonly update: boolean;
};

const casesDirectory = join(import.meta.dirname, '../../../shared/sql-cases');
const ratchetPath = join(import.meta.dirname, 'sql-ratchet.json');

/** Resolves with the exit code: 1 when a case fails that has passed before. */
export async function runSqlCorpus(args: readonly string[]): Promise<number> {
  if (!existsSync(casesDirectory)) {
    console.error(`No cases at ${casesDirectory}`);
    return 1;
  }
  const options = parseOptions(args);
  const sandbox = await createSandbox();
  try {
    const url = await sandbox.listen({ host: '127.0.0.1', port: 0 });
    return await report(await runCases(url, options), options);
  } finally {
    await sandbox.close();
  }
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tier: { type: 'string' },
      source: { type: 'string' },
      limit: { type: 'string' },
      jobs: { type: 'string', default: '4' },
      update: { type: 'boolean', default: false },
    },
  });
  return values as Options;
}

/** The cases' own runner, unchanged: what counts as equal rows is said there and nowhere else. */
async function runCases(url: string, { tier, source, limit, jobs }: Options): Promise<readonly CaseResult[]> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-corpus-'));
  const outputPath = join(directory, 'results.json');
  const chosen = Object.entries({ tier, source, limit }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const runner = join(casesDirectory, 'run-cases.mjs');
  const fixed = ['--cases', join(casesDirectory, 'cases.json'), '--url', url, '--jobs', jobs, '--out', outputPath];
  try {
    await waitForExit(spawn(process.execPath, [runner, ...fixed, ...chosen], { stdio: ['ignore', 'inherit', 'inherit'] }));
    return JSON.parse(await readFile(outputPath, 'utf8'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

const waitForExit = (child: ReturnType<typeof spawn>): Promise<void> =>
  new Promise((resolve, reject) => child.once('error', reject).once('exit', () => resolve()));

async function report(results: readonly CaseResult[], { update }: Options): Promise<number> {
  const facts = await readFacts();
  console.table(toSummary(results, facts));
  const ratchet = await readRatchet(ratchetPath);
  const passed = results.filter(({ status }) => status === 'pass').map(({ id }) => id);
  const lost = results.filter(({ id, status }) => status !== 'pass' && ratchet.has(id));
  for (const { id, reason } of lost) console.error(`no longer passes: ${id}: ${reason?.slice(0, 200)}`);
  const gained = passed.filter((id) => !ratchet.has(id));
  console.log(`ratchet: ${ratchet.size} cases, ${lost.length} lost, ${gained.length} gained`);
  if (update) await writeRatchet(ratchetPath, new Set([...ratchet, ...passed]) satisfies Ratchet);
  return lost.length === 0 ? 0 : 1;
}

async function readFacts(): Promise<ReadonlyMap<string, CaseFacts>> {
  const { cases } = JSON.parse(await readFile(join(casesDirectory, 'cases.json'), 'utf8')) as { cases: readonly CaseFacts[] };
  return new Map(cases.map((each) => [each.id, each]));
}

function toSummary(results: readonly CaseResult[], facts: ReadonlyMap<string, CaseFacts>): Record<string, object> {
  const groups = Map.groupBy(results, ({ id }) => `${facts.get(id)?.source} / ${facts.get(id)?.tier}`);
  return Object.fromEntries([...groups, ['all', results] as const].map(([name, members]) => [name, toCounts(members)]));
}

function toCounts(results: readonly CaseResult[]): object {
  const count = (pattern: RegExp): number => results.filter(({ reason }) => reason !== undefined && pattern.test(reason)).length;
  const passed = results.filter(({ status }) => status === 'pass').length;
  const wrongRows = count(/^(rows|order)/);
  const percent = (part: number): string => `${((100 * part) / results.length).toFixed(1)} %`;
  return {
    cases: results.length,
    passed,
    share: percent(passed),
    wrongRows,
    'wrong share': percent(wrongRows),
    'accepted wrongly': count(/^expected an error/),
    errors: count(/^(error|runner)/),
  };
}

if (import.meta.main) process.exitCode = await runSqlCorpus(process.argv.slice(2));
