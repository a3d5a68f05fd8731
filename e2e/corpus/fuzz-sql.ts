// Mutated statements through everything that reads SQL: fingerprint, parser, description, analysis, DuckDB SQL, lineage. Nothing but SqlError may be
// thrown, none may take long, and no table may be read that the description does not name.
//   node e2e/corpus/fuzz-sql.ts [DIR…] [--count 100000] [--seed 1] [--slow 100]
import { parseArgs } from 'node:util';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { SEEDS } from './fuzz-sql-seeds.ts';
import { STEPS, type Step } from './fuzz-sql-steps.ts';
import { createRandom, mutateStatement } from './mutate-statement.ts';
import { readParseCases } from './parse-cases.ts';

type Found = { readonly step: Step; readonly sql: string; readonly error?: unknown; readonly milliseconds: number };

export type FuzzReport = {
  /** How many mutations each step took without an error. */
  readonly passed: Readonly<Record<Step, number>>;
  /** What was thrown that is no SqlError. */
  readonly crashes: readonly Found[];
  /** The slowest run of each step, in processor time, so that a busy machine does not matter. */
  readonly slowest: Readonly<Partial<Record<Step, Found>>>;
};

/** `count` mutations of the statements, from a seed. `onSlow` hears of runs above `slowMs`. */
export function fuzzStatements(statements: readonly string[], count: number, seed: number, slowMs = Number.POSITIVE_INFINITY): FuzzReport {
  const random = createRandom(seed);
  const pick = (): string => statements[random(statements.length)] ?? '';
  const passed = { fingerprint: 0, parse: 0, describe: 0, compare: 0, analyze: 0, generate: 0, lineage: 0 };
  const crashes: Found[] = [];
  const slowest: Partial<Record<Step, Found>> = {};
  for (let index = 0; index < count; index++) {
    const sql = mutateStatement(pick(), pick(), random);
    for (const found of runAll(sql)) {
      if (found.error === undefined) passed[found.step]++;
      else if (!(found.error instanceof SqlError)) crashes.push(found);
      if (found.milliseconds > (slowest[found.step]?.milliseconds ?? 0)) slowest[found.step] = slowerOf(found, slowMs);
    }
  }
  return { passed, crashes, slowest };
}

/** A slow run may have met a collection of garbage or cold code: the shorter of two counts. */
function slowerOf(found: Found, slowMs: number): Found {
  if (found.milliseconds < slowMs) return found;
  const again = runStep(found.step, found.sql);
  return again.milliseconds < found.milliseconds ? again : found;
}

/** The steps in order, up to the first that refuses the text; the others read any. */
function* runAll(sql: string): Generator<Found> {
  yield runStep('fingerprint', sql);
  for (const step of ['parse', 'describe', 'analyze', 'generate'] as const) {
    const found = runStep(step, sql);
    yield found;
    if (found.error !== undefined) break;
  }
  yield runStep('compare', sql);
  yield runStep('lineage', sql);
}

function runStep(step: Step, sql: string): Found {
  let start = process.cpuUsage();
  try {
    const work = STEPS[step](sql);
    start = process.cpuUsage();
    work();
    return { step, sql, milliseconds: process.cpuUsage(start).user / 1_000 };
  } catch (error) {
    return { step, sql, error, milliseconds: process.cpuUsage(start).user / 1_000 };
  }
}

const LONGEST_SEED = 4_000;

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      slow: { type: 'string', default: '100' },
    },
  });
  const cases = positionals.flatMap((directory) => [...readParseCases(directory)]);
  const found = cases.map(({ sql }) => sql).filter((sql) => sql.length < LONGEST_SEED);
  // Every other mutation is of a statement that can be analyzed.
  const statements = [
    ...found,
    ...Array.from({ length: Math.max(SEEDS.length, found.length) }, (_, index) => SEEDS[index % SEEDS.length] as string),
  ];
  const { passed, crashes, slowest } = fuzzStatements(statements, Number(values.count), Number(values.seed), Number(values.slow));
  console.log(`${values.count} mutations of ${statements.length} statements, seed ${values.seed}: ${crashes.length} crashes`);
  for (const step of Object.keys(passed) as Step[]) {
    const most = slowest[step];
    const time = most ? `slowest ${most.milliseconds.toFixed(1)} ms for ${most.sql.length} characters` : '';
    console.log(`  ${step.padEnd(12)} passed ${String(passed[step]).padStart(7)}   ${time}`);
    if (most && most.milliseconds > Number(values.slow)) console.log(`    ${most.sql.slice(0, 2_000)}`);
  }
  for (const { step, sql, error } of crashes.slice(0, 5)) console.log('\n%s broke on\n%s\n%o', step, sql, error);
  process.exitCode = crashes.length > 0 ? 1 : 0;
}
