// `npm run corpus -- sql`: the GoogleSQL cases of ../shared/sql-cases through REST against a sandbox of our own.
// What passed once must go on passing (sql-ratchet.json); `--update` adds what passes now.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readRatchet, writeRatchet } from './ratchet.ts';
import { type CaseResult, runSqlCases, type SqlCase } from './run-sql-cases.ts';

type Options = {
  readonly tier?: string;
  readonly source?: string;
  readonly limit?: string;
  readonly jobs: string;
  readonly update: boolean;
  /** Also print every failure with its reason. */
  readonly verbose: boolean;
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
  const cases = choose(await readCases(), options);
  const results = await runSqlCases(join(casesDirectory, 'run-cases.mjs'), cases, options.jobs);
  return report(results, new Map(cases.map((each) => [each.id, each])), options);
}

async function readCases(): Promise<readonly SqlCase[]> {
  return (JSON.parse(await readFile(join(casesDirectory, 'cases.json'), 'utf8')) as { cases: readonly SqlCase[] }).cases;
}

function choose(cases: readonly SqlCase[], { tier, source, limit }: Options): readonly SqlCase[] {
  const chosen = cases.filter((each) => (tier ?? each.tier) === each.tier && (source ?? each.source) === each.source);
  return chosen.slice(0, limit === undefined ? undefined : Number(limit));
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tier: { type: 'string' },
      source: { type: 'string' },
      limit: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      update: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  return values as Options;
}

async function report(results: readonly CaseResult[], facts: ReadonlyMap<string, SqlCase>, { update, verbose }: Options): Promise<number> {
  console.table(toSummary(results, facts));
  if (verbose) for (const { id, reason } of results) if (reason !== undefined) console.log(`${id}: ${reason.slice(0, 300)}`);
  const ratchet = await readRatchet(ratchetPath);
  const passed = results.filter(({ status }) => status === 'pass').map(({ id }) => id);
  const lost = results.filter(({ id, status }) => status !== 'pass' && ratchet.has(id));
  for (const { id, reason } of lost) console.error(`no longer passes: ${id}: ${reason?.slice(0, 200)}`);
  const gained = passed.filter((id) => !ratchet.has(id));
  console.log(`ratchet: ${ratchet.size} cases, ${lost.length} lost, ${gained.length} gained`);
  if (update) await writeRatchet(ratchetPath, new Set([...ratchet, ...passed]));
  return lost.length === 0 ? 0 : 1;
}

function toSummary(results: readonly CaseResult[], facts: ReadonlyMap<string, SqlCase>): Record<string, object> {
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
    hangs: count(/^hang/),
  };
}

if (import.meta.main) process.exitCode = await runSqlCorpus(process.argv.slice(2));
